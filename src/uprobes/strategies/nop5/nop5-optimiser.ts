// SPDX-License-Identifier: MIT
import type { AddressSpace, Kernel, KernelPath, Task, Vma } from '../../../kernel/kernel.ts'
import { pageSize } from '../../../machine/machine.ts'
import type { Optimiser } from '../../registry/optimiser.ts'
import type { Uprobe } from '../../registry/uprobe.ts'
import { breakpoint } from '../../user-bkpt/instruction.ts'
import { writeText } from '../../user-bkpt/write-text.ts'
import type { CallTrampolines } from './call-trampolines.ts'

const callOpcode = 0xe8
const callLength = 5

/** Replaces the breakpoint on a five-byte nop by a call to a trampoline, after its first hit in an mm (spec 05 §7). */
export class Nop5Optimiser implements Optimiser {
  readonly #kernel: Kernel
  readonly #trampolines: CallTrampolines

  constructor(kernel: Kernel, trampolines: CallTrampolines) {
    this.#kernel = kernel
    this.#trampolines = trampolines
  }

  isOptimised(uprobe: Uprobe, mm: AddressSpace, address: number): boolean {
    if (!uprobe.analysis?.optimisable) return false
    const bytes = this.#textAt(mm, address)
    if (!bytes || bytes[0] !== callOpcode) return false
    const distance = new DataView(bytes.buffer, bytes.byteOffset).getInt32(1, true)
    return this.#trampolines.contains(mm, address + callLength + distance)
  }

  *considerAfterHit({ mm }: Task, uprobe: Uprobe, probeAddress: number): KernelPath<void> {
    if (!mm || !uprobe.analysis?.optimisable || uprobe.optimisationFailed) return
    // Somebody else may have been faster, or the probe is gone.
    if (this.#textAt(mm, probeAddress)?.[0] !== breakpoint) return
    const trampoline = yield* this.#trampolines.reachableFrom(mm, probeAddress)
    const vma = mm.vmaAt(probeAddress)
    if (trampoline < 0 || !vma || this.#replace(vma, probeAddress, trampoline) < 0)
      uprobe.optimisationFailed = true
  }

  restore(uprobe: Uprobe, vma: Vma, address: number, account: () => number): number {
    const { original } = uprobe.analysis!
    const { memory } = this.#kernel.machine
    const toBreakpoint = writeText(memory, vma, address, {
      bytes: Uint8Array.of(breakpoint),
      registering: true,
      expect: current => current[0] === callOpcode,
    })
    if (toBreakpoint < 0) return toBreakpoint
    const operand = writeText(memory, vma, address + 1, {
      bytes: original.subarray(1, callLength),
      registering: true,
      expect: () => this.#textAt(vma.mm, address)?.[0] === breakpoint,
    })
    if (operand < 0) return operand
    return writeText(memory, vma, address, {
      bytes: original.subarray(0, 1),
      registering: false,
      expect: current => current[0] === breakpoint,
      account,
    })
  }

  /** The operand first, the opcode over the breakpoint last, so that no thread runs half a call (spec 04 §11). */
  #replace(vma: Vma, address: number, trampoline: number): number {
    const { memory } = this.#kernel.machine
    const operand = new Uint8Array(4)
    new DataView(operand.buffer).setInt32(0, trampoline - (address + callLength), true)
    const first = writeText(memory, vma, address + 1, {
      bytes: operand,
      registering: true,
      expect: () => this.#textAt(vma.mm, address)?.[0] === breakpoint,
    })
    if (first < 0) return first
    return writeText(memory, vma, address, {
      bytes: Uint8Array.of(callOpcode),
      registering: true,
      expect: current => current[0] === breakpoint,
    })
  }

  /** The five bytes at an address, which never cross a page, as they are in this mm. */
  #textAt(mm: AddressSpace, address: number): Uint8Array | undefined {
    const frame = mm.page(address, 'read', true)
    if (frame < 0) return undefined
    const offset = address % pageSize
    return this.#kernel.machine.memory.bytes(frame).subarray(offset, offset + callLength)
  }
}
