// SPDX-License-Identifier: MIT
import {
  CpuidFeature,
  Decoder,
  FlowControl,
  type Instruction,
  InstructionInfoFactory,
  MemorySizeExt,
  Mnemonic,
  OpAccess,
  OpKind,
  Register,
  type UsedMemory,
} from 'iced-x86'
import { Register as CpuRegister } from '../../machine.ts'
import { decoderOptions } from './decoder-options.ts'

/** Bytes of memory that an instruction writes: where, from registers as they are before it. */
export type Destination = {
  /** Indices into the register file. */
  readonly base?: number
  readonly index?: number
  readonly segment?: number
  readonly scale: number
  readonly displacement: bigint
  /** The address has 32 bits. */
  readonly narrow: boolean
  readonly bytes: number
}

/** An integer instruction that any x86-64 processor has. */
export type BaseInstruction = { readonly length: number; readonly destinations: readonly Destination[] }

/**
 * The integer instruction of the base set at the start of `bytes`, or undefined: floating point, vectors, repeated strings, bit strings in
 * memory, far transfers, segments, interrupts and whatever belongs to the operating system are not in it.
 */
export function baseInstruction(bytes: Uint8Array, address: bigint): BaseInstruction | undefined {
  const decoder = new Decoder(64, bytes, decoderOptions)
  decoder.ip = address
  const instruction = decoder.decode()
  try {
    if (!isBase(instruction)) return undefined
    return { length: instruction.length, destinations: destinationsOf(instruction) }
  } finally {
    instruction.free()
    decoder.free()
  }
}

/** Where the bytes lie that will be written. */
export function destinationAddress(destination: Destination, registers: BigUint64Array): bigint {
  const { base, index, segment, scale, displacement, narrow } = destination
  const value = (number: number | undefined): bigint => (number === undefined ? 0n : registers[number]!)
  const offset = value(base) + value(index) * BigInt(scale) + displacement
  return BigInt.asUintN(64, BigInt.asUintN(narrow ? 32 : 64, offset) + value(segment))
}

/** Those of 286 are system instructions, all but `ud2`. */
const features: ReadonlySet<CpuidFeature> = new Set([
  CpuidFeature.INTEL8086,
  CpuidFeature.INTEL186,
  CpuidFeature.INTEL386,
  CpuidFeature.INTEL486,
  CpuidFeature.X64,
  CpuidFeature.CMOV,
  CpuidFeature.CX8,
  CpuidFeature.CMPXCHG16B,
  CpuidFeature.MULTIBYTENOP,
  CpuidFeature.PAUSE,
  CpuidFeature.CET_IBT,
])

const flows: ReadonlySet<FlowControl> = new Set([
  FlowControl.Next,
  FlowControl.UnconditionalBranch,
  FlowControl.IndirectBranch,
  FlowControl.ConditionalBranch,
  FlowControl.Return,
  FlowControl.Call,
  FlowControl.IndirectCall,
])

const others: ReadonlySet<Mnemonic> = new Set([
  Mnemonic.Iret,
  Mnemonic.Iretd,
  Mnemonic.Iretq,
  Mnemonic.Retf,
  Mnemonic.Wait,
  Mnemonic.Lfs,
  Mnemonic.Lgs,
  Mnemonic.Lss,
])

/** With a register as their second operand they reach any bit of memory, far from the operand that they name. */
const bitStrings: ReadonlySet<Mnemonic> = new Set([Mnemonic.Bt, Mnemonic.Btc, Mnemonic.Btr, Mnemonic.Bts])

function isBase(instruction: Instruction): boolean {
  const { mnemonic } = instruction
  if (instruction.isInvalid || instruction.isPrivileged || others.has(mnemonic)) return false
  if (!flows.has(instruction.flowControl)) return false
  if (![...instruction.cpuidFeatures()].every(feature => features.has(feature))) return false
  if (instruction.isStringInstruction && (instruction.hasRepPrefix || instruction.hasRepnePrefix))
    return false
  if (instruction.isJmpFar || instruction.isJmpFarIndirect) return false
  if (instruction.isCallFar || instruction.isCallFarIndirect) return false
  const kinds = Array.from({ length: instruction.opCount }, (_, n) => instruction.opKind(n))
  if (bitStrings.has(mnemonic) && kinds[0] === OpKind.Memory && kinds[1] === OpKind.Register) return false
  return kinds.every((kind, n) => kind !== OpKind.Register || !isSegment(instruction.opRegister(n)))
}

function destinationsOf(instruction: Instruction): Destination[] {
  const factory = new InstructionInfoFactory()
  const info = factory.info(instruction)
  const destinations = info.usedMemory().flatMap(memory => {
    const destination = isWritten(memory.access) ? destinationOf(memory) : undefined
    memory.free()
    return destination ? [destination] : []
  })
  info.free()
  factory.free()
  return destinations
}

function destinationOf(memory: UsedMemory): Destination {
  const base = numberOf(memory.base)
  const index = numberOf(memory.index)
  const segment = segmentBase(memory.segment)
  return {
    ...(base !== undefined && { base }),
    ...(index !== undefined && { index }),
    ...(segment !== undefined && { segment }),
    scale: memory.scale,
    displacement: memory.displacement,
    narrow: isNarrow(memory.base) || isNarrow(memory.index),
    bytes: MemorySizeExt.size(memory.memorySize),
  }
}

function isWritten(access: OpAccess): boolean {
  return (
    access === OpAccess.Write ||
    access === OpAccess.CondWrite ||
    access === OpAccess.ReadWrite ||
    access === OpAccess.ReadCondWrite
  )
}

function isSegment(register: Register): boolean {
  return register >= Register.ES && register <= Register.GS
}

function numberOf(register: Register): number | undefined {
  if (register >= Register.RAX && register <= Register.R15) return register - Register.RAX
  if (register >= Register.EAX && register <= Register.R15D) return register - Register.EAX
  return undefined
}

function isNarrow(register: Register): boolean {
  return register >= Register.EAX && register <= Register.R15D
}

function segmentBase(segment: Register): number | undefined {
  if (segment === Register.FS) return CpuRegister.fsBase
  return segment === Register.GS ? CpuRegister.gsBase : undefined
}
