// SPDX-License-Identifier: MIT
import { OpCodeOperandKind, OpKind, Register } from 'iced-x86'
import type { RegisterClass } from './registers.ts'

/** What an instruction code takes at one place. */
export type OperandKind =
  | {
      readonly kind: 'operand'
      readonly register?: RegisterClass
      readonly memory?: 'plain' | 'vector' | 'sib'
      readonly index?: RegisterClass
    }
  /** Only this register; it is not encoded. */
  | { readonly kind: 'fixed'; readonly register: Register }
  | ImmediateKind
  | { readonly kind: 'branch'; readonly bytes: number }
  /** An absolute address of 64 bits. */
  | { readonly kind: 'offset' }
  /** The operands of string instructions, which are not written or written in full. */
  | {
      readonly kind: 'string'
      readonly base: 'rsi' | 'rdi'
      readonly wide: OpKind
      readonly narrow: OpKind
      readonly segment: boolean
    }
  | { readonly kind: 'table' }
  | { readonly kind: 'unknown' }

export type ImmediateKind = {
  readonly kind: 'immediate'
  readonly opKind: OpKind
  readonly bits: number
  /** The value is extended from `bits` to this width. */
  readonly extended?: number
  /** No other value. */
  readonly only?: bigint
}

const fixed: Readonly<Record<string, Register>> = {
  al: Register.AL,
  ax: Register.AX,
  eax: Register.EAX,
  rax: Register.RAX,
  cl: Register.CL,
  dx: Register.DX,
  es: Register.ES,
  cs: Register.CS,
  ss: Register.SS,
  ds: Register.DS,
  fs: Register.FS,
  gs: Register.GS,
  st0: Register.ST0,
}

const immediates: Readonly<Record<string, OperandKind>> = {
  imm8: { kind: 'immediate', opKind: OpKind.Immediate8, bits: 8 },
  imm16: { kind: 'immediate', opKind: OpKind.Immediate16, bits: 16 },
  imm32: { kind: 'immediate', opKind: OpKind.Immediate32, bits: 32 },
  imm64: { kind: 'immediate', opKind: OpKind.Immediate64, bits: 64 },
  imm8sex16: { kind: 'immediate', opKind: OpKind.Immediate8to16, bits: 8, extended: 16 },
  imm8sex32: { kind: 'immediate', opKind: OpKind.Immediate8to32, bits: 8, extended: 32 },
  imm8sex64: { kind: 'immediate', opKind: OpKind.Immediate8to64, bits: 8, extended: 64 },
  imm32sex64: { kind: 'immediate', opKind: OpKind.Immediate32to64, bits: 32, extended: 64 },
  imm8_const_1: { kind: 'immediate', opKind: OpKind.Immediate8, bits: 8, only: 1n },
  imm4_m2z: { kind: 'immediate', opKind: OpKind.Immediate8, bits: 4 },
}

const strings: Readonly<Record<string, OperandKind>> = {
  seg_rSI: {
    kind: 'string',
    base: 'rsi',
    wide: OpKind.MemorySegRSI,
    narrow: OpKind.MemorySegESI,
    segment: true,
  },
  seg_rDI: {
    kind: 'string',
    base: 'rdi',
    wide: OpKind.MemorySegRDI,
    narrow: OpKind.MemorySegEDI,
    segment: true,
  },
  es_rDI: {
    kind: 'string',
    base: 'rdi',
    wide: OpKind.MemoryESRDI,
    narrow: OpKind.MemoryESEDI,
    segment: false,
  },
}

const registerKind =
  /^(r8|r16|r32|r64|seg|cr|dr|mm|xmm|ymm|zmm|k|bnd|tmm|st)(?:i|p1|p3)?_(?:reg|rm|vvvv|opcode|is4|is5|reg_mem|or_mem)(?:_mpx)?$/

/** Reads iced-x86's name of an operand kind, which says it all. */
function describe(name: string): OperandKind {
  if (fixed[name] !== undefined) return { kind: 'fixed', register: fixed[name] }
  if (immediates[name]) return immediates[name]
  if (strings[name]) return strings[name]
  if (name === 'seg_rBX_al') return { kind: 'table' }
  if (name === 'mem_offs') return { kind: 'offset' }
  const branch = /^(?:br64|xbegin)_(\d)$/.exec(name)
  if (branch) return { kind: 'branch', bytes: Number(branch[1]) }
  const vector = /^mem_vsib(?:32|64)([xyz])$/.exec(name)
  if (vector) return { kind: 'operand', memory: 'vector', index: `${vector[1]}mm` as RegisterClass }
  if (name === 'sibmem') return { kind: 'operand', memory: 'sib' }
  if (/^mem(_mpx|_mib)?$/.test(name)) return { kind: 'operand', memory: 'plain' }
  const register = registerKind.exec(name)?.[1] as RegisterClass | undefined
  if (!register) return { kind: 'unknown' }
  return name.includes('_or_mem')
    ? { kind: 'operand', register, memory: 'plain' }
    : { kind: 'operand', register }
}

/** By number. */
export const operandKinds: readonly OperandKind[] = Object.values(OpCodeOperandKind)
  .filter(value => typeof value === 'number')
  .reduce<OperandKind[]>((table, number) => {
    table[number] = describe(OpCodeOperandKind[number]!)
    return table
  }, [])
