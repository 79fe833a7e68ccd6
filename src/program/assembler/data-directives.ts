// SPDX-License-Identifier: MIT
import type { Span } from '../../diagnostics/source-file.ts'
import type { Assembly } from './assembly.ts'
import type { Cursor } from './cursor.ts'
import { readExpression, readNumber } from './directive-operands.ts'
import type { Directive } from './directives.ts'
import { type Expression, isConstant, sumOf } from './expression.ts'
import type { Token } from './lex.ts'
import { append, openFragment } from './section.ts'

const numbers =
  (size: number): Directive =>
  (assembly, cursor, word) => {
    if (!holdsBytes(assembly, cursor, word)) return
    do {
      const expression = readExpression(assembly, cursor)
      if (!expression) return
      append(assembly.section, { kind: 'value', size, expression, span: expression.span })
    } while (cursor.take(','))
  }

const text =
  (terminator: readonly number[]): Directive =>
  (assembly, cursor, word) => {
    if (!holdsBytes(assembly, cursor, word)) return
    do {
      const bytes: number[] = []
      if (cursor.peek()?.kind !== 'string')
        return void cursor.fail('B005', `\`${word.text}\` takes text in quotes`)
      while (cursor.peek()?.kind === 'string') bytes.push(...cursor.next()!.bytes!)
      appendBytes(assembly, Uint8Array.from([...bytes, ...terminator]), word.span)
    } while (cursor.take(','))
  }

const reals =
  (size: 4 | 8): Directive =>
  (assembly, cursor, word) => {
    if (!holdsBytes(assembly, cursor, word)) return
    do {
      const sign = cursor.take('-') ? -1 : 1
      const token = cursor.next()
      if (token?.kind !== 'float' && token?.kind !== 'number')
        return void cursor.fail('B005', 'a real number is missing here', token?.span)
      const view = new DataView(new ArrayBuffer(size))
      if (size === 4) view.setFloat32(0, sign * Number(token.text), true)
      else view.setFloat64(0, sign * Number(token.text), true)
      appendBytes(assembly, new Uint8Array(view.buffer), token.span)
    } while (cursor.take(','))
  }

const space: Directive = (assembly, cursor, word) => {
  const count = readExpression(assembly, cursor)
  const fill = cursor.take(',') ? readNumber(assembly, cursor, 'the fill', -128, 255) : 0
  if (count && fill !== undefined) reserve(assembly, count, fill, word.span)
}

const alignment =
  (boundaryOf: (written: number) => number, most: number): Directive =>
  (assembly, cursor) => {
    const written = readNumber(assembly, cursor, 'an alignment', 0, most)
    if (written === undefined) return
    const boundary = Math.max(1, boundaryOf(written))
    if ((boundary & (boundary - 1)) !== 0)
      return void cursor.fail('B005', 'an alignment is a power of two', cursor.spanFrom(1))
    let fill: number | undefined
    let limit: number | undefined
    if (cursor.take(',') && !cursor.at(',')) fill = readNumber(assembly, cursor, 'the fill', -128, 255)
    if (cursor.take(',')) limit = readNumber(assembly, cursor, 'the limit', 0, 4096)
    if (!cursor.failed) align(assembly, boundary, fill, limit)
  }

export const dataDirectives: Readonly<Record<string, Directive>> = {
  '.byte': numbers(1),
  '.word': numbers(2),
  '.short': numbers(2),
  '.value': numbers(2),
  '.hword': numbers(2),
  '.2byte': numbers(2),
  '.long': numbers(4),
  '.int': numbers(4),
  '.4byte': numbers(4),
  '.quad': numbers(8),
  '.8byte': numbers(8),
  '.ascii': text([]),
  '.asciz': text([0]),
  '.string': text([0]),
  '.float': reals(4),
  '.single': reals(4),
  '.double': reals(8),
  '.zero': space,
  '.skip': space,
  '.space': space,
  '.fill': (assembly, cursor, word) => {
    if (!holdsBytes(assembly, cursor, word)) return
    const count = readNumber(assembly, cursor, 'the count', 0, 2 ** 20)
    const size = cursor.take(',') ? readNumber(assembly, cursor, 'the size', 0, 8) : 1
    const value = cursor.take(',') ? readExpression(assembly, cursor) : undefined
    if (count === undefined || size === undefined || cursor.failed) return
    const sum = value ? sumOf(value) : undefined
    if (sum && ('why' in sum || !isConstant(sum)))
      return void cursor.fail('B005', 'the value must be a number that is known here', value!.span)
    const constant = sum && 'constant' in sum ? sum.constant : 0n
    // Only the low four bytes carry the value, as in GNU as.
    const low = BigInt.asUintN(32, constant)
    const byteAt = (index: number): number => Number((low >> BigInt(8 * (index % size))) & 255n)
    if (constant === 0n) reserve(assembly, count * size, 0, word.span)
    else
      appendBytes(
        assembly,
        Uint8Array.from({ length: count * size }, (_, index) => byteAt(index)),
        word.span,
      )
  },
  '.align': alignment(written => written, 65536),
  '.balign': alignment(written => written, 65536),
  '.p2align': alignment(written => 2 ** written, 16),
}

/** Fills up to a boundary; without `fill` by no-operations in code and zeros elsewhere. */
export function align(assembly: Assembly, boundary: number, fill?: number, limit?: number): void {
  const { section } = assembly
  section.alignment = Math.max(section.alignment, boundary)
  openFragment(section).tail = {
    kind: 'align',
    boundary,
    ...(fill === undefined ? {} : { fill: fill & 255 }),
    ...(limit === undefined || limit === 0 ? {} : { limit }),
  }
}

/** `count` bytes; a number at once, an expression when addresses are known. */
export function reserve(assembly: Assembly, count: number | Expression, fill: number, span: Span): void {
  const { section } = assembly
  const sum = typeof count === 'number' ? { constant: BigInt(count), terms: new Map() } : sumOf(count)
  if (!('why' in sum) && isConstant(sum) && sum.constant >= 0n && sum.constant <= 1n << 30n) {
    append(section, { kind: 'fill', size: Number(sum.constant), fill: fill & 255, span })
  } else if (typeof count !== 'number') {
    openFragment(section).tail = { kind: 'space', count, fill: fill & 255, span }
  }
}

export function appendBytes(assembly: Assembly, bytes: Uint8Array, span: Span): void {
  append(assembly.section, { kind: 'bytes', size: bytes.length, bytes, span })
}

function holdsBytes(assembly: Assembly, cursor: Cursor, word: Token): boolean {
  if (assembly.section.hasBytes) return true
  cursor.fail('B005', `\`${assembly.section.name}\` holds no bytes, only space`, word.span, {
    help: ['use `.zero` or another section'],
  })
  return false
}
