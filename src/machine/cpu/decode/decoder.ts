// SPDX-License-Identifier: MIT
import {
  Code,
  Decoder,
  DecoderError,
  type Instruction as IcedInstruction,
  Instruction as IcedInstructionClass,
  MemorySizeExt,
  OpKind,
  Register,
} from 'iced-x86'
import { Layout } from '../../layout.ts'
import { Register as CpuRegister, Vector } from '../../machine.ts'
import { decoderOptions } from './decoder-options.ts'
import type { Instruction, MemoryOperand, Operand } from './instruction.ts'

/** Longest instruction (Intel SDM 2A §2.3.11). */
export const longestInstruction = 15

export type Decoded =
  | { readonly kind: 'instruction'; readonly instruction: Instruction }
  /** The bytes end before the instruction does. */
  | { readonly kind: 'incomplete' }
  /** #UD, or #GP for more than 15 bytes. */
  | { readonly kind: 'invalid'; readonly vector: number }

/** Decodes instructions one after the other from the start of `bytes`, which lie at `address`. Call `free` in the end. */
export function openDecoder(bytes: Uint8Array, address: bigint): { next(): Decoded; free(): void } {
  const decoder = new Decoder(64, bytes, decoderOptions)
  decoder.ip = address
  const iced = new IcedInstructionClass()
  return {
    next() {
      const at = decoder.position
      decoder.decodeOut(iced)
      if (!iced.isInvalid) return { kind: 'instruction', instruction: readInstruction(iced, bytes, at) }
      if (decoder.position - at >= longestInstruction) return { kind: 'invalid', vector: Vector.GP }
      if (decoder.lastError === DecoderError.NoMoreBytes) return { kind: 'incomplete' }
      return { kind: 'invalid', vector: Vector.UD }
    },
    free() {
      iced.free()
      decoder.free()
    },
  }
}

const zeroWord = Layout.zero >>> 2
const addressMask = 0xffff_ffff_ffff_ffffn

function readInstruction(iced: IcedInstruction, bytes: Uint8Array, at: number): Instruction {
  const operands: Operand[] = []
  const count = iced.opCount
  let string = false
  let target = 0n
  let elementBytes = 0
  let stringNarrow = false
  for (let n = 0; n < count; n++) {
    const kind = iced.opKind(n)
    switch (kind) {
      case OpKind.Register:
        operands.push(registerOperand(iced.opRegister(n)))
        break
      case OpKind.Memory:
        operands.push(memoryOperand(iced))
        break
      case OpKind.NearBranch16:
      case OpKind.NearBranch32:
      case OpKind.NearBranch64:
        target = iced.nearBranchTarget
        operands.push({ kind: 'target' })
        break
      case OpKind.FarBranch16:
      case OpKind.FarBranch32:
        operands.push({ kind: 'far' })
        break
      case OpKind.MemorySegESI:
      case OpKind.MemoryESEDI:
      case OpKind.MemorySegEDI:
        stringNarrow = true
        string = true
        operands.push({ kind: 'string' })
        break
      case OpKind.MemorySegRSI:
      case OpKind.MemoryESRDI:
      case OpKind.MemorySegRDI:
        string = true
        operands.push({ kind: 'string' })
        break
      case OpKind.Immediate8_2nd:
        operands.push({ kind: 'immediate', value: BigInt(iced.immediate8_2nd) })
        break
      default:
        operands.push({ kind: 'immediate', value: iced.immediate(n) & addressMask })
    }
  }
  if (string) elementBytes = MemorySizeExt.size(iced.memorySize)
  const next = iced.nextIP
  return {
    mnemonic: iced.mnemonic,
    code: iced.code,
    length: iced.length,
    operands,
    nextLow: low(next),
    nextHigh: high(next),
    targetLow: low(target),
    targetHigh: high(target),
    repeat: iced.hasRepnePrefix ? 'repne' : iced.hasRepePrefix ? 'repe' : '',
    elementBytes,
    stringSegment: string ? segmentWord(iced.memorySegment) : zeroWord,
    stringNarrow,
    privileged: iced.isPrivileged,
    wide: iced.code === Code.Call_m1632 && isWide(bytes, at),
  }
}

/** Whether the opcode 0xff of the instruction at an offset has REX.W before it. */
function isWide(bytes: Uint8Array, at: number): boolean {
  const before = bytes[bytes.indexOf(0xff, at) - 1]!
  return (before & 0xf8) === 0x48
}

/** The decoder numbers registers of one size one after the other, in hardware order. */
function registerOperand(register: Register): Operand {
  if (register >= Register.RAX && register <= Register.R15) return general(register - Register.RAX, 8, 0)
  if (register >= Register.EAX && register <= Register.R15D) return general(register - Register.EAX, 4, 0)
  if (register >= Register.AX && register <= Register.R15W) return general(register - Register.AX, 2, 0)
  if (register >= Register.SPL && register <= Register.R15L) return general(register - Register.SPL + 4, 1, 0)
  if (register >= Register.AH && register <= Register.BH) return general(register - Register.AH, 1, 1)
  if (register >= Register.AL && register <= Register.BL) return general(register - Register.AL, 1, 0)
  if (register >= Register.XMM0 && register <= Register.XMM15)
    return { kind: 'register', bytes: 16, host: xmmHost(register - Register.XMM0) }
  if (register >= Register.ST0 && register <= Register.ST7)
    return { kind: 'st', number: register - Register.ST0 }
  if (register >= Register.MM0 && register <= Register.MM7)
    return { kind: 'mm', number: register - Register.MM0 }
  if (register >= Register.ES && register <= Register.GS)
    return { kind: 'segment', number: register - Register.ES }
  return { kind: 'control', number: register }
}

function general(number: number, bytes: number, byte: number): Operand {
  return { kind: 'register', bytes, host: number * 8 + byte }
}

function xmmHost(number: number): number {
  return Layout.extended + 160 + number * 16
}

function memoryOperand(iced: IcedInstruction): MemoryOperand {
  const base = iced.memoryBase
  const relative = base === Register.RIP || base === Register.EIP
  const displacement = iced.memoryDisplacement
  const index = iced.memoryIndex
  const segment = iced.memorySegment
  const scale = iced.memoryIndexScale
  return {
    kind: 'memory',
    bytes: MemorySizeExt.size(iced.memorySize),
    base: relative ? zeroWord : addressWord(base),
    index: addressWord(index),
    scale: scale === 8 ? 3 : scale >> 1,
    low: low(displacement),
    high: high(displacement),
    segment: segmentWord(segment),
    narrow:
      base === Register.EIP ||
      (base >= Register.EAX && base <= Register.R15D) ||
      (index >= Register.EAX && index <= Register.R15D) ||
      (base === Register.None && index === Register.None && iced.memoryDisplSize === 4),
    vector: segment === Register.SS ? Vector.SS : Vector.GP,
  }
}

function addressWord(register: Register): number {
  if (register >= Register.RAX && register <= Register.R15) return (register - Register.RAX) * 2
  if (register >= Register.EAX && register <= Register.R15D) return (register - Register.EAX) * 2
  return zeroWord
}

function segmentWord(segment: Register): number {
  if (segment === Register.FS) return CpuRegister.fsBase * 2
  if (segment === Register.GS) return CpuRegister.gsBase * 2
  return zeroWord
}

function low(value: bigint): number {
  return Number(BigInt.asIntN(32, value))
}

function high(value: bigint): number {
  return Number(BigInt.asIntN(32, value >> 32n))
}
