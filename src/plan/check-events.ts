// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Span } from '../diagnostics/source-file.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { faultText } from '../events/equal-values.ts'
import type { EventPattern } from '../events/pattern.ts'
import type { Value } from '../events/value.ts'
import { eventPatterns } from '../scenario/all-patterns.ts'
import { patternsWithin } from '../scenario/read-value.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { isText, probeOf, typedArguments } from './argument-places.ts'
import type { PlannedProbe } from './plan.ts'

/** Whether events ask of a probe what it can give: its kind of record, and arguments that its definition names. */
export function checkEvents(
  scenario: Scenario,
  probes: ReadonlyMap<string, PlannedProbe>,
): readonly Diagnostic[] {
  return eventPatterns(scenario).flatMap(pattern => {
    const probe = probeOf(pattern, probes)
    if (!probe || (pattern.kind !== 'hit' && pattern.kind !== 'ret')) return []
    const expected = probe.definition.kind === 'entry' ? 'hit' : 'ret'
    if (pattern.kind !== expected) return [wrongKind(pattern, probe, expected)]
    return [...checkArguments(pattern, probe), ...checkTypes(pattern, probe)]
  })
}

function wrongKind(
  { keySpan, kind }: EventPattern,
  { name, span, definition }: PlannedProbe,
  expected: string,
): Diagnostic {
  const what = definition.kind === 'entry' ? 'an entry probe' : 'a return probe'
  return {
    code: 'L009',
    severity: 'error',
    message: `\`${name}\` is ${what}, so there is never a \`${kind}\` of it`,
    labels: [
      { span: keySpan, text: `did you mean \`${expected}\`?` },
      { span, text: 'the probe is here' },
    ],
    fix: { span: keySpan, text: expected },
  }
}

function checkArguments({ fields }: EventPattern, { name, span, definition }: PlannedProbe): Diagnostic[] {
  const pattern = fields['args']
  const known = definition.arguments.map(argument => argument.name)
  const help = [
    known.length > 0 ? `arguments of ${name}: ${known.join(', ')}` : `${name} fetches no arguments`,
  ]
  if (pattern?.kind === 'list' && pattern.items.length !== known.length) {
    const message = `\`${name}\` has ${count(known.length)}, not ${pattern.items.length}`
    return [
      {
        code: 'R017',
        severity: 'error',
        message,
        labels: [{ span: pattern.span }, { span, text: 'the probe is here' }],
        help,
      },
    ]
  }
  if (pattern?.kind !== 'map') return []
  return Object.entries(pattern.entries).flatMap(([argument, value]): Diagnostic[] => {
    if (known.includes(argument)) return []
    const text = didYouMean(argument, known)
    return [
      {
        code: 'R017',
        severity: 'error',
        message: `\`${name}\` has no argument \`${argument}\``,
        labels: [
          { span: keyBefore(value.span, argument), ...(text && { text }) },
          { span, text: 'the probe is here' },
        ],
        help,
      },
    ]
  })
}

/** The key in front of a value; the value itself where an anchor or a tag lies between. */
function keyBefore(value: Span, key: string): Span {
  const before = value.file.text.slice(0, value.start)
  const written = /["']?:\s*["']?$/.exec(before)
  if (!written || !before.slice(0, written.index).endsWith(key)) return value
  return { file: value.file, start: written.index - key.length, end: written.index }
}

function count(number: number): string {
  return number === 1 ? '1 argument' : `${number} arguments`
}

/** A number is never equal to a text, so one that is compared with the other is a slip. */
function checkTypes(pattern: EventPattern, probe: PlannedProbe): Diagnostic[] {
  return typedArguments(pattern, probe).flatMap(({ name, pattern: value, type }) =>
    patternsWithin(value).flatMap((inner): Diagnostic[] => {
      if (inner.kind !== 'equal' || inner.value === null || fits(inner.value, isText(type))) return []
      const [wanted, got] = isText(type) ? ['a text', 'this number'] : ['a number', 'this text']
      return [
        {
          code: 'R017',
          severity: 'error',
          message: `argument \`${name}\` of \`${probe.name}\` is ${wanted}, so it never equals ${got}`,
          labels: [{ span: inner.span }, { span: probe.span, text: `fetched as ${type.name}` }],
        },
      ]
    }),
  )
}

function fits(value: Value, text: boolean): boolean {
  if (typeof value === 'bigint') return !text
  return typeof value !== 'string' || text || value === faultText || value.includes(':')
}
