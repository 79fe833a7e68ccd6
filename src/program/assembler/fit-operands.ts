// SPDX-License-Identifier: MIT
import { OpKind, Register } from 'iced-x86'
import { isConstant, type Sum, sumOf } from './expression.ts'
import type { FittedOperand } from './form.ts'
import type { Opcode } from './opcodes.ts'
import type { MemoryOperand, Operand } from './operand.ts'
import type { ImmediateKind, OperandKind } from './operand-kind.ts'
import { registerInfo } from './registers.ts'

type StringKind = OperandKind & { readonly kind: 'string' }

/** Operands as an instruction code takes them, or undefined when they are none of its. */
export function fitOperands(opcode: Opcode, operands: readonly Operand[]): FittedOperand[] | undefined {
  const { kinds } = opcode
  const implicit = kinds.some(({ kind }) => kind === 'string' || kind === 'table')
  if (implicit && operands.length < kinds.length) return fitImplied(opcode, operands)
  if (operands.length !== kinds.length) return undefined
  return everyFit(kinds, operands, opcode)
}

function everyFit(
  kinds: readonly OperandKind[],
  operands: readonly Operand[],
  opcode: Opcode,
): FittedOperand[] | undefined {
  const fitted: FittedOperand[] = []
  for (const [index, kind] of kinds.entries()) {
    const one = fitOne(kind, operands[index]!, opcode)
    if (!one) return undefined
    const second =
      one.kind === 'immediate' &&
      fitted.some(other => other.kind === 'immediate' && other.opKind !== OpKind.Immediate8_2nd)
    fitted.push(second ? { ...one, opKind: OpKind.Immediate8_2nd } : one)
  }
  return fitted
}

/** String instructions name none of their operands, or only those in memory; `maskmovdqu` names all but that. */
function fitImplied(opcode: Opcode, operands: readonly Operand[]): FittedOperand[] | undefined {
  const isImplied = ({ kind }: OperandKind): boolean =>
    kind === 'string' || kind === 'table' || kind === 'fixed'
  const written = opcode.kinds.filter(kind => operands.length > 0 && !(kind.kind === 'fixed'))
  const named = opcode.kinds.filter(kind => !isImplied(kind))
  for (const expected of [named, written]) {
    if (expected.length !== operands.length) continue
    const fitted = everyFit(expected, operands, opcode)
    if (fitted)
      return opcode.kinds.map(kind =>
        expected.includes(kind) ? fitted[expected.indexOf(kind)]! : implied(kind),
      )
  }
  return undefined
}

function implied(kind: OperandKind): FittedOperand {
  if (kind.kind === 'string') return { kind: 'string', opKind: kind.wide }
  if (kind.kind === 'fixed') return { kind: 'register', register: kind.register }
  return { kind: 'table' }
}

function fitOne(kind: OperandKind, operand: Operand, opcode: Opcode): FittedOperand | undefined {
  switch (kind.kind) {
    case 'operand':
      return operand.kind === 'register'
        ? fitRegister(kind, operand, opcode)
        : operand.kind === 'memory'
          ? fitMemory(kind, operand, opcode)
          : undefined
    case 'fixed':
      return operand.kind === 'register' && operand.register === kind.register && !operand.decoration
        ? { kind: 'register', register: kind.register }
        : undefined
    case 'immediate':
      return operand.kind === 'immediate' ? fitImmediate(kind, operand) : undefined
    case 'branch':
      return fitTarget(operand)
    case 'offset':
      return operand.kind === 'memory' && sizeFits(operand, opcode) ? fitOffset(operand) : undefined
    case 'string':
      return operand.kind === 'memory' && sizeFits(operand, opcode) ? fitString(kind, operand) : undefined
    case 'table':
      return operand.kind === 'memory' &&
        operand.base === Register.RBX &&
        operand.index === undefined &&
        !operand.displacement
        ? { kind: 'table', ...(operand.segment === undefined ? {} : { segment: operand.segment }) }
        : undefined
    default:
      return undefined
  }
}

type Plain = OperandKind & { readonly kind: 'operand' }

function fitRegister(
  kind: Plain,
  operand: Operand & { kind: 'register' },
  opcode: Opcode,
): FittedOperand | undefined {
  if (registerInfo(operand.register).class !== kind.register) return undefined
  const { mask, zeroing, broadcast } = operand.decoration ?? {}
  if (broadcast !== undefined || (operand.decoration && !opcode.evex)) return undefined
  return {
    kind: 'register',
    register: operand.register,
    ...(mask === undefined ? {} : { mask }),
    ...(zeroing === undefined ? {} : { zeroing }),
  }
}

function fitMemory(kind: Plain, operand: Operand & MemoryOperand, opcode: Opcode): FittedOperand | undefined {
  if (!kind.memory || operand.short) return undefined
  const index = operand.index === undefined ? undefined : registerInfo(operand.index).class
  if (
    kind.memory === 'vector'
      ? index !== kind.index
      : index !== undefined && index !== 'r64' && index !== 'r32'
  ) {
    return undefined
  }
  const { decoration } = operand
  if (decoration && (!opcode.evex || (decoration.broadcast !== undefined && opcode.broadcastSize === 0)))
    return undefined
  if (!sizeFits(operand, opcode)) return undefined
  const displacement = sumOfDisplacement(operand)
  return displacement && { kind: 'memory', memory: operand, displacement, span: operand.span }
}

/** The size that the author gave is the size that the instruction accesses. */
function sizeFits({ size, decoration }: MemoryOperand, { memorySize, broadcastSize }: Opcode): boolean {
  const accessed = decoration?.broadcast === undefined ? memorySize : broadcastSize
  return size === undefined || accessed === 0 || size === accessed
}

function fitOffset(operand: Operand & MemoryOperand): FittedOperand | undefined {
  if (operand.base !== undefined || operand.index !== undefined || operand.short) return undefined
  const displacement = sumOfDisplacement(operand)
  return displacement && { kind: 'memory', memory: operand, displacement, span: operand.span, absolute: true }
}

function fitString(kind: StringKind, operand: Operand & MemoryOperand): FittedOperand | undefined {
  const { base, index, displacement, segment } = operand
  if (base === undefined || index !== undefined || displacement) return undefined
  const { name } = registerInfo(base)
  const narrow = name === kind.base.replace('r', 'e')
  if (name !== kind.base && !narrow) return undefined
  if (!kind.segment && segment !== undefined && registerInfo(segment).name !== 'es') return undefined
  const opKind = narrow ? kind.narrow : kind.wide
  return { kind: 'string', opKind, ...(kind.segment && segment !== undefined ? { segment } : {}) }
}

function sumOfDisplacement({ displacement }: MemoryOperand): Sum | undefined {
  if (!displacement) return { constant: 0n, terms: new Map() }
  const sum = sumOf(displacement)
  return 'why' in sum ? undefined : sum
}

function fitTarget(operand: Operand): FittedOperand | undefined {
  if (operand.kind === 'memory' && operand.bare && operand.displacement) {
    const target = sumOf(operand.displacement)
    return 'why' in target ? undefined : { kind: 'branch', target }
  }
  if (operand.kind !== 'immediate') return undefined
  const target = sumOf(operand.expression)
  return 'why' in target ? undefined : { kind: 'branch', target }
}

function fitImmediate(
  kind: ImmediateKind,
  operand: Operand & { kind: 'immediate' },
): FittedOperand | undefined {
  const value = sumOf(operand.expression)
  if ('why' in value) return undefined
  // What is not known yet may turn out large, so it gets no form that extends eight bits.
  const fits =
    isConstant(value) && !operand.offset
      ? fitsImmediate(kind, value.constant)
      : !(kind.bits === 8 && kind.extended) && kind.only === undefined && kind.bits > 4
  return fits
    ? { kind: 'immediate', opKind: kind.opKind, accepts: kind, value, span: operand.span }
    : undefined
}

/** A number fits when its two's complement does, signed or unsigned, at the width of the operation. */
export function fitsImmediate({ bits, extended, only }: ImmediateKind, value: bigint): boolean {
  if (only !== undefined) return value === only
  if (bits === 4) return value >= 0n && value < 16n
  const width = extended ?? bits
  if (value < -(1n << BigInt(width - 1)) || value >= 1n << BigInt(width)) return false
  return extended === undefined || BigInt.asIntN(bits, value) === BigInt.asIntN(extended, value)
}
