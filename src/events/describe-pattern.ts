// SPDX-License-Identifier: MIT
import { describeKind } from './event-kinds.ts'
import { formatInteger, formatValue } from './format-value.ts'
import type { Mismatch } from './mismatch.ts'
import type { EventPattern, ValuePattern } from './pattern.ts'

/** A pattern as an author writes it on one line: `hit add_in, args {a: 10}, slot $slot`. */
export function describeEventPattern(pattern: EventPattern): string {
  const { subject, fields } = describeKind(pattern.kind)
  const named = pattern.fields[subject]
  const words = [named ? `${pattern.kind} ${describePattern(named, true)}` : pattern.kind]
  for (const [name, value] of Object.entries(pattern.fields)) {
    if (name !== subject) words.push(`${name} ${describePattern(value, fields[name]?.type === 'name')}`)
  }
  return words.join(', ')
}

/** `5`, `$x+8`, `1 to 3`, `not 0`, … Names of the file go without quotes. */
export function describePattern(pattern: ValuePattern, isName = false): string {
  switch (pattern.kind) {
    case 'any':
      return '_'
    case 'equal':
      return formatValue(pattern.value, isName ? 'name' : undefined)
    case 'place':
      return pattern.text
    case 'variable':
      return `$${pattern.name}${describePlus(pattern.plus)}`
    case 'range':
      return describeRange(pattern.min, pattern.max)
    case 'in':
      return `one of ${pattern.options.map(option => describePattern(option, isName)).join(', ')}`
    case 'not':
      return `not ${describePattern(pattern.pattern, isName)}`
    case 'regexp':
      return `text like ${pattern.source}`
    case 'mask':
      return `${formatHex(pattern.is)} under mask ${formatHex(pattern.mask)}`
    case 'within':
      return `within ${pattern.region}`
    case 'list':
      return `[${pattern.items.map(item => describePattern(item)).join(', ')}]`
    case 'map': {
      const entries = Object.entries(pattern.entries)
      return `{${entries.map(([name, value]) => `${name}: ${describePattern(value)}`).join(', ')}}`
    }
  }
}

/** Why an event is not what was expected, in a few words: `slot: want $slot = 0, got 1`. */
export function describeMismatch(mismatch: Mismatch): string {
  const { field, reason, pattern, got } = mismatch
  const seen = got === undefined ? 'nothing' : formatValue(got, field === 'thread' ? 'name' : undefined)
  if (pattern === undefined) return `${seen.replaceAll('"', '')} is another kind`
  const want = describeWanted(mismatch)
  switch (reason) {
    case 'absent':
      return `${field}: want ${want}, but the event has no ${field}`
    case 'unbound':
      return `${field}: want ${want}, but $${unboundName(pattern)} has no value yet`
    case 'expression':
      return `${field}: ${want} is not a regular expression in RE2 syntax`
    case 'length':
      return `${field}: want ${want}, got ${seen}, of another length`
    default:
      return `${field}: want ${want}, got ${seen}`
  }
}

/** What the author wants: the pattern, and what its variable stands for: `$slot = 0`. */
export function describeWanted({ pattern, bound, field }: Mismatch): string {
  if (!pattern) return field
  const want = describePattern(pattern, field === 'thread')
  if (!bound || pattern.kind !== 'variable') return want
  return `${want} = ${formatValue(bound.value)}${describePlus(pattern.plus)}`
}

function unboundName(pattern: ValuePattern): string {
  return pattern.kind === 'variable' ? pattern.name : '_'
}

function describePlus(plus: bigint): string {
  if (plus === 0n) return ''
  return plus > 0n ? `+${formatInteger(plus)}` : `-${formatInteger(-plus)}`
}

function describeRange(min: bigint | undefined, max: bigint | undefined): string {
  if (min === undefined) return `at most ${formatInteger(max ?? 0n)}`
  return max === undefined
    ? `at least ${formatInteger(min)}`
    : `${formatInteger(min)} to ${formatInteger(max)}`
}

function formatHex(value: bigint): string {
  return `0x${BigInt.asUintN(64, value).toString(16)}`
}
