// SPDX-License-Identifier: MIT
import type { Cursor } from './cursor.ts'
import type { Decoration, Operand, RoundingOperand } from './operand.ts'
import type { Names } from './parse-expression.ts'
import { registerNamed } from './registers.ts'

/** Reads `{k1}`, `{z}` and `{1to8}` behind an operand; undefined after reporting what is wrong. */
export function parseDecoration(cursor: Cursor, names: Names): Decoration | undefined {
  let decoration: Decoration = {}
  while (cursor.take('{')) {
    if (names.syntax === 'att') cursor.take('%')
    const token = cursor.next()
    const mask = registerNamed(token?.text ?? '')
    const broadcast = /^1to(2|4|8|16|32)$/.exec(token?.text ?? '')
    if (mask?.class === 'k') decoration = { ...decoration, mask: mask.register }
    else if (token?.text === 'z') decoration = { ...decoration, zeroing: true }
    else if (broadcast) decoration = { ...decoration, broadcast: Number(broadcast[1]) }
    else return cursor.fail('B006', `\`{${token?.text ?? ''}}\` is not known`, token?.span)
    if (!cursor.need('}', 'what was opened')) return undefined
  }
  return decoration
}

/** Reads `{rn-sae}`, `{sae}` and their like in the place of an operand. */
export function parseRounding(cursor: Cursor): Operand | undefined {
  const start = cursor.position
  cursor.next()
  const word = cursor.next()
  const mode = /^(rn|rd|ru|rz)$/.exec(word?.text ?? '')
  const rounded = mode && cursor.take('-') && cursor.next()?.text === 'sae'
  if ((!rounded && word?.text !== 'sae') || !cursor.need('}', 'what was opened')) {
    return cursor.fail('B006', 'braces hold `rn-sae`, `rd-sae`, `ru-sae`, `rz-sae` or `sae` here', word?.span)
  }
  const control = (mode?.[1] ?? 'sae') as RoundingOperand['control']
  return { kind: 'rounding', control, span: cursor.spanFrom(start) }
}
