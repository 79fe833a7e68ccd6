// SPDX-License-Identifier: MIT
import type { Cursor } from './cursor.ts'
import { parseDecoration, parseRounding } from './decoration.ts'
import { sumOf } from './expression.ts'
import type { MemoryOperand, Operand } from './operand.ts'
import { type Names, parseExpression } from './parse-expression.ts'
import { registerInfo, registerNamed } from './registers.ts'

/** Reads one operand of AT&T syntax; undefined after reporting what is wrong. */
export function parseAttOperand(cursor: Cursor, names: Names): Operand | undefined {
  const start = cursor.position
  if (cursor.at('{')) return parseRounding(cursor)
  if (cursor.take('$')) {
    const expression = parseExpression(cursor, names)
    return expression && { kind: 'immediate', expression, span: cursor.spanFrom(start) }
  }
  const indirect = cursor.take('*')
  let segment: number | undefined
  if (cursor.at('%')) {
    const register = parseRegister(cursor)
    if (register === undefined) return undefined
    if (!cursor.take(':')) {
      const decoration = parseDecoration(cursor, names)
      if (!decoration) return undefined
      const extra = Object.keys(decoration).length > 0 ? { decoration } : {}
      return { kind: 'register', register, span: cursor.spanFrom(start), ...extra }
    }
    if (registerInfo(register).class !== 'seg') {
      return cursor.fail('B006', 'only a segment register stands before `:`', cursor.spanFrom(start))
    }
    segment = register
  }
  const displacement = atRegisters(cursor) ? undefined : parseExpression(cursor, names)
  if (cursor.failed) return undefined
  const bare = !indirect && segment === undefined && !cursor.at('(')
  const registers = cursor.at('(') ? parseRegisters(cursor, names) : { scale: 1 }
  const decoration = registers && parseDecoration(cursor, names)
  if (!registers || !decoration) return undefined
  return {
    kind: 'memory',
    ...(segment === undefined ? {} : { segment }),
    ...(displacement ? { displacement } : {}),
    ...registers,
    bare,
    span: cursor.spanFrom(start),
    ...(Object.keys(decoration).length > 0 ? { decoration } : {}),
  }
}

/** `(%rax` or `(,` and no parenthesis of an expression. */
function atRegisters(cursor: Cursor): boolean {
  return cursor.at('(') && (cursor.at('%', 1) || cursor.at(',', 1))
}

/** `(base, index, scale)`, each of them optional. */
function parseRegisters(
  cursor: Cursor,
  names: Names,
): Pick<MemoryOperand, 'base' | 'index' | 'scale'> | undefined {
  cursor.next()
  let base: number | undefined
  let index: number | undefined
  let scale = 1
  if (!cursor.at(',') && (base = parseRegister(cursor)) === undefined) return undefined
  if (cursor.take(',')) {
    if (!cursor.at(',') && (index = parseRegister(cursor)) === undefined) return undefined
    if (cursor.take(',')) {
      const factor = parseExpression(cursor, names)
      if (!factor) return undefined
      const sum = sumOf(factor)
      if ('why' in sum || sum.terms.size > 0 || ![1n, 2n, 4n, 8n].includes(sum.constant)) {
        return cursor.fail('B002', 'a scale is 1, 2, 4 or 8', factor.span)
      }
      scale = Number(sum.constant)
    }
  }
  if (!cursor.need(')', 'an address')) return undefined
  return { ...(base === undefined ? {} : { base }), ...(index === undefined ? {} : { index }), scale }
}

function parseRegister(cursor: Cursor): number | undefined {
  if (!cursor.need('%', 'a register of AT&T syntax')) return undefined
  const token = cursor.name('a register')
  if (!token) return undefined
  let name = token.text
  if (/^st$/i.test(name) && cursor.at('(') && cursor.at(')', 2)) {
    cursor.next()
    name = `st(${cursor.next()!.text})`
    cursor.next()
  }
  return registerNamed(name)?.register ?? cursor.fail('B002', `no register is called \`${name}\``, token.span)
}
