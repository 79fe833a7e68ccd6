// SPDX-License-Identifier: MIT
import type { Code } from '../../diagnostics/codes.ts'
import type { Span } from '../../diagnostics/source-file.ts'
import type { FormEncoder } from './encode.ts'
import { isConstant, type Sum } from './expression.ts'
import { fitOperands } from './fit-operands.ts'
import type { FittedOperand, Form } from './form.ts'
import type { Reading } from './mnemonic.ts'
import type { Opcode, Opcodes } from './opcodes.ts'
import type { Operand, RoundingOperand } from './operand.ts'
import { operandVariants } from './operand-variants.ts'
import type { Syntax } from './parse-expression.ts'
import { registerInfo, registerSize } from './registers.ts'

/** An instruction as written, in the operand order of Intel. */
export type WrittenInstruction = {
  readonly word: string
  readonly readings: readonly Reading[]
  readonly operands: readonly Operand[]
  readonly prefixes: readonly number[]
  readonly syntax: Syntax
  readonly span: Span
}

export type Refusal = {
  readonly code: Code
  readonly message: string
  readonly span: Span
  readonly help?: readonly string[]
  readonly notes?: readonly string[]
}

/** How an instruction is encoded; a jump has a short way and a long way, and the layout chooses. */
export type Selection =
  | { readonly form: Form }
  | { readonly short: Form; readonly long: Form }
  | { readonly refusal: Refusal }

type Candidate = {
  readonly opcode: Opcode
  readonly operands: readonly FittedOperand[]
  readonly variant: number
}

/**
 * Chooses among the codes of a mnemonic as GNU as does: no operand size of 16 unless operands or suffix say so, no
 * EVEX where something else will do, then the shortest, then the operands as written, then the order of the codes.
 */
export function selectForm(
  instruction: WrittenInstruction,
  opcodes: Opcodes,
  encoder: FormEncoder,
): Selection {
  const candidates = candidatesOf(instruction, opcodes)
  if (candidates.length === 0) return { refusal: noForm(instruction, opcodes) }
  const unclear = ambiguity(instruction, candidates)
  if (unclear) return { refusal: unclear }
  const rounding = instruction.operands.find(operand => operand.kind === 'rounding')
  const forms: { readonly form: Form; readonly variant: number }[] = []
  let why = ''
  for (const { opcode, operands, variant } of candidates) {
    const unmeasured = {
      opcode,
      operands,
      prefixes: instruction.prefixes,
      ...(rounding ? { rounding: (rounding as RoundingOperand).control } : {}),
    }
    const encoded = encoder.encode(unmeasured, provisional, provisionalValue)
    if ('why' in encoded) why ||= encoded.why
    else forms.push({ form: { ...unmeasured, length: encoded.bytes.length }, variant })
  }
  forms.sort(
    (a, b) =>
      Number(a.form.opcode.evex) - Number(b.form.opcode.evex) ||
      a.form.length - b.form.length ||
      a.variant - b.variant ||
      a.form.opcode.code - b.form.opcode.code,
  )
  const best = forms[0]
  if (!best) return { refusal: unencodable(instruction, why) }
  if (instruction.prefixes.includes(0xf0) && !best.form.opcode.lockable)
    return { refusal: notLockable(instruction) }
  return (
    branchForms(
      instruction,
      forms.map(({ form }) => form),
    ) ?? { form: best.form }
  )
}

/** Any address will do to measure a form: no length depends on one that is not known. */
const provisional = 0x401000n

function provisionalValue(sum: Sum): bigint {
  return isConstant(sum) ? sum.constant : provisional
}

function candidatesOf(instruction: WrittenInstruction, opcodes: Opcodes): Candidate[] {
  const { readings, syntax, span } = instruction
  const operands = instruction.operands.filter(({ kind }) => kind !== 'rounding')
  const rounded = operands.length < instruction.operands.length
  let found: Candidate[] = []
  for (const reading of readings) {
    const fitting = operandVariants(reading, operands, syntax, span).flatMap((list, variant) =>
      opcodes.of(mnemonicFor(reading, list, syntax)).flatMap((opcode): Candidate[] => {
        const fitted = !rounded || opcode.evex ? fitOperands(opcode, list) : undefined
        return fitted && agrees(reading, opcode, fitted) ? [{ opcode, operands: fitted, variant }] : []
      }),
    )
    // Some words are several mnemonics (`movs` is movsb, movsw, …); each has its own operands.
    found = found.concat(fitting)
    if (fitting.length > 0 && !isStringWord(instruction)) break
  }
  const asked = found.filter(candidate => candidate.opcode.operandSize !== 16 || asks16(candidate, readings))
  return asked.length > 0 ? asked : found
}

function isStringWord({ word, readings }: WrittenInstruction): boolean {
  return readings.length === 4 && readings.every(({ mnemonic }) => mnemonic.startsWith(word.toLowerCase()))
}

/** AT&T syntax trades fsub with fsubr where the destination is not st(0) (GNU as, "AT&T Syntax bugs"). */
function mnemonicFor({ mnemonic }: Reading, operands: readonly Operand[], syntax: Syntax): string {
  const [first, second] = operands
  if (syntax !== 'att' || !/^f(sub|div)r?$/.test(mnemonic) || operands.length !== 2) return mnemonic
  if (
    first?.kind !== 'register' ||
    second?.kind !== 'register' ||
    registerInfo(first.register).name === 'st(0)'
  )
    return mnemonic
  return mnemonic.endsWith('r') ? mnemonic.slice(0, -1) : `${mnemonic}r`
}

/** Size suffixes, `movabs` and far branches choose among the codes of a mnemonic. */
function agrees(reading: Reading, opcode: Opcode, operands: readonly FittedOperand[]): boolean {
  const offset = operands.some(operand => operand.kind === 'memory' && operand.absolute)
  if (reading.wide) return offset || opcode.kinds.some(kind => kind.kind === 'immediate' && kind.bits === 64)
  if (offset && !needsOffset(operands)) return false
  const far =
    reading.far ??
    operands.some(operand => operand.kind === 'memory' && operand.memory.size === opcode.memorySize)
  if (opcode.far !== (opcode.far && far) || (reading.far && !opcode.far)) return false
  if (reading.source !== undefined) {
    return (
      sizeOf(operands[1], opcode) === reading.source &&
      (reading.size === undefined || sizeOf(operands[0], opcode) === reading.size)
    )
  }
  return reading.size === undefined || hasSize(reading.size, opcode, operands)
}

/** An address beyond the signed 32 bits of a displacement. */
function needsOffset(operands: readonly FittedOperand[]): boolean {
  return operands.some(
    operand =>
      operand.kind === 'memory' &&
      isConstant(operand.displacement) &&
      BigInt.asIntN(32, operand.displacement.constant) !== BigInt.asIntN(64, operand.displacement.constant),
  )
}

function sizeOf(operand: FittedOperand | undefined, { memorySize }: Opcode): number {
  if (operand?.kind === 'register') return registerSize(operand.register)
  return operand?.kind === 'memory' ? memorySize : 0
}

function hasSize(size: number, opcode: Opcode, operands: readonly FittedOperand[]): boolean {
  const touchesMemory = operands.some(
    ({ kind }) => kind === 'memory' || kind === 'string' || kind === 'table',
  )
  if (touchesMemory && opcode.memorySize > 0) return opcode.memorySize === size
  const registers = operands.flatMap(operand =>
    operand.kind === 'register' ? [registerSize(operand.register)] : [],
  )
  if (registers.length > 0) return registers.includes(size)
  return opcode.operandSize === 0 || opcode.operandSize === size * 8
}

function asks16({ opcode, operands }: Candidate, readings: readonly Reading[]): boolean {
  return (
    readings.some(({ size }) => size === 2) ||
    operands.some(
      operand =>
        (operand.kind === 'register' && registerSize(operand.register) === 2) ||
        (operand.kind === 'memory' && operand.memory.size === 2 && opcode.memorySize === 2),
    )
  )
}

/** A memory operand without a size is an error where codes of several sizes fit. */
function ambiguity(
  { operands, word, syntax }: WrittenInstruction,
  candidates: readonly Candidate[],
): Refusal | undefined {
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

/** A jump that can be short and long, unless the author chose. */
function branchForms({ operands }: WrittenInstruction, forms: readonly Form[]): Selection | undefined {
  const reach = (bytes: number): Form | undefined =>
    forms.find(({ opcode }) => opcode.kinds.some(kind => kind.kind === 'branch' && kind.bytes === bytes))
  const [short, long] = [reach(1), reach(4)]
  if (!short || !long) return long ? { form: long } : undefined
  const written = operands.find(operand => operand.kind === 'memory' && operand.distance !== undefined)
  if (written?.kind === 'memory') return { form: written.distance === 'short' ? short : long }
  return { short, long }
}

function noForm({ word, readings, span, operands }: WrittenInstruction, opcodes: Opcodes): Refusal {
  const forms = [
    ...new Set(
      readings.flatMap(({ mnemonic }) => opcodes.of(mnemonic).map(({ text }) => text.toLowerCase())),
    ),
  ]
  const shown = forms.slice(0, 8)
  const more = forms.length > shown.length ? [`… and ${forms.length - shown.length} more`] : []
  const first = operands[0]?.span
  const last = operands.at(-1)?.span
  return {
    code: 'B002',
    message:
      operands.length === 0 ? `\`${word}\` needs operands` : `\`${word}\` does not take these operands`,
    span:
      first && last
        ? { file: span.file, start: Math.min(first.start, last.start), end: Math.max(first.end, last.end) }
        : span,
    help: [`the forms of \`${word}\`: ${[...shown, ...more].join(' · ')}`],
  }
}

function unencodable({ word, span }: WrittenInstruction, why: string): Refusal {
  return {
    code: 'B002',
    message: `\`${word}\` cannot be encoded with these operands`,
    span,
    notes: [why.replace(/^Operand \d+: /, '').replace(/ \([^()]*\)$/, '')],
  }
}

function notLockable({ word, span }: WrittenInstruction): Refusal {
  return {
    code: 'B002',
    message: `\`${word}\` does not take \`lock\` here`,
    span,
    help: [
      'lock needs an instruction that changes memory; write `.byte 0xf0` before it to have the prefix all the same',
    ],
  }
}
