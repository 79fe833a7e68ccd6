// SPDX-License-Identifier: MIT
import type { EventPattern } from '../events/pattern.ts'
import type { Plan } from '../plan/plan.ts'
import type { OrderNode } from '../scenario/scenario.ts'

/** Every event pattern of a plan's expectation, wherever it stands. */
export function expectedPatterns({ expect }: Plan): EventPattern[] {
  const patterns = [...expect.never, ...expect.count.map(({ pattern }) => pattern)]
  const visit = (node: OrderNode): void => {
    if (node.kind === 'event') patterns.push(node.pattern)
    else if (node.kind === 'interleave') for (const lane of node.lanes.values()) visit(lane)
    else for (const item of node.items) visit(item)
  }
  for (const node of [expect.events, expect.contains]) if (node) visit(node)
  return patterns
}
