// SPDX-License-Identifier: MIT
import type { Task } from '../../kernel/kernel.ts'
import { commandName, commandSize } from '../fetch/command-name.ts'
import { readLocation } from '../fetch/data-location.ts'
import { readNumber } from '../record/decode-arguments.ts'
import { cpuCount } from './cpu-list.ts'
import type { Filter, Operator, Predicate } from './filter.ts'
import { matchText } from './text-pattern.ts'

/** A finished record, who made it and on which processor. */
export type FilterSubject = { readonly record: Uint8Array; readonly task: Task; readonly cpu: number }

/** Evaluates a filter on a record, from left to right, no further than needed (spec 07 §10). */
export function matchFilter(filter: Filter, subject: FilterSubject): boolean {
  const matches =
    filter.kind === 'predicate'
      ? matchPredicate(filter.predicate, subject)
      : filter.alternatives.some(all => all.every(part => matchFilter(part, subject)))
  return matches !== filter.not
}

function matchPredicate(predicate: Predicate, subject: FilterSubject): boolean {
  const { field } = predicate
  switch (predicate.kind) {
    case 'text':
      return matchTextField(predicate, subject) !== predicate.not
    case 'number':
      if (field.role === 'cpu') {
        return predicate.operator !== '&' && compare(BigInt(subject.cpu), predicate.operator, predicate.value)
      }
      return matchNumber(predicate, subject.record)
    case 'cpus':
      return matchCpus(predicate, subject)
  }
}

function matchTextField(
  { field, pattern }: Predicate & { kind: 'text' },
  { record, task }: FilterSubject,
): boolean {
  if (field.role === 'comm') return matchText(pattern, latin1(commandName(task)), commandSize)
  const { length, offset } = readLocation(viewOf(record), field.offset)
  return matchText(pattern, latin1(record.subarray(offset)), length)
}

/**
 * The operand is cut to the size of the field. A field of another size than 1, 2, 4 or 8, as most arrays are, never matches, not even
 * with `!=` (bug B23); an array of such a size is compared as one number.
 */
function matchNumber(
  { field, operator, value }: Predicate & { kind: 'number' },
  record: Uint8Array,
): boolean {
  const { size, signed, offset } = field
  if (![1, 2, 4, 8].includes(size)) return false
  const cut = signed ? BigInt.asIntN(8 * size, value) : BigInt.asUintN(8 * size, value)
  return compare(readNumber(record, offset, size, signed), operator, cut)
}

function compare(value: bigint, operator: Operator, operand: bigint): boolean {
  switch (operator) {
    case '==':
      return value === operand
    case '!=':
      return value !== operand
    case '<':
      return value < operand
    case '<=':
      return value <= operand
    case '>':
      return value > operand
    case '>=':
      return value >= operand
    case '&':
      return (value & operand) !== 0n
    case '~':
      return false
  }
}

/** The list has several processors, so a single one is never equal to it; what is no processor matches nothing. */
function matchCpus({ field, operator, cpus }: Predicate & { kind: 'cpus' }, subject: FilterSubject): boolean {
  if (field.role !== 'cpu' && ![1, 2, 4, 8].includes(field.size)) return false
  const value =
    field.role === 'cpu' ? BigInt(subject.cpu) : readNumber(subject.record, field.offset, field.size, false)
  if (value >= cpuCount) return false
  return operator === '!=' || (operator === '&' && cpus.some(cpu => BigInt(cpu) === value))
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}
