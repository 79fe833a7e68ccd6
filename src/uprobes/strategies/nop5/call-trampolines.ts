// SPDX-License-Identifier: MIT
import { type AddressSpace, Errno, type Kernel, type KernelPath } from '../../../kernel/kernel.ts'
import { pageSize, userEnd } from '../../../machine/machine.ts'

/**
 * push rcx, r11, rax; rax = 336; syscall; pop rax, r11, rcx; ret (spec 03 §6). On the stack behind them: the address after the call.
 */
const code = Uint8Array.from([
  0x51, 0x41, 0x53, 0x50, 0x48, 0xc7, 0xc0, 0x50, 0x01, 0x00, 0x00, 0x0f, 0x05, 0x58, 0x41, 0x5b, 0x59, 0xc3,
  0xcc,
])
const name = '[uprobes-trampoline]'
const key = Symbol('call trampolines')

/** Pages that optimised probes call, each within reach of a near call, in every mm that needs one. */
export class CallTrampolines {
  readonly #kernel: Kernel
  constructor(kernel: Kernel) {
    this.#kernel = kernel
  }

  /** Whether an address lies in a trampoline that is still mapped. */
  contains(mm: AddressSpace, address: number): boolean {
    const vma = mm.vmaAt(address)
    return vma !== undefined && vma.inode === undefined && vma.flags.special && vma.name === name
  }

  /** A trampoline for a call at this address: a known one, newest first, or a new one at the nearest free page. -ENOMEM: none. */
  *reachableFrom(mm: AddressSpace, caller: number): KernelPath<number> {
    const known = pagesOf(mm)
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
    memory.write(frame, 0, code)
    const flags = { read: true, execute: true, mayExecute: true, dontCopy: true, io: true, special: true }
    const failure = yield* mm.mapSpecial({ start, frames: [frame], name, flags })
    memory.release(frame)
    return failure
  }
}

/** Trampolines that were made in an mm, newest first; never forgotten, not even when the program unmaps one. */
function pagesOf(mm: AddressSpace): number[] {
  const known = mm.plugins.get(key) as number[] | undefined
  if (known) return known
  const pages: number[] = []
  mm.plugins.set(key, pages)
  return pages
}

const callLength = 5
const reach = 2 ** 31

function isReachable(caller: number, page: number): boolean {
  const distance = caller + callLength - page
  return distance >= -reach && distance < reach
}

/** The free page that is closest, above or below; above wins a tie. */
function nearestFreePage(mm: AddressSpace, caller: number): number | undefined {
  const end = caller + callLength
  const above = lowestFreePage(mm, end, Math.min(end + reach - 1, userEnd))
  const below = highestFreePage(mm, Math.max(end - reach, pageSize), end)
  if (above === undefined || below === undefined) return above ?? below
  return end - below < above - end ? below : above
}

function lowestFreePage(mm: AddressSpace, low: number, high: number): number | undefined {
  let start = Math.ceil(low / pageSize) * pageSize
  for (const vma of mm.vmas) {
    if (vma.end <= start) continue
    if (start + pageSize <= guardedStart(vma)) break
    start = vma.end
  }
  return start + pageSize <= high ? start : undefined
}

function highestFreePage(mm: AddressSpace, low: number, high: number): number | undefined {
  let end = Math.floor(high / pageSize) * pageSize
  for (const vma of [...mm.vmas].reverse()) {
    if (guardedStart(vma) >= end) continue
    if (vma.end + pageSize <= end) break
    end = guardedStart(vma)
  }
  return end - pageSize >= low ? end - pageSize : undefined
}

/** The stack keeps a gap below it free (stack_guard_gap, 256 pages). */
function guardedStart({ name: vmaName, start }: { readonly name: string; readonly start: number }): number {
  return vmaName === '[stack]' ? start - 256 * pageSize : start
}
