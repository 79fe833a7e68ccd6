// SPDX-License-Identifier: MIT
import type { AddressSpace, Inode, Kernel, KernelPath, Vma } from '../../../kernel/kernel.ts'
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

  *considerAfterHit(mm: AddressSpace, uprobe: Uprobe, address: number): KernelPath<void> {
    if (uprobe.optimisationFailed || !this.#holdsBreakpoint(mm, address)) return
    const trampoline = yield* this.#trampolines.reachableFrom(mm, address + this.#form.before.length)
    const failure = trampoline < 0 ? trampoline : this.#replace(uprobe, mm, address, trampoline)
    if (failure < 0) uprobe.optimisationFailed = true
  }

  restore(uprobe: Uprobe, vma: Vma, address: number): number {
    const original = uprobe.analysis!.original.subarray(1, callLength)
    const failure = this.#write(vma, address, Uint8Array.of(breakpoint))
    return failure < 0 ? failure : this.#write(vma, address + 1, original)
  }

  leftovers(): readonly { readonly inode: Inode; readonly offset: number; readonly length: number }[] {
    const { length } = this.#form
    if (length === callLength) return []
    return [...this.#rewritten].flatMap(([inode, offsets]) =>
      [...offsets].map(offset => ({ inode, offset: offset + callLength, length: length - callLength })),
    )
  }

  /** The first byte last, over the breakpoint, so that no thread runs half a call (spec 04 §11). */
  #replace(uprobe: Uprobe, mm: AddressSpace, address: number, trampoline: number): number {
    // While the trampoline was made, somebody else may have been faster.
    if (!this.#holdsBreakpoint(mm, address)) return 0
    const vma = mm.vmaAt(address)!
    const bytes = this.#wholeForm(trampoline - (address + this.#form.length))
    const failure = this.#write(vma, address + 1, bytes.subarray(1))
    if (failure < 0) return failure
    this.#remember(uprobe)
    return this.#write(vma, address, bytes.subarray(0, 1))
  }

  /** Over whatever is there. */
  #write(vma: Vma, address: number, bytes: Uint8Array): number {
    const { memory } = this.#kernel.machine
    return writeText(memory, vma, address, { bytes, registering: true, expect: () => true })
  }

  #holdsBreakpoint(mm: AddressSpace, address: number): boolean {
    return this.#textAt(mm, address)?.[0] === breakpoint
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
