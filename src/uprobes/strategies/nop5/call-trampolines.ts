// SPDX-License-Identifier: MIT
import { type AddressSpace, Errno, type Kernel, type KernelPath, type Vma } from '../../../kernel/kernel.ts'
import { pageSize, userEnd } from '../../../machine/machine.ts'
import type { KernelProfile } from '../../profile.ts'
import { callLength } from './call-form.ts'

const name = '[uprobes-trampoline]'
const key = Symbol('call trampolines')

/** Pages that optimised probes call, each within reach of a near call, in every mm that needs one. */
export class CallTrampolines {
  readonly #kernel: Kernel
  readonly #code: Uint8Array
  /** Profile choice `call-trampolines`. */
  readonly #kept: KernelProfile['call-trampolines']

  constructor(kernel: Kernel, code: Uint8Array, kept: KernelProfile['call-trampolines']) {
    this.#kernel = kernel
    this.#code = code
    this.#kept = kept
  }

  /** Whether an address lies in a trampoline that is still mapped. */
  contains(mm: AddressSpace, address: number): boolean {
    const vma = mm.vmaAt(address)
    return vma !== undefined && isTrampoline(vma)
  }

  /**
   * A trampoline for a call at this address: a known one, or a new one at the nearest free page. -ENOMEM: none. A listed one is taken
   * newest first, even if the program has unmapped it since.
   */
  *reachableFrom(mm: AddressSpace, caller: number): KernelPath<number> {
    const known =
      this.#kept === 'listed' ? pagesOf(mm) : mm.vmas.filter(isTrampoline).map(({ start }) => start)
    const near = known.find(page => isReachable(caller, page))
    if (near !== undefined) return near
    const start = nearestFreePage(mm, caller)
    if (start === undefined) return -Errno.ENOMEM
    // Known before the mapping's own events, as the slot area is.
    known.unshift(start)
    const failure = yield* this.#map(mm, start)
    if (failure < 0) known.splice(known.indexOf(start), 1)
    return failure < 0 ? failure : start
  }

  /** Linux shows the same page everywhere; nobody can write it, so nobody can tell. */
  *#map(mm: AddressSpace, start: number): KernelPath<number> {
    const { memory } = this.#kernel.machine
    const frame = memory.allocate()
    if (frame === undefined) return -Errno.ENOMEM
    memory.write(frame, 0, this.#code)
    // What fork does not copy, the child's optimised probes call in vain (bug B2).
    const dontCopy = this.#kept === 'listed'
    const flags = { read: true, execute: true, mayExecute: true, dontCopy, io: true, special: true }
    const failure = yield* mm.mapSpecial({ start, frames: [frame], name, flags })
    memory.release(frame)
    return failure
  }
}

function isTrampoline({ inode, flags, name: vmaName }: Vma): boolean {
  return inode === undefined && flags.special && vmaName === name
}

/** Trampolines that were made in an mm, newest first; never forgotten, not even when the program unmaps one. */
function pagesOf(mm: AddressSpace): number[] {
  const known = mm.plugins.get(key) as number[] | undefined
  if (known) return known
  const pages: number[] = []
  mm.plugins.set(key, pages)
  return pages
}

const reach = 2 ** 31

function isReachable(caller: number, page: number): boolean {
  const distance = caller + callLength - page
  return distance >= -reach && distance < reach
}

/** vm.mmap_min_addr. */
const lowestAddress = 0x10000

/** The free page that is closest, above or below; above wins a tie. */
function nearestFreePage(mm: AddressSpace, caller: number): number | undefined {
  const end = caller + callLength
  const above = lowestFreePage(mm, end, Math.min(end + reach - 1, userEnd))
  const below = highestFreePage(mm, Math.max(end - reach, lowestAddress), end)
  if (above === undefined || below === undefined) return above ?? below
  return end - below < above - end ? below : above
}

/**
 * What vm_unmapped_area asks of a gap for an aligned page, wherever it begins: room for the page and for what the alignment may cost. So a
 * gap of a single page is passed over.
 */
const room = 2 * pageSize - 1

function lowestFreePage(mm: AddressSpace, low: number, high: number): number | undefined {
  let start = low
  for (const vma of mm.vmas) {
    if (vma.end <= start) continue
    if (start + room <= guardedStart(vma)) break
    start = vma.end
  }
  return start + room <= high ? Math.ceil(start / pageSize) * pageSize : undefined
}

function highestFreePage(mm: AddressSpace, low: number, high: number): number | undefined {
  let end = high
  for (const vma of [...mm.vmas].reverse()) {
    if (guardedStart(vma) >= end) continue
    if (vma.end + room <= end) break
    end = guardedStart(vma)
  }
  return end - room >= low ? Math.floor(end / pageSize - 1) * pageSize : undefined
}

/** The stack keeps a gap below it free (stack_guard_gap, 256 pages). */
function guardedStart({ name: vmaName, start }: { readonly name: string; readonly start: number }): number {
  return vmaName === '[stack]' ? start - 256 * pageSize : start
}
