// SPDX-License-Identifier: MIT
import { Encoder, Instruction, OpKind, Register, RoundingControl } from 'iced-x86'
import { isConstant, relocations, type Sum } from './expression.ts'
import type { FittedOperand, Form } from './form.ts'
import type { MemoryOperand } from './operand.ts'
import { registerInfo } from './registers.ts'

/** The bytes of an instruction, or iced-x86's reason why there are none. */
export type Encoded = { readonly bytes: Uint8Array } | { readonly why: string }

type Unmeasured = Omit<Form, 'length'> & { readonly length?: number }

/** The prefixes in the order of GNU as: segment, address size, operand size, repeat, lock. */
const prefixOrder = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x67, 0x66, 0xf2, 0xf3, 0xf0]

/** Encodes instructions; `free` gives its memory back. */
export class FormEncoder {
  readonly #encoder = new Encoder(64)

  /** The bytes at an address. A form without a length is measured, so its addresses may be any. */
  encode(form: Unmeasured, address: bigint, evaluate: (sum: Sum) => bigint): Encoded {
    const instruction = new Instruction()
    try {
      instruction.code = form.opcode.code
      const next = address + BigInt(form.length ?? 0)
      for (const [index, operand] of form.operands.entries()) set(instruction, index, operand, next, evaluate)
      if (form.rounding === 'sae') instruction.suppressAllExceptions = true
      else if (form.rounding) instruction.roundingControl = roundings[form.rounding]
      this.#encoder.encode(instruction, address + BigInt(form.prefixes.length))
      return { bytes: inOrder([...form.prefixes, ...this.#encoder.takeBuffer()]) }
    } catch (reason) {
      // The encoder throws for what it cannot encode, and keeps what it had written so far.
      this.#encoder.takeBuffer()
      return { why: String(reason instanceof Error ? reason.message : reason) }
    } finally {
      instruction.free()
    }
  }

  free(): void {
    this.#encoder.free()
  }
}

const roundings = {
  rn: RoundingControl.RoundToNearest,
  rd: RoundingControl.RoundDown,
  ru: RoundingControl.RoundUp,
  rz: RoundingControl.RoundTowardZero,
} as const

function set(
  instruction: Instruction,
  index: number,
  operand: FittedOperand,
  next: bigint,
  evaluate: (sum: Sum) => bigint,
): void {
  switch (operand.kind) {
    case 'register':
      instruction.setOpKind(index, OpKind.Register)
      instruction.setOpRegister(index, operand.register)
      if (operand.mask !== undefined) instruction.opMask = operand.mask
      if (operand.zeroing) instruction.zeroingMasking = true
      return
    case 'memory':
      instruction.setOpKind(index, OpKind.Memory)
      setMemory(instruction, operand, next, evaluate)
      return
    case 'string':
      instruction.setOpKind(index, operand.opKind)
      if (operand.segment !== undefined) instruction.segmentPrefix = operand.segment
      return
    case 'table':
      instruction.setOpKind(index, OpKind.Memory)
      instruction.memoryBase = Register.RBX
      instruction.memoryIndex = Register.AL
      if (operand.segment !== undefined) instruction.segmentPrefix = operand.segment
      return
    case 'immediate':
      instruction.setOpKind(index, operand.opKind)
      setImmediate(instruction, operand.opKind, evaluate(operand.value))
      return
    case 'branch':
      instruction.setOpKind(index, OpKind.NearBranch64)
      instruction.nearBranch64 = BigInt.asUintN(64, evaluate(operand.target))
  }
}

function setMemory(
  instruction: Instruction,
  { memory, displacement, absolute }: FittedOperand & { kind: 'memory' },
  next: bigint,
  evaluate: (sum: Sum) => bigint,
): void {
  const { base, index, segment, scale, decoration } = memory
  const value = evaluate(displacement)
  const relative = base === Register.RIP || base === Register.EIP
  instruction.memoryBase = base ?? Register.None
  instruction.memoryIndex = index ?? Register.None
  instruction.memoryIndexScale = scale
  // Seen from the next instruction, a number is a distance and a label a place.
  instruction.memoryDisplacement = BigInt.asUintN(
    64,
    relative && relocations(displacement) === 0n ? next + value : value,
  )
  instruction.memoryDisplSize = displacementSize(
    memory,
    isConstant(displacement) ? displacement.constant : undefined,
    absolute,
  )
  if (segment !== undefined && !isDefaultSegment(segment, base)) instruction.segmentPrefix = segment
  if (decoration?.mask !== undefined) instruction.opMask = decoration.mask
  if (decoration?.zeroing) instruction.zeroingMasking = true
  if (decoration?.broadcast !== undefined) instruction.isBroadcast = true
}

/** In iced-x86's terms: 0 is none, 1 as short as possible, 4 and 8 full size at that address size. */
function displacementSize(
  { base, index }: MemoryOperand,
  known: bigint | undefined,
  absolute: boolean | undefined,
): number {
  const register = base ?? index
  if (absolute || register === undefined) return 8
  const { class: kind, name } = registerInfo(register)
  const full = kind === 'r32' || name === 'eip' ? 4 : 8
  if (kind === 'ip' || base === undefined || known === undefined) return full
  return known === 0n ? 0 : 1
}

/** GNU as writes no prefix for the segment that is used anyway: ss with a stack base, ds otherwise. */
function isDefaultSegment(segment: number, base: number | undefined): boolean {
  const stack = base !== undefined && /^[er](sp|bp)$/.test(registerInfo(base).name)
  return segment === (stack ? Register.SS : Register.DS)
}

function setImmediate(instruction: Instruction, kind: OpKind, value: bigint): void {
  switch (kind) {
    case OpKind.Immediate8:
      instruction.immediate8 = Number(BigInt.asUintN(8, value))
      return
    case OpKind.Immediate8_2nd:
      instruction.immediate8_2nd = Number(BigInt.asUintN(8, value))
      return
    case OpKind.Immediate16:
      instruction.immediate16 = Number(BigInt.asUintN(16, value))
      return
    case OpKind.Immediate32:
      instruction.immediate32 = Number(BigInt.asUintN(32, value))
      return
    case OpKind.Immediate64:
      instruction.immediate64 = BigInt.asUintN(64, value)
      return
    case OpKind.Immediate8to16:
      instruction.immediate8to16 = Number(BigInt.asIntN(8, value))
      return
    case OpKind.Immediate8to32:
      instruction.immediate8to32 = Number(BigInt.asIntN(8, value))
      return
    case OpKind.Immediate8to64:
      instruction.immediate8to64 = BigInt.asIntN(8, value)
      return
    default:
      instruction.immediate32to64 = BigInt.asIntN(32, value)
  }
}

function inOrder(bytes: readonly number[]): Uint8Array {
  const count = bytes.findIndex(byte => !prefixOrder.includes(byte))
  const prefixes = bytes.slice(0, count).sort((a, b) => prefixOrder.indexOf(a) - prefixOrder.indexOf(b))
  return Uint8Array.from([...prefixes, ...bytes.slice(count)])
}
