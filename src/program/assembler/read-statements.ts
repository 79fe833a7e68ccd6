// SPDX-License-Identifier: MIT
import type { Assembly } from './assembly.ts'
import { Cursor } from './cursor.ts'
import { appendBytes } from './data-directives.ts'
import { namesOf, readNumber } from './directive-operands.ts'
import { runDirective } from './directives.ts'
import type { FormEncoder } from './encode.ts'
import { readInstruction } from './instruction.ts'
import type { Statement } from './lex.ts'
import type { Opcodes } from './opcodes.ts'
import { append, openFragment } from './section.ts'
import { assign, defineLabel } from './symbol-directives.ts'

type Tools = { readonly opcodes: Opcodes; readonly encoder: FormEncoder }

const mostRepeats = 65536

/** Repetitions in repetitions reach any number; this many take seconds. */
const mostStatements = 1 << 20

/** Reads statements into the sections of an assembly; every statement that cannot be read is reported. */
export function readStatements(assembly: Assembly, statements: readonly Statement[], tools: Tools): void {
  for (let index = 0; index < statements.length; index++) {
    const cursor = new Cursor(statements[index]!, assembly.report)
    if (isTooMuch(assembly, cursor)) return
    readLabels(assembly, cursor)
    if (cursor.done || cursor.failed) continue
    if (cursor.peek()!.text.toLowerCase() === '.rept')
      index = repeat(assembly, cursor, statements, index, tools)
    else readOne(assembly, cursor, tools)
  }
}

/** Counts, and reports once. */
function isTooMuch(assembly: Assembly, cursor: Cursor): boolean {
  if (++assembly.statements === mostStatements) {
    cursor.fail('B008', 'repeated, these are more than a million statements', cursor.statement.span)
  }
  return assembly.statements >= mostStatements
}

function readLabels(assembly: Assembly, cursor: Cursor): void {
  while (cursor.at(':', 1)) {
    const label = cursor.next()!
    cursor.next()
    if (label.kind === 'name') defineLabel(assembly, label)
    else if (label.kind === 'number' && /^\d+$/.test(label.text)) {
      assembly.place(assembly.symbols.defineNumeric(label.text, label.span), label.span)
    } else cursor.fail('B006', `\`${label.text}\` cannot be a label`, label.span)
  }
}

function readOne(assembly: Assembly, cursor: Cursor, tools: Tools): void {
  const first = cursor.peek()!
  if (first.kind === 'name' && cursor.at('=', 1)) {
    cursor.next()
    cursor.next()
    assign(assembly, cursor, first)
    cursor.finish()
  } else if (first.kind === 'name' && first.text.startsWith('.')) {
    runDirective(assembly, cursor)
  } else {
    readCode(assembly, cursor, tools)
  }
}

function readCode(assembly: Assembly, cursor: Cursor, tools: Tools): void {
  const { section } = assembly
  const start = cursor.position
  const read = readInstruction(cursor, { names: namesOf(assembly, cursor), ...tools })
  if (!read) return
  const span = cursor.spanFrom(start)
  if (!section.hasBytes) cursor.fail('B005', `\`${section.name}\` holds no code, only space`, span)
  else if ('bytes' in read) appendBytes(assembly, read.bytes, span)
  else if ('form' in read)
    append(section, { kind: 'instruction', size: read.form.length, form: read.form, span })
  else openFragment(section).tail = { kind: 'branch', ...read, isLong: false, span }
}

/** `.rept n` … `.endr`; gives the index of the last statement that was read. */
function repeat(
  assembly: Assembly,
  cursor: Cursor,
  statements: readonly Statement[],
  start: number,
  tools: Tools,
): number {
  const word = cursor.next()!
  const count = readNumber(assembly, cursor, 'the count', 0, mostRepeats)
  let depth = 1
  let end = start
  while (depth > 0 && ++end < statements.length) {
    const text = statements[end]!.tokens[0]!.text.toLowerCase()
    depth += text === '.rept' ? 1 : text === '.endr' ? -1 : 0
  }
  if (end >= statements.length) {
    cursor.fail('B005', 'no `.endr` follows', word.span)
    return start
  }
  const body = statements.slice(start + 1, end)
  for (let round = 0; round < (count ?? 0) && !isTooMuch(assembly, cursor); round++) {
    readStatements(assembly, body, tools)
  }
  return end
}
