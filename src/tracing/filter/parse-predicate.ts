// SPDX-License-Identifier: MIT
import { parseSigned, parseUnsigned } from '../definition/numbers.ts'
import { letters } from '../kernel-text.ts'
import type { Field } from '../record/fields.ts'
import { parseCpuList } from './cpu-list.ts'
import type { Operator, Predicate } from './filter.ts'
import { FilterFault } from './filter-fault.ts'
import { parsePattern } from './text-pattern.ts'

/** Longer operators come before those that they start with. */
const operators: readonly Operator[] = ['~', '!=', '==', '<=', '<', '>=', '>', '&']
const fieldName = new RegExp(`^[${letters}0-9_]*`)
const number = new RegExp(`^[${letters}0-9]*`)
const signedNumber = new RegExp(`^-?[${letters}0-9]*`)
const longestText = 255
const longestNumber = 23

/** A term that starts at `start` of the text, and where it ends. Positions of faults count one too many, as the kernel's do. */
export function parsePredicate(
  text: string,
  start: number,
  findField: (name: string) => Field | undefined,
): { readonly predicate: Predicate; readonly end: number } | FilterFault {
  const fault = (message: ConstructorParameters<typeof FilterFault>[0], at: number): FilterFault =>
    new FilterFault(message, at + 1)

  const name = fieldName.exec(text.slice(start))![0]
  if (name === '') return new FilterFault('ERRNO', 0, 'EPERM')
  let at = start + name.length
  const field = findField(name)
  if (!field) return fault('FIELD_NOT_FOUND', at)
  if (text.startsWith('.ustring', at)) at += '.ustring'.length
  const asFunction = text.startsWith('.function', at)
  if (asFunction) at += '.function'.length

  at = skipSpace(text, at)
  const operator = operators.find(candidate => text.startsWith(candidate, at))
  if (!operator) return fault('INVALID_OP', at)
  at = skipSpace(text, at + operator.length)

  const parse = asFunction
    ? parseFunction
    : text.startsWith('CPUS', at)
      ? parseCpus
      : text[at] === '"' || text[at] === "'"
        ? parseText
        : parseNumber
  return parse({ text, at, field, operator, fault })
}

type Operand = {
  readonly text: string
  readonly at: number
  readonly field: Field
  readonly operator: Operator
  fault(message: ConstructorParameters<typeof FilterFault>[0], at: number): FilterFault
}
type Parsed = ReturnType<typeof parsePredicate>

/** `FIELD.function==NAME` asks whether an address lies in a function of the kernel; user addresses never do, so no name is found. */
function parseFunction({ text, at, field, operator, fault }: Operand): Parsed {
  if (field.size !== 8) return fault('ILLEGAL_FIELD_OP', at)
  if (operator !== '==' && operator !== '!=') return fault('INVALID_OP', at)
  if (!/[0-9]/.test(text[at] ?? '')) {
    const end = at + /^\S*/.exec(text.slice(at))![0].length
    return fault('NO_FUNCTION', end)
  }
  const digits = number.exec(text.slice(at))![0]
  const end = at + digits.length
  if (digits.length > longestNumber) return fault('OPERAND_TOO_LONG', end)
  return fault(typeof parseUnsigned(digits) === 'string' ? 'INVALID_VALUE' : 'NO_FUNCTION', end)
}

function parseCpus({ text, at, field, operator, fault }: Operand): Parsed {
  const wrongField = field.role !== 'number' && field.role !== 'cpu'
  if (wrongField || (operator !== '==' && operator !== '!=' && operator !== '&')) {
    return fault('ILLEGAL_FIELD_OP', at)
  }
  const list = at + 'CPUS{'.length
  if (text[list - 1] !== '{') return fault('MISSING_BRACE_OPEN', list)
  const close = text.indexOf('}', list)
  if (close < 0) return fault('MISSING_BRACE_CLOSE', text.length)
  const cpus = parseCpuList(text.slice(list, close))
  if (!cpus) return fault('INVALID_CPULIST', close)
  // One processor is a number like any other.
  if (cpus.length === 1) {
    const scalar = operator === '&' ? '==' : operator
    return { predicate: { kind: 'number', field, operator: scalar, value: BigInt(cpus[0]!) }, end: close + 1 }
  }
  return { predicate: { kind: 'cpus', field, operator, cpus }, end: close + 1 }
}

function parseText({ text, at, field, operator, fault }: Operand): Parsed {
  if (operator !== '~' && operator !== '==' && operator !== '!=') return fault('ILLEGAL_FIELD_OP', at)
  if (field.role !== 'string' && field.role !== 'comm') return fault('EXPECT_DIGIT', at)
  const close = text.indexOf(text[at]!, at + 1)
  if (close < 0) return fault('MISSING_QUOTE', text.length)
  const value = text.slice(at + 1, close)
  if (value.length > longestText) return fault('OPERAND_TOO_LONG', close)
  const parsed =
    operator === '~'
      ? parsePattern(value)
      : { pattern: { how: 'full', text: value } as const, not: operator === '!=' }
  return { predicate: { kind: 'text', field, ...parsed }, end: close + 1 }
}

function parseNumber({ text, at, field, operator, fault }: Operand): Parsed {
  if (!/[0-9-]/.test(text[at] ?? '')) return fault('INVALID_VALUE', at)
  if (field.role === 'string' || field.role === 'comm') return fault('EXPECT_STRING', at)
  if (operator === '~') return fault('ILLEGAL_FIELD_OP', at)
  const digits = signedNumber.exec(text.slice(at))![0]
  const end = at + digits.length
  if (digits.length > longestNumber) return fault('OPERAND_TOO_LONG', end)
  const value = field.signed ? parseSigned(digits) : parseUnsigned(digits)
  if (typeof value === 'string') return fault('ILLEGAL_INTVAL', at)
  return { predicate: { kind: 'number', field, operator, value }, end }
}

export function skipSpace(text: string, at: number): number {
  return at + /^\s*/.exec(text.slice(at))![0].length
}
