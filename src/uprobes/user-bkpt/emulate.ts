// SPDX-License-Identifier: MIT
import type { AddressSpace } from '../../kernel/kernel.ts'
import { Register } from '../../machine/machine.ts'
import type { Analysis } from './analyse.ts'
import { holds } from './holds.ts'
import { writeWord } from './user-memory.ts'

/**
 * Does the instruction at rip in the kernel, where its class allows (spec 02 §5 and §6). False: it has to be stepped, also because its
 * push met a fault. Nothing but rip and rsp changes, flags included.
 */
export function emulate({ action, length }: Analysis, mm: AddressSpace, registers: BigUint64Array): boolean {
  const next = registers[Register.rip]! + BigInt(length)
  switch (action.kind) {
    case 'step':
      return false
    case 'push':
      // `push %rsp` stores the value from before, as the processor does.
      if (!push(mm, registers, registers[action.register]!)) return false
      registers[Register.rip] = next
      return true
    case 'branch': {
      const { condition, offset } = action
      if (condition === 'call' && !push(mm, registers, next)) return false
      const taken = typeof condition !== 'number' || holds(condition, registers[Register.rflags]!)
      registers[Register.rip] = taken ? next + BigInt(offset) : next
      return true
    }
  }
}

/** Pushes a word by a user copy. False, with rsp as it was, at a fault. */
export function push(mm: AddressSpace, registers: BigUint64Array, value: bigint): boolean {
  const top = BigInt.asUintN(64, registers[Register.rsp]! - 8n)
  if (writeWord(mm, top, value) !== 0) return false
  registers[Register.rsp] = top
  return true
}
