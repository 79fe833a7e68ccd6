// SPDX-License-Identifier: MIT
import type { Assembly } from './assembly.ts'
import type { Cursor } from './cursor.ts'
import { type Expression, sumOf } from './expression.ts'
import type { Token } from './lex.ts'
import { type Names, parseExpression } from './parse-expression.ts'

/** What expressions refer to at the current place of an assembly. */
export function namesOf(assembly: Assembly, cursor: Cursor): Names {
  return {
    symbols: assembly.symbols,
    syntax: assembly.syntax,
    here: () => assembly.here(cursor.statement.span),
  }
}

export function readExpression(assembly: Assembly, cursor: Cursor): Expression | undefined {
  return parseExpression(cursor, namesOf(assembly, cursor))
}

/** A number that is known at once; undefined after reporting that it is none, or not within the bounds. */
export function readNumber(
  assembly: Assembly,
  cursor: Cursor,
  what: string,
  least: number,
  most: number,
): number | undefined {
  const expression = readExpression(assembly, cursor)
  if (!expression) return undefined
  const sum = sumOf(expression)
  if ('why' in sum) return cursor.fail('B005', sum.why, sum.span)
  if (sum.terms.size > 0)
    return cursor.fail('B005', `${what} must be a number that is known here`, expression.span)
  if (sum.constant < BigInt(least) || sum.constant > BigInt(most)) {
    return cursor.fail('B008', `${what} must be ${least} to ${most}, not ${sum.constant}`, expression.span)
  }
  return Number(sum.constant)
}

/** Names with commas between them. */
export function readNames(cursor: Cursor, what: string): Token[] {
  const names: Token[] = []
  do {
    const name = cursor.name(what)
    if (!name) break
    names.push(name)
  } while (cursor.take(','))
  return names
}
