// SPDX-License-Identifier: MIT
import type { OrderNode } from '../../scenario/scenario.ts'
import { describeOnThread, describeTimes } from './describe-on-thread.ts'
import { indent } from './rows.ts'

/** An order grammar as an outline: a list reads downwards, the branches of what is free of each other are indented. */
export function explainOrder(node: OrderNode): string[] {
  const extras = [
    ...(node.times ? [describeTimes(node.times)] : []),
    ...(node.after.length > 0 ? [`after ${node.after.map(({ value }) => value).join(' and ')}`] : []),
    ...(node.as ? [`called ${node.as.value}`] : []),
  ]
  if (extras.length === 0) return lines(node)
  const [first, ...rest] = node.kind === 'sequence' ? ['in this order', ...indent(lines(node))] : lines(node)
  return [`${first}   (${extras.join(', ')})`, ...rest]
}

function lines(node: OrderNode): string[] {
  switch (node.kind) {
    case 'event':
      return [describeOnThread(node.pattern)]
    case 'sequence':
      return node.items.flatMap(explainOrder)
    case 'any-order':
      return ['in any order', ...indent(node.items.flatMap(explainOrder))]
    case 'interleave':
      return [
        'side by side',
        ...[...node.lanes].flatMap(([lane, item]) => indent([lane, ...indent(explainOrder(item))])),
      ]
  }
}
