// SPDX-License-Identifier: MIT
import type { Span } from '../../diagnostics/source-file.ts'
import type { AssemblySymbol } from './symbol.ts'

/** A value that may depend on addresses. Registers occur only while a memory operand of Intel syntax is being read. */
export type Expression = { readonly span: Span } & (
  | { readonly kind: 'number'; readonly value: bigint }
  | { readonly kind: 'symbol'; readonly symbol: AssemblySymbol }
  | { readonly kind: 'register'; readonly register: number }
  | { readonly kind: 'unary'; readonly operator: '-' | '~' | '+' | '!'; readonly operand: Expression }
  | {
      readonly kind: 'binary'
      readonly operator: string
      readonly left: Expression
      readonly right: Expression
    }
)

/** A value as a sum: a constant and symbols with their factors. A sum without symbols is known before the layout is. */
export type Sum = { readonly constant: bigint; readonly terms: ReadonlyMap<AssemblySymbol, bigint> }

/** An expression that stands for nothing: why, and where. */
export type Nonsense = { readonly why: string; readonly span: Span }

/**
 * Reduces an expression to a sum. Labels of one fragment keep their distance whatever the layout will be, so their
 * difference is a constant already here, as in GNU as.
 */
export function sumOf(expression: Expression): Sum | Nonsense {
  switch (expression.kind) {
    case 'number':
      return { constant: expression.value, terms: new Map() }
    case 'symbol': {
      const { value } = expression.symbol
      return value ? sumOf(value) : { constant: 0n, terms: new Map([[expression.symbol, 1n]]) }
    }
    case 'register':
      return { why: 'a register has no value here', span: expression.span }
    case 'unary':
      return unary(expression.operator, sumOf(expression.operand), expression.span)
    case 'binary':
      return binary(expression.operator, sumOf(expression.left), sumOf(expression.right), expression.span)
  }
}

export function isConstant(sum: Sum): boolean {
  return sum.terms.size === 0
}

/** What is added to the value when the program is loaded elsewhere: 0 for a number, 1 for an address. */
export function relocations(sum: Sum): bigint {
  return [...sum.terms.values()].reduce((total, factor) => total + factor, 0n)
}

/** The value once every symbol has an address. */
export function evaluate(sum: Sum, addressOf: (symbol: AssemblySymbol) => bigint): bigint {
  return [...sum.terms].reduce((total, [symbol, factor]) => total + factor * addressOf(symbol), sum.constant)
}

/** The sum again, now that symbols may have got a value which had none when it was read. */
export function settle(sum: Sum): Sum {
  const late = [...sum.terms.keys()].find(symbol => symbol.value)
  if (!late) return sum
  const value = sumOf(late.value!)
  const terms = new Map(sum.terms)
  terms.delete(late)
  const rest = { constant: sum.constant, terms }
  return settle('why' in value ? rest : add(rest, scale(value, sum.terms.get(late)!)))
}

function unary(operator: '-' | '~' | '+' | '!', operand: Sum | Nonsense, span: Span): Sum | Nonsense {
  if ('why' in operand || operator === '+') return operand
  if (operator === '-') return scale(operand, -1n)
  if (!isConstant(operand)) return { why: `\`${operator}\` of an address is no value`, span }
  const { constant } = operand
  return { constant: operator === '~' ? ~constant : constant === 0n ? 1n : 0n, terms: new Map() }
}

function binary(operator: string, left: Sum | Nonsense, right: Sum | Nonsense, span: Span): Sum | Nonsense {
  if ('why' in left) return left
  if ('why' in right) return right
  if (operator === '+') return add(left, right)
  if (operator === '-') return add(left, scale(right, -1n))
  if (operator === '*' && isConstant(left)) return scale(right, left.constant)
  if (operator === '*' && isConstant(right)) return scale(left, right.constant)
  if (!isConstant(left) || !isConstant(right)) {
    return { why: `\`${operator}\` cannot be computed before addresses are known`, span }
  }
  const constant = compute(operator, left.constant, right.constant)
  return typeof constant === 'string' ? { why: constant, span } : { constant, terms: new Map() }
}

function compute(operator: string, left: bigint, right: bigint): bigint | string {
  switch (operator) {
    case '/':
      return right === 0n ? 'this divides by zero' : left / right
    case '%':
      return right === 0n ? 'this divides by zero' : left % right
    case '<<':
      return right < 0n || right > 63n ? 'a shift is by 0 to 63 bits' : BigInt.asIntN(64, left << right)
    case '>>':
      return right < 0n || right > 63n ? 'a shift is by 0 to 63 bits' : BigInt.asUintN(64, left) >> right
    case '&':
      return left & right
    case '|':
      return left | right
    default:
      return left ^ right
  }
}

function scale(sum: Sum, factor: bigint): Sum {
  if (factor === 0n) return { constant: 0n, terms: new Map() }
  return {
    constant: sum.constant * factor,
    terms: new Map([...sum.terms].map(([symbol, own]) => [symbol, own * factor])),
  }
}

function add(left: Sum, right: Sum): Sum {
  const terms = new Map(left.terms)
  for (const [symbol, factor] of right.terms) {
    const total = (terms.get(symbol) ?? 0n) + factor
    if (total === 0n) terms.delete(symbol)
    else terms.set(symbol, total)
  }
  return cancel({ constant: left.constant + right.constant, terms })
}

/** Replaces `a - b` of one fragment by their distance. */
function cancel(sum: Sum): Sum {
  for (const [plus, factor] of sum.terms) {
    if (factor <= 0n || !plus.place) continue
    for (const [minus, other] of sum.terms) {
      if (other !== -factor || minus.place?.fragment !== plus.place.fragment) continue
      const terms = new Map(sum.terms)
      terms.delete(plus)
      terms.delete(minus)
      const distance = BigInt(plus.place.offset - minus.place.offset)
      return cancel({ constant: sum.constant + factor * distance, terms })
    }
  }
  return sum
}
