// SPDX-License-Identifier: MIT
import type { Span } from '../../diagnostics/source-file.ts'
import type { Assembly } from './assembly.ts'
import type { Cursor } from './cursor.ts'
import { align, reserve } from './data-directives.ts'
import { readExpression, readNames, readNumber } from './directive-operands.ts'
import type { Directive } from './directives.ts'
import { type Expression, sumOf } from './expression.ts'
import type { Token } from './lex.ts'
import type { Section } from './section.ts'
import type { AssemblySymbol } from './symbol.ts'

const bind =
  (binding: AssemblySymbol['binding']): Directive =>
  (assembly, cursor) => {
    for (const { text, span } of readNames(cursor, 'a symbol'))
      assembly.symbols.named(text, span).binding = binding
  }

const common: Directive = (assembly, cursor) => {
  const name = cursor.name('a common symbol')
  if (!name || !cursor.need(',', 'a common symbol')) return
  const size = readNumber(assembly, cursor, 'the size', 0, 2 ** 30)
  const alignment = cursor.take(',') ? readNumber(assembly, cursor, 'the alignment', 1, 4096) : 16
  if (size === undefined || alignment === undefined) return
  const before: Section = assembly.section
  assembly.section = assembly.openSection('.bss')
  align(assembly, alignment)
  defineLabel(assembly, name)
  reserve(assembly, size, 0, name.span)
  assembly.section = before
}

export const symbolDirectives: Readonly<Record<string, Directive>> = {
  '.globl': bind('global'),
  '.global': bind('global'),
  '.weak': bind('weak'),
  '.local': bind('local'),
  '.comm': common,
  '.lcomm': common,
  '.set': set,
  '.equ': set,
  '.equiv': set,
  '.type': (assembly, cursor) => {
    const name = cursor.name('a symbol')
    if (!name || !cursor.need(',', 'a type')) return
    if (!cursor.take('@')) cursor.take('%')
    const word = cursor.next()
    const type = types.get(word?.text.replaceAll('"', '').toLowerCase() ?? '')
    if (type) assembly.symbols.named(name.text, name.span).type = type
    else cursor.fail('B005', 'a type is `@function`, `@object` or `@notype`', word?.span)
  },
  '.size': (assembly, cursor) => {
    const name = cursor.name('a symbol')
    if (!name || !cursor.need(',', 'a size')) return
    const expression = readExpression(assembly, cursor)
    if (expression) assembly.symbols.named(name.text, name.span).size = { expression, span: expression.span }
  },
}

const types = new Map<string, AssemblySymbol['type'] & string>([
  ['function', 'function'],
  ['stt_func', 'function'],
  ['object', 'object'],
  ['stt_object', 'object'],
  ['notype', 'none'],
  ['stt_notype', 'none'],
])

/** `name:`, unless the name is taken. */
export function defineLabel(assembly: Assembly, { text, span }: Token): void {
  const symbol = assembly.symbols.named(text, span)
  const first = symbol.place?.span ?? symbol.value?.span
  if (first) reportTwice(assembly, text, first, span)
  else assembly.place(symbol, span)
}

function reportTwice(assembly: Assembly, name: string, first: Span, second: Span): void {
  assembly.report({
    code: 'B004',
    severity: 'error',
    message: `\`${name}\` is defined twice`,
    labels: [{ span: second }, { span: first, text: 'it was defined here before' }],
    help: ['names stand once; for short jumps use numeric labels: `1:` with `1b` and `1f`'],
  })
}

function set(assembly: Assembly, cursor: Cursor): void {
  const name = cursor.name('a symbol')
  if (name && cursor.need(',', 'a value')) assign(assembly, cursor, name)
}

/** `name = value`, also after `.set name,`. The value may change later; each use takes the last one before it. */
export function assign(assembly: Assembly, cursor: Cursor, { text, span }: Token): void {
  const value = readExpression(assembly, cursor)
  if (!value) return
  const symbol = assembly.symbols.named(text, span)
  if (symbol.place) reportTwice(assembly, text, symbol.place.span, span)
  else if (mentions(value, symbol)) {
    cursor.fail('B005', `the value of \`${text}\` depends on itself`, value.span)
    symbol.value = { kind: 'number', value: 0n, span }
  } else {
    const sum = sumOf(value)
    if ('why' in sum) cursor.fail('B005', sum.why, sum.span)
    symbol.value = 'why' in sum ? { kind: 'number', value: 0n, span } : value
  }
}

function mentions(expression: Expression, symbol: AssemblySymbol): boolean {
  switch (expression.kind) {
    case 'symbol':
      return (
        expression.symbol === symbol ||
        (expression.symbol.value ? mentions(expression.symbol.value, symbol) : false)
      )
    case 'unary':
      return mentions(expression.operand, symbol)
    case 'binary':
      return mentions(expression.left, symbol) || mentions(expression.right, symbol)
    default:
      return false
  }
}
