// SPDX-License-Identifier: MIT
import { suggest } from '../diagnostics/suggest.ts'
import type { ValuePattern } from '../events/pattern.ts'
import { patternsOfEvent, valuePatterns } from './all-patterns.ts'
import { error, type Report } from './report.ts'
import type { OrderNode, Scenario } from './scenario.ts'

type Variable = Extract<ValuePattern, { kind: 'variable' }>

/** A variable compares two values, so it is written at least twice, and once as it is, without a constant. */
export function checkVariables(scenario: Scenario, report: Report): void {
  const uses = new Map<string, Variable[]>()
  for (const pattern of valuePatterns(scenario)) {
    if (pattern.kind === 'variable') uses.set(pattern.name, [...(uses.get(pattern.name) ?? []), pattern])
  }
  const repeated = new Set([
    ...repeatedVariables(scenario.expect.events),
    ...repeatedVariables(scenario.expect.contains),
  ])
  const told = new Set<string>()
  for (const [name, [first, second]] of uses) {
    if (told.has(name)) continue
    const other = suggest(
      name,
      [...uses.keys()].filter(known => known !== name),
    )
    if (!second && !repeated.has(name)) {
      const near = other === undefined ? undefined : uses.get(other)
      report(near?.length === 1 ? misspelt(first!, near[0]!) : usedOnce(first!, other))
      // `$slot` and `$solt` once each are one mistake.
      if (near?.length === 1) told.add(other!)
    } else if (uses.get(name)!.every(({ plus }) => plus !== 0n))
      report(
        error('L001', first!.span, `\`$${name}\` is never bound`, {
          help: `write \`$${name}\` without a constant where its value comes from`,
        }),
      )
  }
}

function usedOnce({ name, span }: Variable, other: string | undefined) {
  return error('L001', span, `\`$${name}\` is used once, so it is compared with nothing`, {
    label: other && `did you mean \`$${other}\`?`,
    help: 'use it a second time, or write `_` if any value will do',
  })
}

function misspelt(one: Variable, other: Variable) {
  const [first, second] = one.span.start < other.span.start ? [one, other] : [other, one]
  return {
    ...error('L001', second.span, `\`$${second.name}\` is used once, so it is compared with nothing`),
    labels: [
      { span: second.span, text: `did you mean \`$${first.name}\`?` },
      { span: first.span, text: 'which is used once too' },
    ],
  }
}

/** Variables of events that happen several times: one place in the file, several comparisons. */
function repeatedVariables(node: OrderNode | undefined, inRepetition = false): readonly string[] {
  if (!node) return []
  const repeats = inRepetition || (node.times?.max ?? 1) > 1
  if (node.kind === 'event') {
    if (!repeats) return []
    return patternsOfEvent(node.pattern).flatMap(pattern =>
      pattern.kind === 'variable' ? [pattern.name] : [],
    )
  }
  const items = node.kind === 'interleave' ? [...node.lanes.values()] : node.items
  return items.flatMap(item => repeatedVariables(item, repeats))
}
