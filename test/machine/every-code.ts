// SPDX-License-Identifier: MIT
import {
  Code,
  CodeExt,
  Encoder,
  EncodingKind,
  Instruction,
  OpCodeOperandKind,
  OpKind,
  Register,
} from 'iced-x86'

/** One encoding of a code that has one in 64-bit mode: with the operand in memory or, where there is such a form, a register. */
export type Sample = { readonly code: Code; readonly name: string; readonly bytes: Uint8Array }

/** Registers by the beginning of a kind's name; not the first of each, so that prefixes and fields are not all zero. */
const registers: Readonly<Record<string, Register>> = {
  r8: Register.BL,
  r16: Register.BX,
  r32: Register.EBX,
  r64: Register.RBX,
  mm: Register.MM3,
  xmm: Register.XMM3,
  xmmp3: Register.XMM4,
  ymm: Register.YMM3,
  zmm: Register.ZMM3,
  zmmp3: Register.ZMM4,
  k: Register.K3,
  kp1: Register.K2,
  bnd: Register.BND1,
  cr: Register.CR3,
  dr: Register.DR6,
  seg: Register.FS,
  tmm: Register.TMM1,
  sti: Register.ST3,
  st0: Register.ST0,
  al: Register.AL,
  cl: Register.CL,
  ax: Register.AX,
  dx: Register.DX,
  eax: Register.EAX,
  rax: Register.RAX,
  cs: Register.CS,
  ds: Register.DS,
  es: Register.ES,
  fs: Register.FS,
  gs: Register.GS,
  ss: Register.SS,
}
/** Their register has the width of an address. */
const narrowAddress = new Set([Code.Movdir64b_r32_m512, Code.Enqcmd_r32_m512, Code.Enqcmds_r32_m512])

const kindNames: ReadonlyMap<number, string> = new Map(
  Object.entries(OpCodeOperandKind).map(([name, kind]) => [kind as number, name]),
)

/** Every code that there is for 64-bit mode, memory operands at [rdi]. */
export function everyCode(): Sample[] {
  const encoder = new Encoder(64)
  const samples: Sample[] = []
  for (const [name, code] of Object.entries(Code)) {
    if (typeof code !== 'number') continue
    const info = CodeExt.opCode(code)
    const needsMask = info.requireOpMaskRegister
    const usable = info.isInstruction && info.mode64 && info.encoding !== EncodingKind.MVEX
    const kinds = Array.from({ length: info.opCount }, (_, n) => kindNames.get(info.opKind(n))!)
    info.free()
    if (!usable) continue
    const forms = kinds.some(kind => /_or_mem/.test(kind)) ? ['memory', 'register'] : ['memory']
    for (const form of forms) {
      const instruction = new Instruction()
      try {
        instruction.code = code
        if (needsMask) instruction.opMask = Register.K1
        for (const [n, kind] of kinds.entries())
          setOperand(instruction, n, form === 'register' ? kind.replace('_or_mem', '') : kind)
        encoder.encode(instruction, 0x40_0000n)
        samples.push({
          code,
          name: form === 'register' ? `${name} of a register` : name,
          bytes: encoder.takeBuffer(),
        })
      } catch (cause) {
        throw new Error(`no sample of ${name} (${kinds})`, { cause })
      } finally {
        instruction.free()
      }
    }
  }
  encoder.free()
  return samples
}

function setOperand(instruction: Instruction, n: number, kind: string): void {
  const other = others[kind]
  if (other !== undefined) {
    setOther(instruction, n, ...other)
    return
  }
  if (kind === 'seg_rBX_al') {
    instruction.setOpKind(n, OpKind.Memory)
    instruction.memoryBase = Register.RBX
    instruction.memoryIndex = Register.AL
    return
  }
  if (/^mem|^sibmem|_mem(_mpx)?$/.test(kind) && !kind.endsWith('reg_mem')) {
    instruction.setOpKind(n, OpKind.Memory)
    instruction.memoryBase = narrowAddress.has(instruction.code) ? Register.EDI : Register.RDI
    const index = /vsib\d+([xyz])/.exec(kind)?.[1]
    if (index !== undefined) instruction.memoryIndex = registers[`${index}mm`]! + 2
    return
  }
  const register =
    /^(r8|r16|r32|r64|mm|xmmp3|xmm|ymm|zmmp3|zmm|kp1|k|bnd|cr|dr|seg|tmm|sti|st0|al|cl|ax|dx|eax|rax|cs|ds|es|fs|gs|ss)(_|$)/
  const found = register.exec(kind)
  if (found !== null) {
    instruction.setOpKind(n, OpKind.Register)
    instruction.setOpRegister(n, registers[found[1]!]!)
    return
  }
  throw new Error(kind)
}

function setOther(instruction: Instruction, n: number, opKind: OpKind, value?: bigint): void {
  const second = opKind === OpKind.Immediate8 && n > 0 && isImmediate(instruction.opKind(n - 1))
  instruction.setOpKind(n, second ? OpKind.Immediate8_2nd : opKind)
  if (second) instruction.immediate8_2nd = 1
  else if (opKind === OpKind.Memory) {
    instruction.memoryDisplSize = 8
    instruction.memoryDisplacement = 0x60_0000n
  } else if (opKind === OpKind.NearBranch16) instruction.nearBranch16 = 0
  else if (opKind === OpKind.NearBranch32) instruction.nearBranch32 = 0x40_0000
  else if (opKind === OpKind.NearBranch64) instruction.nearBranch64 = 0x40_0000n
  else if (value !== undefined) instruction.setImmediateI64(n, value)
}

function isImmediate(kind: OpKind): boolean {
  return kind === OpKind.Immediate8 || kind === OpKind.Immediate16
}

const others: Readonly<Record<string, readonly [OpKind, bigint?]>> = {
  mem_offs: [OpKind.Memory],
  imm4_m2z: [OpKind.Immediate8, 1n],
  imm8: [OpKind.Immediate8, 1n],
  imm8_const_1: [OpKind.Immediate8, 1n],
  imm8sex16: [OpKind.Immediate8to16, 1n],
  imm8sex32: [OpKind.Immediate8to32, 1n],
  imm8sex64: [OpKind.Immediate8to64, 1n],
  imm16: [OpKind.Immediate16, 1n],
  imm32: [OpKind.Immediate32, 1n],
  imm32sex64: [OpKind.Immediate32to64, 1n],
  imm64: [OpKind.Immediate64, 1n],
  seg_rSI: [OpKind.MemorySegRSI],
  es_rDI: [OpKind.MemoryESRDI],
  seg_rDI: [OpKind.MemorySegRDI],
  br16_1: [OpKind.NearBranch16],
  br16_2: [OpKind.NearBranch16],
  br32_1: [OpKind.NearBranch32],
  br32_4: [OpKind.NearBranch32],
  br64_1: [OpKind.NearBranch64],
  br64_4: [OpKind.NearBranch64],
  xbegin_2: [OpKind.NearBranch64],
  xbegin_4: [OpKind.NearBranch64],
  brdisp_2: [OpKind.NearBranch16],
  brdisp_4: [OpKind.NearBranch32],
}
