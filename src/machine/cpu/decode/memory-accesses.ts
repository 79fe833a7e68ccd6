// SPDX-License-Identifier: MIT
import {
  Decoder,
  FlowControl,
  InstructionInfoFactory,
  MemorySizeExt,
  OpAccess,
  Register,
  RegisterExt,
} from 'iced-x86'
import { decoderOptions } from './decoder-options.ts'

/** An access whose address is a register and a number. */
export type MemoryAccess = {
  readonly kind: 'read' | 'write'
  /** Number of the base register, as in the register file. */
  readonly base: number
  readonly displacement: bigint
  readonly bytes: number
}

/**
 * What a run of instructions does to memory, in order, where the address is a register that still has the value from before the run, and
 * a number. The run goes straight ahead, over conditional jumps, until something leaves it, or at most `count` instructions.
 */
export function memoryAccesses(bytes: Uint8Array, address: bigint, count: number): readonly MemoryAccess[] {
  const decoder = new Decoder(64, bytes, decoderOptions)
  decoder.ip = address
  const factory = new InstructionInfoFactory()
  const accesses: MemoryAccess[] = []
  const changed = new Set<number>()
  try {
    for (let index = 0; index < count && decoder.canDecode; index++) {
      const instruction = decoder.decode()
      const { flowControl, isInvalid } = instruction
      if (isInvalid) {
        instruction.free()
        break
      }
      const info = factory.info(instruction)
      for (const memory of info.usedMemory()) {
        const kind = kindOf(memory.access)
        const base = numberOf(memory.base)
        if (kind && base !== undefined && memory.index === Register.None && !changed.has(base))
          accesses.push({
            kind,
            base,
            displacement: BigInt.asIntN(64, memory.displacement),
            bytes: MemorySizeExt.size(memory.memorySize),
          })
        memory.free()
      }
      for (const used of info.usedRegisters()) {
        const number = numberOf(RegisterExt.fullRegister(used.register))
        if (number !== undefined && writes(used.access)) changed.add(number)
        used.free()
      }
      info.free()
      instruction.free()
      if (flowControl !== FlowControl.Next && flowControl !== FlowControl.ConditionalBranch) break
    }
  } finally {
    factory.free()
    decoder.free()
  }
  return accesses
}

function kindOf(access: OpAccess): MemoryAccess['kind'] | undefined {
  if (access === OpAccess.Write) return 'write'
  const reads = [OpAccess.Read, OpAccess.CondRead, OpAccess.ReadWrite, OpAccess.ReadCondWrite]
  return reads.includes(access) ? 'read' : undefined
}

function writes(access: OpAccess): boolean {
  return access !== OpAccess.None && access !== OpAccess.Read && access !== OpAccess.CondRead
}

function numberOf(register: Register): number | undefined {
  return register >= Register.RAX && register <= Register.R15 ? register - Register.RAX : undefined
}
