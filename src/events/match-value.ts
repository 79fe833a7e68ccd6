// SPDX-License-Identifier: MIT
import { equalValues, sameBits } from './equal-values.ts'
import type { MatchContext } from './match-context.ts'
import type { Binding, Bindings, Mismatch } from './mismatch.ts'
import type { ValuePattern } from './pattern.ts'
import { isAddress, isMap, type Value } from './value.ts'

/** One try to fit a pattern: what is bound so far, and everything that was wrong. */
export type Attempt = {
  bindings: Bindings
  readonly wrong: Mismatch[]
  readonly context: MatchContext
  /** Number of the event, noted in new bindings. */
  readonly event?: number
  /** Inside `in` and `not` a variable is compared, never bound. */
  readonly mayBind: boolean
}

/** Compares one value with a pattern (scenario format §6.2), binding variables and noting what does not fit in the attempt. */
export function matchValue(
  pattern: ValuePattern,
  value: Value | undefined,
  field: string,
  attempt: Attempt,
): void {
  if (value === undefined) refuse(attempt, pattern, field, 'absent')
  else if (pattern.kind === 'variable') matchVariable(pattern, value, field, attempt)
  else if (pattern.kind === 'regexp') matchExpression(pattern, value, field, attempt)
  else if (pattern.kind === 'list') matchList(pattern, value, field, attempt)
  else if (pattern.kind === 'map' && isMap(value)) matchEntries(pattern.entries, value, field, attempt)
  else if (!isFit(pattern, value, attempt)) refuse(attempt, pattern, field, 'value', value)
}

/** Patterns that are right or wrong as a whole. */
function isFit(pattern: ValuePattern, value: Value, attempt: Attempt): boolean {
  switch (pattern.kind) {
    case 'any':
      return true
    case 'equal':
      return equalValues(pattern.value, value)
    case 'place':
      return isAddress(value) && equalValues(pattern.text, value)
    case 'range':
      return inRange(pattern.min, pattern.max, value)
    case 'in':
      return pattern.options.some(option => fits(option, value, attempt))
    case 'not':
      return !fits(pattern.pattern, value, attempt)
    case 'mask': {
      const bits = integerOf(value)
      return bits !== undefined && sameBits(bits & pattern.mask, pattern.is)
    }
    case 'within':
      return isWithin(pattern.region, value, attempt.context)
    default:
      return false
  }
}

/**
 * Compares the named entries only. Patterns that need a bound variable come last, so that the order in which an author writes
 * `slot: $s` and `ip: $s+8` does not matter.
 */
export function matchEntries(
  patterns: Readonly<Record<string, ValuePattern>>,
  values: { readonly [name: string]: Value },
  path: string,
  attempt: Attempt,
): void {
  const entries = Object.entries(patterns)
  const ready = entries.filter(([, pattern]) => !needsBinding(pattern))
  const waiting = entries.filter(([, pattern]) => needsBinding(pattern))
  for (const [name, pattern] of [...ready, ...waiting]) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    matchValue(pattern, value, path === '' ? name : `${path}.${name}`, attempt)
  }
}

function needsBinding(pattern: ValuePattern): boolean {
  switch (pattern.kind) {
    case 'variable':
      return pattern.plus !== 0n
    case 'in':
    case 'not':
      return true
    case 'list':
      return pattern.items.some(needsBinding)
    case 'map':
      return Object.values(pattern.entries).some(needsBinding)
    default:
      return false
  }
}

function refuse(
  attempt: Attempt,
  pattern: ValuePattern,
  field: string,
  reason: Mismatch['reason'],
  got?: Value,
  bound?: Binding,
): void {
  attempt.wrong.push({
    field,
    reason,
    span: pattern.span,
    pattern,
    ...(got === undefined ? {} : { got }),
    ...(bound === undefined ? {} : { bound }),
  })
}

function fits(pattern: ValuePattern, value: Value, attempt: Attempt): boolean {
  const inner: Attempt = { ...attempt, wrong: [], mayBind: false }
  matchValue(pattern, value, '', inner)
  return inner.wrong.length === 0
}

function matchVariable(
  pattern: ValuePattern & { readonly kind: 'variable' },
  value: Value,
  field: string,
  attempt: Attempt,
): void {
  const bound = attempt.bindings.get(pattern.name)
  if (bound) {
    if (!equalsBound(bound.value, pattern.plus, value)) refuse(attempt, pattern, field, 'value', value, bound)
  } else if (pattern.plus !== 0n || !attempt.mayBind) {
    refuse(attempt, pattern, field, 'unbound', value)
  } else {
    const binding: Binding = {
      value,
      span: pattern.span,
      ...(attempt.event === undefined ? {} : { event: attempt.event }),
    }
    attempt.bindings = new Map(attempt.bindings).set(pattern.name, binding)
  }
}

function equalsBound(bound: Value, plus: bigint, value: Value): boolean {
  if (plus === 0n) return equalValues(bound, value)
  const [base, number] = [integerOf(bound), integerOf(value)]
  return base !== undefined && number !== undefined && sameBits(base + plus, number)
}

function matchExpression(
  pattern: ValuePattern & { readonly kind: 'regexp' },
  value: Value,
  field: string,
  attempt: Attempt,
): void {
  const text = typeof value === 'string' ? value : value !== null && isAddress(value) ? value.at : undefined
  const found = text === undefined ? false : attempt.context.search(pattern.source, text)
  if (found === undefined) refuse(attempt, pattern, field, 'expression', value)
  else if (!found) refuse(attempt, pattern, field, 'value', value)
}

/** Lists by position; a list written for a map (`args: [2, 3]`) means its values in the order of their definition. */
function matchList(
  pattern: ValuePattern & { readonly kind: 'list' },
  value: Value,
  field: string,
  attempt: Attempt,
): void {
  const items = isList(value) ? value : isMap(value) ? Object.values(value) : undefined
  if (items?.length !== pattern.items.length) {
    refuse(attempt, pattern, field, items ? 'length' : 'value', value)
    return
  }
  const pairs = pattern.items.map((item, index) => ({ item, index, late: needsBinding(item) }))
  for (const { item, index } of [...pairs.filter(pair => !pair.late), ...pairs.filter(pair => pair.late)]) {
    matchValue(item, items[index]!, `${field}.${index}`, attempt)
  }
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}

/** A bound below zero makes the comparison signed, one above 2^63 unsigned; else the value counts as it was recorded. */
function inRange(min: bigint | undefined, max: bigint | undefined, value: Value): boolean {
  const number = integerOf(value)
  if (number === undefined) return false
  const signed = (min !== undefined && min < 0n) || (max !== undefined && max < 0n)
  const unsigned = (min ?? 0n) >= 1n << 63n || (max ?? 0n) >= 1n << 63n
  const compared = signed ? BigInt.asIntN(64, number) : unsigned ? BigInt.asUintN(64, number) : number
  return (min === undefined || compared >= min) && (max === undefined || compared <= max)
}

function isWithin(region: string, value: Value, context: MatchContext): boolean {
  const number = integerOf(value)
  if (number === undefined) return false
  const address = BigInt.asUintN(64, number)
  return context.region(region).some(({ start, end }) => address >= start && address < end)
}

function integerOf(value: Value): bigint | undefined {
  if (typeof value === 'bigint') return value
  return value !== null && typeof value === 'object' && isAddress(value) ? value.address : undefined
}
