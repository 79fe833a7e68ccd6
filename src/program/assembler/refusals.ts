// SPDX-License-Identifier: MIT
import { type Candidate, candidatesOf, isStringWord } from './candidates.ts'
import { isConstant, sumOf } from './expression.ts'
import type { Opcodes } from './opcodes.ts'
import type { Operand } from './operand.ts'
import { registerInfo, registerSize } from './registers.ts'
import type { Refusal, WrittenInstruction } from './written-instruction.ts'

/** A memory operand without a size is an error where codes of several sizes fit. */
export function ambiguity(
  { operands, word, readings, syntax, span }: WrittenInstruction,
  candidates: readonly Candidate[],
): Refusal | undefined {
  if (isStringWord({ word, readings }) && operands.length === 0) {
    const help = `its operands tell the size, or a suffix: \`${word}b\`, \`${word}q\``
    return { code: 'B007', message: `the size of \`${word}\` is not clear`, span, help: [help] }
  }
  const memory = operands.find(operand => operand.kind === 'memory' && operand.size === undefined)
  if (!memory) return undefined
  const sizes = [...new Set(candidates.filter(hasMemory).map(({ opcode }) => opcode.memorySize))].sort(
    (a, b) => a - b,
  )
  if (sizes.length < 2) return undefined
  const words = sizes.map(size => sizeNames[size] ?? `${size} bytes`)
  const help =
    syntax === 'intel'
      ? `say it: ${words.map(name => `\`${name} ptr\``).join(', ')}`
      : `add a suffix to \`${word}\`: one of b, w, l, q for 1, 2, 4, 8 bytes`
  return {
    code: 'B007',
    message: `the size of this operand of \`${word}\` is not clear`,
    span: memory.span,
    help: [help],
  }
}

function hasMemory({ operands }: Candidate): boolean {
  return operands.some(({ kind }) => kind === 'memory' || kind === 'string')
}

const sizeNames: Readonly<Record<number, string>> = {
  1: 'byte',
  2: 'word',
  4: 'dword',
  6: 'fword',
  8: 'qword',
  10: 'tbyte',
  16: 'xmmword',
  32: 'ymmword',
  64: 'zmmword',
}

/** Why nothing fits: a number too large, sizes that differ, or else the forms that there are. */
export function noForm(instruction: WrittenInstruction, opcodes: Opcodes): Refusal {
  const { word, span, operands } = instruction
  const large = operands.find((_, index) => fitsWithZero(instruction, index, opcodes))
  if (large?.kind === 'immediate') {
    const sum = sumOf(large.expression)
    const value = 'constant' in sum ? ` ${sum.constant}` : ''
    return { code: 'B008', message: `the number${value} does not fit \`${word}\` here`, span: large.span }
  }
  const first = operands[0]?.span ?? span
  const last = operands.at(-1)?.span ?? span
  const sizes = registerSizes(operands)
  return {
    code: 'B002',
    message:
      operands.length === 0 ? `\`${word}\` needs operands` : `\`${word}\` does not take these operands`,
    span: { file: span.file, start: Math.min(first.start, last.start), end: Math.max(first.end, last.end) },
    ...(sizes === undefined ? {} : { notes: [sizes] }),
    help: [knownForms(instruction, opcodes)],
  }
}

function fitsWithZero(instruction: WrittenInstruction, index: number, opcodes: Opcodes): boolean {
  const operand = instruction.operands[index]!
  const sum = operand.kind === 'immediate' ? sumOf(operand.expression) : undefined
  if (!sum || 'why' in sum || !isConstant(sum)) return false
  const zero: Operand = {
    ...operand,
    kind: 'immediate',
    expression: { kind: 'number', value: 0n, span: operand.span },
  }
  const operands = instruction.operands.with(index, zero)
  return candidatesOf({ ...instruction, operands }, opcodes).length > 0
}

/** Registers of different sizes, the likeliest slip. */
function registerSizes(operands: readonly Operand[]): string | undefined {
  const registers = operands.flatMap(operand =>
    operand.kind === 'register' ? [registerInfo(operand.register)] : [],
  )
  const general = registers.filter(register => /^r(8|16|32|64)$/.test(register.class))
  const [first] = general
  const other = general.find(register => register.class !== first!.class)
  if (!first || !other) return undefined
  const bits = (register: number): number => registerSize(register) * 8
  return `${first.name} has ${bits(first.register)} bits, ${other.name} has ${bits(other.register)}`
}

function knownForms({ word, readings }: WrittenInstruction, opcodes: Opcodes): string {
  const all = readings.flatMap(({ mnemonic }) => opcodes.of(mnemonic).map(({ text }) => text.toLowerCase()))
  const forms = [...new Set(all)]
  const shown = forms.slice(0, 8)
  const more = forms.length > shown.length ? ` · … and ${forms.length - shown.length} more` : ''
  return `the forms of \`${word}\`: ${shown.join(' · ')}${more}`
}

export function unencodable({ word, span }: WrittenInstruction, why: string): Refusal {
  return {
    code: 'B002',
    message: `\`${word}\` cannot be encoded with these operands`,
    span,
    notes: [why.replace(/^Operand \d+: /, '').replace(/ \([^()]*\)$/, '')],
  }
}

export function notLockable({ word, span }: WrittenInstruction): Refusal {
  return {
    code: 'B002',
    message: `\`${word}\` does not take \`lock\` here`,
    span,
    help: [
      'lock needs an instruction that changes memory; write `.byte 0xf0` before it to have the prefix all the same',
    ],
  }
}
