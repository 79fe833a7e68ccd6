// SPDX-License-Identifier: MIT
import type { Cursor } from './cursor.ts'
import type { Expression } from './expression.ts'
import { registerNamed } from './registers.ts'
import type { AssemblySymbol, SymbolTable } from './symbol.ts'

export type Syntax = 'intel' | 'att'

/** What expressions refer to while a text is being read. */
export type Names = {
  readonly symbols: SymbolTable
  readonly syntax: Syntax
  /** A symbol for the current address, `.`. */
  here(): AssemblySymbol
}

/** Ranks of GNU as: `|` binds closer than `+`. */
const ranks: Readonly<Record<string, number>> = {
  '+': 1,
  '-': 1,
  '|': 2,
  '&': 2,
  '^': 2,
  '*': 3,
  '/': 3,
  '%': 3,
  '<<': 3,
  '>>': 3,
}

/**
 * Reads a value. `inBrackets` allows what a memory operand of Intel syntax adds: registers, and brackets, which sum up.
 * Gives undefined after reporting what is wrong.
 */
export function parseExpression(cursor: Cursor, names: Names, inBrackets = false): Expression | undefined {
  return parseRank(cursor, names, inBrackets, 1)
}

function parseRank(cursor: Cursor, names: Names, inBrackets: boolean, rank: number): Expression | undefined {
  const start = cursor.position
  let left = parseUnary(cursor, names, inBrackets)
  for (;;) {
    const operator = cursor.peek()
    const own = operator?.kind === 'sign' ? ranks[operator.text] : undefined
    if (left === undefined || operator === undefined || own === undefined || own < rank) return left
    cursor.next()
    const right = parseRank(cursor, names, inBrackets, own + 1)
    if (!right) return undefined
    left = { kind: 'binary', operator: operator.text, left, right, span: cursor.spanFrom(start) }
  }
}

function parseUnary(cursor: Cursor, names: Names, inBrackets: boolean): Expression | undefined {
  const start = cursor.position
  const sign = cursor.peek()
  if (
    sign?.kind === 'sign' &&
    (sign.text === '-' || sign.text === '+' || sign.text === '~' || sign.text === '!')
  ) {
    cursor.next()
    const operand = parseUnary(cursor, names, inBrackets)
    return operand && { kind: 'unary', operator: sign.text, operand, span: cursor.spanFrom(start) }
  }
  let value = parsePrimary(cursor, names, inBrackets)
  while (value && inBrackets && cursor.at('[')) {
    const right = parsePrimary(cursor, names, inBrackets)
    if (!right) return undefined
    value = { kind: 'binary', operator: '+', left: value, right, span: cursor.spanFrom(start) }
  }
  return value
}

function parsePrimary(cursor: Cursor, names: Names, inBrackets: boolean): Expression | undefined {
  const token = cursor.peek()
  if (!token) return cursor.fail('B006', 'a value is missing here')
  const { span } = token
  if (token.kind === 'number') {
    cursor.next()
    if (token.value! >> 64n !== 0n)
      return cursor.fail('B008', `\`${token.text}\` has more than 64 bits`, span)
    return { kind: 'number', value: token.value!, span }
  }
  if (token.kind === 'local') {
    cursor.next()
    const symbol = names.symbols.numeric(token.text, span)
    if (!symbol)
      return cursor.fail('B003', `no label \`${token.text.slice(0, -1)}:\` stands before this`, span)
    return { kind: 'symbol', symbol, span }
  }
  if (token.kind === 'name') return parseName(cursor, names, inBrackets)
  if (names.syntax === 'intel' && token.text === '$') {
    cursor.next()
    return { kind: 'symbol', symbol: names.here(), span }
  }
  if (inBrackets && cursor.at('%') && registerNamed(cursor.peek(1)?.text ?? '')) {
    cursor.next()
    return parseName(cursor, names, inBrackets)
  }
  for (const [open, close] of [['(', ')'], ...(inBrackets ? [['[', ']']] : [])] as const) {
    if (!cursor.take(open!)) continue
    const inner = parseExpression(cursor, names, inBrackets)
    return inner && cursor.need(close!, 'what was opened') ? inner : undefined
  }
  return cursor.fail('B006', `\`${token.text}\` cannot start a value`, span)
}

function parseName(cursor: Cursor, names: Names, inBrackets: boolean): Expression | undefined {
  const { text, span } = cursor.next()!
  if (text === '.') return { kind: 'symbol', symbol: names.here(), span }
  if (names.syntax === 'intel') {
    if (inBrackets && /^offset$/i.test(text)) return parseUnary(cursor, names, inBrackets)
    const register = inBrackets ? registerNamed(text) : undefined
    if (register) return { kind: 'register', register: register.register, span }
    if (registerNamed(text)) return cursor.fail('B006', `a register cannot stand in this value`, span)
  }
  const symbol = names.symbols.named(text, span)
  // Calls through a table of addresses are direct in a static program.
  if (cursor.at('@') && /^plt$/i.test(cursor.peek(1)?.text ?? '')) {
    cursor.next()
    cursor.next()
  }
  return symbol.value ? { ...symbol.value, span } : { kind: 'symbol', symbol, span }
}
