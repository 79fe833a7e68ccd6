// SPDX-License-Identifier: MIT
import { type AddressSpace, Errno, type Kernel, type Vma } from '../../kernel/kernel.ts'
import { pageSize } from '../../machine/machine.ts'
import { addressOf } from './suitable-vma.ts'
import type { Uprobe } from './uprobe.ts'

/**
 * The 16-bit counters by which programs know that someone listens (spec 04 §10). A counter that is not mapped yet is remembered and
 * raised when its page comes.
 */
export class ReferenceCounters {
  readonly #kernel: Kernel
  #delayed: { readonly uprobe: Uprobe; readonly mm: AddressSpace }[] = []

  constructor(kernel: Kernel) {
    this.#kernel = kernel
  }

  /** Moves a probe's counter in one mm. 0 or a negative errno: -EINVAL when it would go below zero, or of the fault. */
  change(uprobe: Uprobe, mm: AddressSpace, delta: 1 | -1): number {
    if (uprobe.referenceCounterOffset === 0) return 0
    const vma = mm.vmas.find(candidate => holdsCounter(candidate, uprobe))
    const failure = vma ? this.#write(vma, uprobe, delta) : 0
    if (vma && delta > 0) return failure
    if (delta < 0) this.forget(entry => entry.uprobe === uprobe && entry.mm === mm)
    else if (!this.#delayed.some(entry => entry.uprobe === uprobe && entry.mm === mm))
      this.#delayed.push({ uprobe, mm })
    return failure
  }

  /** A private writable mapping has come: counters that waited for it go up. Errors are only logged. */
  mapped(vma: Vma): void {
    this.forget(({ uprobe, mm }) => {
      if (mm !== vma.mm || !holdsCounter(vma, uprobe)) return false
      this.#write(vma, uprobe, 1)
      return true
    })
  }

  forget(which: (entry: { readonly uprobe: Uprobe; readonly mm: AddressSpace }) => boolean): void {
    this.#delayed = this.#delayed.filter(entry => !which(entry))
  }

  #write(vma: Vma, uprobe: Uprobe, delta: 1 | -1): number {
    const { memory } = this.#kernel.machine
    const address = addressOf(vma, uprobe.referenceCounterOffset)!
    const frame = vma.mm.page(address, 'write', false)
    if (frame < 0) return this.#warn(uprobe, delta, frame)
    const offset = address % pageSize
    const bytes = memory.bytes(frame).slice(offset, offset + 2)
    const view = new DataView(bytes.buffer)
    const value = view.getInt16(0, true)
    if (value + delta < 0) {
      this.#kernel.log(`ref_ctr going negative. vaddr: ${hex(address)}, curr val: ${value}, delta: ${delta}`)
      return this.#warn(uprobe, delta, -Errno.EINVAL)
    }
    view.setInt16(0, value + delta, true)
    memory.write(frame, offset, bytes)
    return 0
  }

  #warn(uprobe: Uprobe, delta: 1 | -1, failure: number): number {
    const { inode, offset, referenceCounterOffset } = uprobe
    this.#kernel.log(
      `ref_ctr ${delta > 0 ? 'increment' : 'decrement'} failed for inode: ${hex(inode.number)} offset: ${hex(offset)} ref_ctr_offset: ${hex(referenceCounterOffset)}`,
    )
    return failure
  }
}

/** Private and writable, of the probe's file, and reaching over the counter. */
export function holdsCounter(vma: Vma, uprobe: Uprobe): boolean {
  return (
    vma.inode === uprobe.inode &&
    vma.flags.write &&
    !vma.flags.shared &&
    addressOf(vma, uprobe.referenceCounterOffset) !== undefined
  )
}

function hex(value: number): string {
  return `0x${value.toString(16)}`
}
