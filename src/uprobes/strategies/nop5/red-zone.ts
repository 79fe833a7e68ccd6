// SPDX-License-Identifier: MIT
import type { AddressSpace } from '../../../kernel/kernel.ts'
import { type MemoryAccess, memoryAccesses } from '../../../machine/cpu/decode/memory-accesses.ts'
import { Register } from '../../../machine/machine.ts'
import type { Uprobe } from '../../registry/uprobe.ts'

/** Instructions behind a probe that are looked at. */
const reach = 24
const longestInstruction = 15

/**
 * Whether the program will miss what the call of an optimised probe has overwritten (bug B4). That bytes are lost is no harm where nobody
 * wants them, so the bug shows only where the instructions behind the probe, straight ahead, read one of them before it is written again.
 */
export class RedZone {
  /** What the code behind each probe does to memory: the file does not change. */
  readonly #accesses = new Map<Uprobe, readonly MemoryAccess[]>()

  /** `lost`: the bytes below the stack pointer that were overwritten. `behind`: where the program goes on. */
  isMissed(
    uprobe: Uprobe,
    mm: AddressSpace,
    behind: bigint,
    { registers, lost }: { readonly registers: BigUint64Array; readonly lost: number },
  ): boolean {
    const first = registers[Register.rsp]! - BigInt(lost)
    const missing: boolean[] = new Array(lost).fill(true)
    for (const { kind, base, displacement, bytes } of this.#behind(uprobe, mm, behind)) {
      const at = Number(BigInt.asIntN(64, registers[base]! + displacement - first))
      for (let index = 0; index < bytes; index++) {
        if (!missing[at + index]) continue
        if (kind === 'read') return true
        missing[at + index] = false
      }
    }
    return false
  }

  #behind(uprobe: Uprobe, mm: AddressSpace, behind: bigint): readonly MemoryAccess[] {
    const known = this.#accesses.get(uprobe)
    if (known) return known
    const bytes = mm.peek(Number(behind), reach * longestInstruction) ?? new Uint8Array()
    const accesses = memoryAccesses(bytes, behind, reach)
    this.#accesses.set(uprobe, accesses)
    return accesses
  }
}
