// SPDX-License-Identifier: MIT
import {
  Code,
  Encoder,
  Formatter,
  FormatterSyntax,
  Instruction,
  MemorySizeOptions,
  OpKind,
  Register,
} from 'iced-x86'
import { codesOfMnemonic } from '../../src/program/assembler/generated/mnemonics.ts'
import { Opcodes } from '../../src/program/assembler/opcodes.ts'
import type { OperandKind } from '../../src/program/assembler/operand-kind.ts'
import type { Syntax } from '../../src/program/assembler/parse-expression.ts'
import type { RegisterClass } from '../../src/program/assembler/registers.ts'

const registers: Readonly<Partial<Record<RegisterClass, readonly Register[]>>> = {
  r8: [Register.BL, Register.R9L, Register.SIL],
  r16: [Register.BX, Register.R9W, Register.CX],
  r32: [Register.EBX, Register.R9D, Register.ECX],
  r64: [Register.RBX, Register.R9, Register.RCX],
  seg: [Register.FS],
  cr: [Register.CR3],
  dr: [Register.DR7],
  mm: [Register.MM1, Register.MM2, Register.MM3],
  xmm: [Register.XMM1, Register.XMM10, Register.XMM3, Register.XMM4],
  ymm: [Register.YMM1, Register.YMM10, Register.YMM3, Register.YMM4],
  zmm: [Register.ZMM1, Register.ZMM10, Register.ZMM3, Register.ZMM4],
  k: [Register.K1, Register.K2, Register.K3],
  bnd: [Register.BND1, Register.BND2],
  st: [Register.ST3],
}

/** The formatter writes implied registers and prefixes of its own here, which the assembler does not read. */
const notRead =
  /^(rex\.w |ret far|v?pcmpestr[im]q |(vmrun|vmload|vmsave|skinit|clzero|invlpga|pvalidate|mwait|monitor)\w* [%\w])/

/** One instruction of every code but those of XOP, FMA4 and EVEX: operands in memory for every other one. */
export function sampleForms(syntax: Syntax): string[] {
  const encoder = new Encoder(64)
  const formatter = new Formatter(syntax === 'intel' ? FormatterSyntax.Intel : FormatterSyntax.Gas)
  formatter.memorySizeOptions = MemorySizeOptions.Always
  formatter.hexPrefix = '0x'
  formatter.hexSuffix = ''
  formatter.showBranchSize = false
  formatter.ripRelativeAddresses = true
  const opcodes = new Opcodes()
  const forms = Object.keys(codesOfMnemonic).flatMap(mnemonic =>
    opcodes.of(mnemonic).flatMap(({ code, kinds }) => {
      if (/^(XOP|EVEX|VEX_Vfn?m(add|sub)(add|sub)?(ps|pd|ss|sd)_|VEX_Vpermil2)/.test(Code[code]!)) return []
      const instruction = new Instruction()
      try {
        instruction.code = code
        for (const [index, kind] of kinds.entries()) setOperand(instruction, index, kind, code)
        encoder.encode(instruction, 0x401000n)
        return kinds.some(({ kind }) => kind === 'branch') ? [] : [formatter.format(instruction)]
      } catch {
        // The sample's operands are none for this code.
        return []
      } finally {
        encoder.takeBuffer()
        instruction.free()
      }
    }),
  )
  encoder.free()
  formatter.free()
  return [...new Set(forms)].filter(form => !notRead.test(form))
}

function setOperand(instruction: Instruction, index: number, kind: OperandKind, code: Code): void {
  switch (kind.kind) {
    case 'operand': {
      const list = registers[kind.register ?? 'r64'] ?? []
      const inMemory = kind.memory && (!kind.register || code % 2 === 0)
      instruction.setOpKind(index, inMemory ? OpKind.Memory : OpKind.Register)
      if (inMemory) setMemory(instruction, kind.index)
      else instruction.setOpRegister(index, list[(index + code) % list.length]!)
      return
    }
    case 'fixed':
      instruction.setOpKind(index, OpKind.Register)
      instruction.setOpRegister(index, kind.register)
      return
    case 'immediate':
      if (index > 0 && instruction.opKind(index - 1) === OpKind.Immediate8) throw new Error('two immediates')
      instruction.setOpKind(index, kind.opKind)
      instruction.setImmediateI64(
        index,
        kind.only ??
          (kind.bits < 16
            ? 5n
            : kind.bits === 16
              ? 0x1234n
              : kind.bits === 32
                ? 0x12345678n
                : 0x1122334455667788n),
      )
      return
    case 'string':
      instruction.setOpKind(index, kind.wide)
      return
    default:
      throw new Error('no sample')
  }
}

function setMemory(instruction: Instruction, index: RegisterClass | undefined): void {
  instruction.memoryBase = Register.RBP
  instruction.memoryIndex = index ? registers[index]![2]! : Register.R13
  instruction.memoryIndexScale = 4
  instruction.memoryDisplSize = 1
  instruction.memoryDisplacement = 16n
}
