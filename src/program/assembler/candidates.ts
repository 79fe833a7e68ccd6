// SPDX-License-Identifier: MIT
import { Register } from 'iced-x86'
import { isConstant } from './expression.ts'
import { fitOperands } from './fit-operands.ts'
import type { FittedOperand } from './form.ts'
import type { Reading } from './mnemonic.ts'
import type { Opcode, Opcodes } from './opcodes.ts'
import type { Operand } from './operand.ts'
import { operandVariants } from './operand-variants.ts'
import type { Syntax } from './parse-expression.ts'
import { registerInfo, registerSize } from './registers.ts'
import type { WrittenInstruction } from './written-instruction.ts'

/** An instruction code whose operands fit. */
export type Candidate = {
  readonly opcode: Opcode
  readonly operands: readonly FittedOperand[]
  readonly variant: number
}

/**
 * What fits an instruction, without choosing. Words that are several mnemonics (`movs` is movsb, movsw, …) are tried in
 * full, other readings until one fits. An operand size of 16 bits is dropped unless operands or suffix say so.
 */
export function candidatesOf(instruction: WrittenInstruction, opcodes: Opcodes): Candidate[] {
  const { readings, syntax, span } = instruction
  const operands = instruction.operands.filter(({ kind }) => kind !== 'rounding')
  const rounded = operands.length < instruction.operands.length
  let found: Candidate[] = []
  for (const reading of readings) {
    const fitting = operandVariants(reading, operands, syntax, span).flatMap((list, variant) =>
      opcodes.of(mnemonicFor(reading, list, syntax)).flatMap((opcode): Candidate[] => {
        const fitted = !rounded || opcode.evex ? fitOperands(opcode, list) : undefined
        return fitted && agrees(reading, opcode, fitted, operands)
          ? [{ opcode, operands: fitted, variant }]
          : []
      }),
    )
    found = found.concat(fitting)
    if (fitting.length > 0 && !isStringWord(instruction)) break
  }
  const asked = found.filter(candidate => candidate.opcode.operandSize !== 16 || asks16(candidate, readings))
  return asked.length > 0 ? asked : found
}

/** `movs`, `stos` and so on, whose operands tell the size. */
export function isStringWord({ word, readings }: Pick<WrittenInstruction, 'word' | 'readings'>): boolean {
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
function agrees(
  reading: Reading,
  opcode: Opcode,
  operands: readonly FittedOperand[],
  written: readonly Operand[],
): boolean {
  if (isNop(reading, opcode, operands)) return false
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
  return reading.size === undefined || hasSize(reading, reading.size, opcode, operands, written)
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

/** Their size is that of the register; in memory lies a selector, or a pointer with one. */
const sizedByRegister = /^(lar|lsl|lss|lfs|lgs)$/

function hasSize(
  { mnemonic }: Reading,
  size: number,
  opcode: Opcode,
  operands: readonly FittedOperand[],
  written: readonly Operand[],
): boolean {
  const touchesMemory = operands.some(
    ({ kind }) => kind === 'memory' || kind === 'string' || kind === 'table',
  )
  if (touchesMemory && opcode.memorySize > 0 && !sizedByRegister.test(mnemonic))
    return opcode.memorySize === size
  const registers = written.flatMap(operand =>
    operand.kind === 'register' ? [registerInfo(operand.register)] : [],
  )
  const sized = registers.filter(register => register.class !== 'seg')
  if (sized.length > 0) return sized.some(({ register }) => registerSize(register) === size)
  return opcode.operandSize === 0 || opcode.operandSize === size * 8
}

/** `xchg eax, eax` clears the high half; its short form would be the no-operation 0x90. */
function isNop({ mnemonic }: Reading, { kinds }: Opcode, operands: readonly FittedOperand[]): boolean {
  const [first] = operands
  return (
    mnemonic === 'xchg' &&
    kinds[1]?.kind === 'fixed' &&
    first?.kind === 'register' &&
    first.register === Register.EAX
  )
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
