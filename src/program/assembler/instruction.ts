// SPDX-License-Identifier: MIT
import { Register } from 'iced-x86'
import { suggest } from '../../diagnostics/suggest.ts'
import { aliases, attAliases } from './aliases.ts'
import { parseAttOperand } from './att-operands.ts'
import type { Cursor } from './cursor.ts'
import type { FormEncoder } from './encode.ts'
import { sumOf } from './expression.ts'
import { parseIntelOperand } from './intel-operands.ts'
import type { Token } from './lex.ts'
import { readingsOf } from './mnemonic.ts'
import type { Opcodes } from './opcodes.ts'
import type { Operand } from './operand.ts'
import type { Names } from './parse-expression.ts'
import { type Selection, selectForm } from './select-form.ts'
import type { WrittenInstruction } from './written-instruction.ts'

const prefixes = new Map(
  Object.entries({
    lock: 0xf0,
    ...{
      rep: 0xf3,
      repe: 0xf3,
      repz: 0xf3,
      repne: 0xf2,
      repnz: 0xf2,
      bnd: 0xf2,
      xacquire: 0xf2,
      xrelease: 0xf3,
    },
    ...{
      es: 0x26,
      cs: 0x2e,
      ss: 0x36,
      ds: 0x3e,
      fs: 0x64,
      gs: 0x65,
      notrack: 0x3e,
      data16: 0x66,
      addr32: 0x67,
    },
  }),
)

/** Words of two numbers whose operands both syntaxes write in the same order. */
const sameOrder = new Set(['enter', 'enterq', 'enterw'])

export type InstructionTools = {
  readonly names: Names
  readonly opcodes: Opcodes
  readonly encoder: FormEncoder
}

/** An instruction, or prefixes that stand alone in their statement. */
export type ReadInstruction = Exclude<Selection, { refusal: unknown }> | { readonly bytes: Uint8Array }

/** Reads prefixes, mnemonic and operands, and chooses the encoding; undefined after reporting what is wrong. */
export function readInstruction(
  cursor: Cursor,
  { names, opcodes, encoder }: InstructionTools,
): ReadInstruction | undefined {
  const written: number[] = []
  const prefix = (): number | undefined => prefixes.get(cursor.peek()?.text.toLowerCase() ?? '')
  for (let byte = prefix(); byte !== undefined; byte = prefix()) {
    written.push(byte)
    cursor.next()
  }
  const word = cursor.peek()
  if (!word) return { bytes: Uint8Array.from(written) }
  cursor.next()
  if (word.kind !== 'name') return cursor.fail('B006', `\`${word.text}\` is no instruction`, word.span)
  const readings = readingsOf(word.text, names.syntax, opcodes)
  if (readings.length === 0) return unknown(cursor, word, opcodes)
  const operands = readOperands(cursor, names)
  if (!operands) return undefined
  if (names.syntax === 'att' && !sameOrder.has(word.text.toLowerCase())) operands.reverse()
  const span = cursor.spanFrom(cursor.statement.tokens.indexOf(word))
  const selection = selectForm(
    plainer({ word: word.text, readings, operands, prefixes: written, syntax: names.syntax, span }, opcodes),
    opcodes,
    encoder,
  )
  if (!('refusal' in selection)) return selection
  const { code, message, span: at, ...words } = selection.refusal
  return cursor.fail(code, message, at, words)
}

/** `int 3` and `xchg rax, rax` have forms of one byte under other names, and `fadd` alone pops: as GNU as takes them. */
function plainer(instruction: WrittenInstruction, opcodes: Opcodes): WrittenInstruction {
  const { word, readings, operands, syntax } = instruction
  const [first, second] = operands
  const mnemonic = readings[0]!.mnemonic
  const isThree =
    first?.kind === 'immediate' && first.expression.kind === 'number' && first.expression.value === 3n
  if (mnemonic === 'int' && isThree) return { ...instruction, readings: [{ mnemonic: 'int3' }], operands: [] }
  const areRax = [first, second].every(
    operand => operand?.kind === 'register' && operand.register === Register.RAX,
  )
  if (mnemonic === 'xchg' && areRax) return { ...instruction, readings: [{ mnemonic: 'nop' }], operands: [] }
  const pops = operands.length === 0 && /^f(add|mul|subr?|divr?)$/i.test(word)
  return pops ? { ...instruction, readings: readingsOf(`${word}p`, syntax, opcodes) } : instruction
}

function readOperands(cursor: Cursor, names: Names): Operand[] | undefined {
  const operands: Operand[] = []
  const parse = names.syntax === 'intel' ? parseIntelOperand : parseAttOperand
  if (cursor.done) return operands
  do {
    const operand = parse(cursor, names)
    if (!operand || !hasValue(cursor, operand)) return undefined
    operands.push(operand)
  } while (cursor.take(','))
  cursor.finish()
  return cursor.failed ? undefined : operands
}

/** Reports a number or a displacement that cannot be computed. */
function hasValue(cursor: Cursor, operand: Operand): boolean {
  const expression =
    operand.kind === 'immediate'
      ? operand.expression
      : operand.kind === 'memory'
        ? operand.displacement
        : undefined
  const sum = expression && sumOf(expression)
  if (sum && 'why' in sum) cursor.fail('B002', sum.why, sum.span)
  return !cursor.failed
}

function unknown(cursor: Cursor, word: Token, opcodes: Opcodes): undefined {
  const known = [...opcodes.mnemonics(), ...Object.keys(aliases), ...Object.keys(attAliases)]
  const best = nearest(word.text.toLowerCase(), known)
  const text = best === undefined ? undefined : `did you mean \`${best}\`?`
  return cursor.fail('B001', `the assembler does not know \`${word.text}\``, word.span, { text })
}

/** Two letters that traded places are the likeliest slip of the hand. */
function nearest(word: string, known: readonly string[]): string | undefined {
  const all = new Set(known)
  for (let at = 0; at + 1 < word.length; at++) {
    const swapped = word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2)
    if (all.has(swapped)) return swapped
  }
  return suggest(word, known)
}
