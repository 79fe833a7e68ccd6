// SPDX-License-Identifier: MIT
import { Code, CodeExt, EncodingKind, MemorySizeExt } from 'iced-x86'
import { codeCount, codesOfMnemonic } from './generated/mnemonics.ts'
import { type OperandKind, operandKinds } from './operand-kind.ts'

/** What iced-x86 knows of one instruction code, as plain data. */
export type Opcode = {
  readonly code: Code
  /** As Intel's manual writes it: `MOV r/m32, imm32`. */
  readonly text: string
  readonly kinds: readonly OperandKind[]
  /** Bits, or 0 where the instruction has no operand-size attribute. */
  readonly operandSize: number
  /** Bytes; 0 where any size will do. */
  readonly memorySize: number
  readonly broadcastSize: number
  /** A far branch through memory. */
  readonly far: boolean
  readonly evex: boolean
  /** Sets REX.W or its successors. */
  readonly wide: boolean
  readonly lockable: boolean
}

/** Instruction codes by mnemonic, read from iced-x86 as they are needed. */
export class Opcodes {
  readonly #known = new Map<number, Opcode>()

  constructor() {
    const same = Code[codeCount - 1] !== undefined && Code[codeCount] === undefined
    if (!same) throw new Error('the list of mnemonics was made from another iced-x86')
  }

  has(mnemonic: string): boolean {
    return Object.hasOwn(codesOfMnemonic, mnemonic)
  }

  mnemonics(): string[] {
    return Object.keys(codesOfMnemonic)
  }

  /** In `Code` order; none for a word that is no mnemonic. */
  of(mnemonic: string): Opcode[] {
    return this.has(mnemonic) ? codesOfMnemonic[mnemonic]!.map(code => this.#read(code)) : []
  }

  #read(code: Code): Opcode {
    const known = this.#known.get(code)
    if (known) return known
    const info = CodeExt.opCode(code)
    const opcode: Opcode = {
      code,
      text: info.instructionString,
      kinds: Array.from({ length: info.opCount }, (_, index) => operandKinds[info.opKind(index)]!),
      operandSize: info.operandSize,
      memorySize: MemorySizeExt.size(info.memorySize),
      broadcastSize: info.canBroadcast ? MemorySizeExt.elementSize(info.broadcastMemorySize) : 0,
      far: /^(CALL|JMP) m16:/.test(info.instructionString),
      evex: info.encoding === EncodingKind.EVEX,
      wide: info.operandSize === 64 || info.W === 1,
      lockable: info.canUseLockPrefix,
    }
    info.free()
    this.#known.set(code, opcode)
    return opcode
  }
}
