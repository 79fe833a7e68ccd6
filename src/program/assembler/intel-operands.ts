// SPDX-License-Identifier: MIT
import type { Cursor } from './cursor.ts'
import { parseDecoration, parseRounding } from './decoration.ts'
import { type Expression, relocations, sumOf } from './expression.ts'
import type { MemoryOperand, Operand } from './operand.ts'
import { type Names, parseExpression } from './parse-expression.ts'
import { registerInfo, registerNamed } from './registers.ts'

/** Bytes that each word before `ptr` stands for. */
const sizeWords = new Map(
  Object.entries({
    ...{ byte: 1, word: 2, dword: 4, fword: 6, qword: 8, mmword: 8, tbyte: 10 },
    ...{ oword: 16, xmmword: 16, ymmword: 32, zmmword: 64 },
  }),
)

/** Reads one operand of Intel syntax; undefined after reporting what is wrong. */
export function parseIntelOperand(cursor: Cursor, names: Names): Operand | undefined {
  const start = cursor.position
  if (cursor.at('{')) return parseRounding(cursor)
  const written = parseWords(cursor)
  if (!written) return undefined
  const x87 = parseStackRegister(cursor)
  if (x87 !== undefined) return { kind: 'register', register: x87, span: cursor.spanFrom(start) }
  const expressionStart = cursor.position
  const expression = parseExpression(cursor, names, true)
  if (!expression) return undefined
  const bracketed = cursor.statement.tokens
    .slice(expressionStart, cursor.position)
    .some(({ kind, text }) => kind === 'sign' && text === '[')
  const decoration = parseDecoration(cursor, names)
  if (decoration === undefined) return undefined
  const span = cursor.spanFrom(start)
  const extra = Object.keys(decoration).length > 0 ? { decoration } : {}
  if (expression.kind === 'register' && !bracketed)
    return { kind: 'register', register: expression.register, span, ...extra }
  if (written.offset) return { kind: 'immediate', expression, offset: true, span }
  if (!bracketed && written.segment === undefined && isNumber(expression))
    return { kind: 'immediate', expression, span }
  const address = splitAddress(cursor, expression)
  if (!address) return undefined
  const bare = !bracketed && written.segment === undefined
  const { size, segment, short } = written
  return {
    kind: 'memory',
    ...(size === undefined ? {} : { size }),
    ...(segment === undefined ? {} : { segment }),
    ...(short ? { short } : {}),
    ...address,
    bare,
    span,
    ...extra,
  }
}

type Written = { size?: number; segment?: number; short?: boolean; offset?: boolean }

/** `dword ptr`, `short`, `offset`, `fs:` before the operand proper. */
function parseWords(cursor: Cursor): Written | undefined {
  const written: Written = {}
  for (;;) {
    const token = cursor.peek()
    const word = token?.kind === 'name' ? token.text.toLowerCase() : ''
    const after = cursor.peek(1)
    const size = sizeWords.get(word)
    const segment = registerNamed(word)
    if (size !== undefined && after?.text.toLowerCase() === 'ptr') {
      cursor.next()
      cursor.next()
      written.size = size
    } else if (size !== undefined && (after?.text === '[' || after?.text === 'fs' || after?.text === 'gs')) {
      return cursor.fail('B006', `\`${word}\` needs \`ptr\` behind it`, token!.span, {
        help: [`write \`${word} ptr\``],
      })
    } else if ((word === 'short' || word === 'near') && after && after.text !== ',' && after.text !== ':') {
      cursor.next()
      if (cursor.peek()?.text.toLowerCase() === 'ptr') cursor.next()
      if (word === 'short') written.short = true
    } else if (word === 'offset' && after && after.text !== ':') {
      cursor.next()
      written.offset = true
    } else if (segment?.class === 'seg' && after?.text === ':') {
      cursor.next()
      cursor.next()
      written.segment = segment.register
    } else {
      return written
    }
  }
}

/** `st(3)`, which the expression reader would take for a call. */
function parseStackRegister(cursor: Cursor): number | undefined {
  if (cursor.at('%') && /^st$/i.test(cursor.peek(1)?.text ?? '')) cursor.next()
  if (!/^st$/i.test(cursor.peek()?.text ?? '') || !cursor.at('(', 1) || !cursor.at(')', 3)) return undefined
  const register = registerNamed(`st(${cursor.peek(2)!.text})`)
  for (let taken = 0; register && taken < 4; taken++) cursor.next()
  return register?.register
}

/** A number, or a difference of labels; a single name of an address means what lies there. */
function isNumber(expression: Expression): boolean {
  const sum = sumOf(expression)
  return !('why' in sum) && sum.terms.size !== 1 && relocations(sum) === 0n
}

type Address = Pick<MemoryOperand, 'base' | 'index' | 'scale' | 'displacement'>
type Term = { readonly register: number; readonly scale?: number; readonly span: Expression['span'] }

/** Splits `base + index*scale + displacement`, in any order. */
function splitAddress(cursor: Cursor, expression: Expression): Address | undefined {
  const terms: Term[] = []
  const rest = takeRegisters(cursor, expression, terms)
  if (cursor.failed) return undefined
  const other = terms.find(({ register }) => !/^(r16|r32|r64|ip|[xyz]mm)$/.test(registerInfo(register).class))
  if (other) {
    const { name } = registerInfo(other.register)
    return cursor.fail('B002', `no address can have \`${name}\` in it`, other.span, {
      help: [`\`${name}\` is a register; a label of that name needs another one to be used here`],
    })
  }
  const third = terms[2]
  if (third) return cursor.fail('B002', 'an address has at most two registers', third.span)
  const isVector = ({ register }: Term): boolean => /^[xyz]mm$/.test(registerInfo(register).class)
  let index = terms.find(term => term.scale !== undefined) ?? terms.find(isVector)
  let base = terms.find(term => term !== index)
  if (base?.scale !== undefined)
    return cursor.fail('B002', 'only one register of an address can be scaled', base.span)
  if (!index && terms.length === 2) [base, index] = terms
  // The stack pointer cannot be an index (Intel SDM volume 2, table 2-3); unscaled registers may trade places.
  if (index && base && isStackPointer(index) && (index.scale ?? 1) === 1) [base, index] = [index, base]
  return {
    ...(base ? { base: base.register } : {}),
    ...(index ? { index: index.register } : {}),
    scale: index?.scale ?? 1,
    ...(rest ? { displacement: rest } : {}),
  }
}

/** Moves the registers of a sum into `terms`; what is left is the displacement. */
function takeRegisters(cursor: Cursor, expression: Expression, terms: Term[]): Expression | undefined {
  const { span } = expression
  if (expression.kind === 'register') {
    terms.push({ register: expression.register, span })
    return undefined
  }
  if (expression.kind === 'unary' && expression.operator === '+')
    return takeRegisters(cursor, expression.operand, terms)
  if (expression.kind !== 'binary') return expression
  const { operator, left, right } = expression
  if (operator === '*' && (left.kind === 'register' || right.kind === 'register')) {
    const [register, factor] =
      left.kind === 'register' ? [left, right] : [right as typeof left & { kind: 'register' }, left]
    const sum = sumOf(factor)
    if ('why' in sum || sum.terms.size > 0 || ![1n, 2n, 4n, 8n].includes(sum.constant)) {
      return cursor.fail('B002', 'a scale is 1, 2, 4 or 8', factor.span)
    }
    terms.push({ register: register.register, scale: Number(sum.constant), span })
    return undefined
  }
  if (operator !== '+' && operator !== '-') return expression
  const before = takeRegisters(cursor, left, terms)
  const count = terms.length
  const behind = takeRegisters(cursor, right, terms)
  if (operator === '-' && terms.length > count)
    return cursor.fail('B002', 'a register cannot be subtracted', right.span)
  if (!behind) return before
  if (operator === '-' && !before) return { kind: 'unary', operator: '-', operand: behind, span: right.span }
  return before ? { kind: 'binary', operator, left: before, right: behind, span } : behind
}

function isStackPointer({ register }: Term): boolean {
  return /^[er]sp$/.test(registerInfo(register).name)
}
