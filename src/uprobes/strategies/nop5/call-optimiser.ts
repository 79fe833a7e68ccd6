// SPDX-License-Identifier: MIT
import type { AddressSpace, Inode, Kernel, KernelPath, Task, Vma } from '../../../kernel/kernel.ts'
import { pageSize } from '../../../machine/machine.ts'
import type { Optimiser } from '../../registry/optimiser.ts'
import type { Uprobe } from '../../registry/uprobe.ts'
import { breakpoint } from '../../user-bkpt/instruction.ts'
import { writeText } from '../../user-bkpt/write-text.ts'
import { type CallForm, callLength, callOpcode } from './call-form.ts'
import type { CallTrampolines } from './call-trampolines.ts'

/** Replaces the breakpoint on a nop by a call to a trampoline, after its first hit in an mm (spec 05 §7). */
export class CallOptimiser implements Optimiser {
  readonly #kernel: Kernel
  readonly #form: CallForm
  readonly #trampolines: CallTrampolines
  /** Places that have held the call in some mm. */
  readonly #rewritten = new Map<Inode, Set<number>>()

  constructor(kernel: Kernel, form: CallForm, trampolines: CallTrampolines) {
    this.#kernel = kernel
    this.#form = form
    this.#trampolines = trampolines
  }

  isOptimised(uprobe: Uprobe, mm: AddressSpace, address: number): boolean {
    const target = this.callTarget(uprobe, mm, address)
    return target !== undefined && this.#trampolines.contains(mm, target)
  }

  /** Where the call goes that stands in the place of a probe; undefined where there is none. */
  callTarget(uprobe: Uprobe, mm: AddressSpace, address: number): number | undefined {
    if (!uprobe.analysis?.optimisable) return undefined
    const { before, length } = this.#form
    const bytes = this.#textAt(mm, address)
    if (!bytes || bytes[before.length] !== callOpcode) return undefined
    if (before.some((byte, index) => bytes[index] !== byte)) return undefined
    const distance = new DataView(bytes.buffer, bytes.byteOffset).getInt32(before.length + 1, true)
    return address + length + distance
  }

  *considerAfterHit({ mm }: Task, uprobe: Uprobe, probeAddress: number): KernelPath<void> {
    if (!mm || !uprobe.analysis?.optimisable || uprobe.optimisationFailed) return
    // Somebody else may have been faster, or the probe is gone.
    if (this.#textAt(mm, probeAddress)?.[0] !== breakpoint) return
    const caller = probeAddress + this.#form.before.length
    const trampoline = yield* this.#trampolines.reachableFrom(mm, caller)
    const vma = mm.vmaAt(probeAddress)
    if (trampoline < 0 || !vma || this.#replace(vma, probeAddress, trampoline) < 0)
      uprobe.optimisationFailed = true
    else this.#remember(uprobe)
  }

  restore(uprobe: Uprobe, vma: Vma, address: number, account: () => number): number {
    const { original } = uprobe.analysis!
    const { memory } = this.#kernel.machine
    const first = this.#wholeForm(0)[0]!
    const toBreakpoint = writeText(memory, vma, address, {
      bytes: Uint8Array.of(breakpoint),
      registering: true,
      expect: current => current[0] === first,
    })
    if (toBreakpoint < 0) return toBreakpoint
    const rest = writeText(memory, vma, address + 1, {
      bytes: original.subarray(1, callLength),
      registering: true,
      expect: () => this.#textAt(vma.mm, address)?.[0] === breakpoint,
    })
    if (rest < 0) return rest
    return writeText(memory, vma, address, {
      bytes: original.subarray(0, 1),
      registering: false,
      expect: current => current[0] === breakpoint,
      account,
    })
  }

  leftovers(): readonly { readonly inode: Inode; readonly offset: number; readonly length: number }[] {
    const { length } = this.#form
    if (length === callLength) return []
    return [...this.#rewritten].flatMap(([inode, offsets]) =>
      [...offsets].map(offset => ({ inode, offset: offset + callLength, length: length - callLength })),
    )
  }

  /** The first byte last, over the breakpoint, so that no thread runs half a call (spec 04 §11). */
  #replace(vma: Vma, address: number, trampoline: number): number {
    const { memory } = this.#kernel.machine
    const bytes = this.#wholeForm(trampoline - (address + this.#form.length))
    const rest = writeText(memory, vma, address + 1, {
      bytes: bytes.subarray(1),
      registering: true,
      expect: () => this.#textAt(vma.mm, address)?.[0] === breakpoint,
    })
    if (rest < 0) return rest
    return writeText(memory, vma, address, {
      bytes: bytes.subarray(0, 1),
      registering: true,
      expect: current => current[0] === breakpoint,
    })
  }

  #wholeForm(distance: number): Uint8Array {
    const { before, length } = this.#form
    const bytes = new Uint8Array(length)
    bytes.set(before)
    bytes[before.length] = callOpcode
    new DataView(bytes.buffer).setInt32(before.length + 1, distance, true)
    return bytes
  }

  #remember({ inode, offset }: Uprobe): void {
    const offsets = this.#rewritten.get(inode)
    if (offsets) offsets.add(offset)
    else this.#rewritten.set(inode, new Set([offset]))
  }

  /** The bytes of the form at an address, which never cross a page, as they are in this mm. */
  #textAt(mm: AddressSpace, address: number): Uint8Array | undefined {
    const frame = mm.page(address, 'read', true)
    if (frame < 0) return undefined
    const offset = address % pageSize
    return this.#kernel.machine.memory.bytes(frame).subarray(offset, offset + this.#form.length)
  }
}
