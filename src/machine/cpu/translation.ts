// SPDX-License-Identifier: MIT
import { Layout, tlbWords } from '../layout.ts'
import { PageFault, pageShift, pageSize, Vector } from '../machine.ts'
import { Packed } from '../memory/page-table.ts'
import type { CpuState } from './state.ts'

/** An address that no page has: a TLB entry with it never matches. */
const noPage = 1

/**
 * Host address of `bytes` bytes (1 to 512) that may be read at high:low, or -1 after an exception has been recorded. Bytes
 * that cross a page are gathered in the read bounce, which the next such read reuses. `vector` is the exception of a
 * non-canonical address: #GP, or #SS for stack references.
 */
export function translateRead(
  cpu: CpuState,
  low: number,
  high: number,
  bytes: number,
  vector: number,
): number {
  const tlb = cpu.readTlb
  const at = (low >>> 10) & 0x7fc
  if (tlb[at] === ((low + bytes - 1) & -4096) && tlb[at + 1] === high) return tlb[at + 2]! | (low & 4095)
  return readSlowly(cpu, low, high, bytes, vector)
}

/**
 * Host address of `bytes` bytes that may be read and written, or -1. Bytes that cross a page are gathered in the write
 * bounce; `finish` puts them back. To be called last of all that may fault.
 */
export function translateWrite(
  cpu: CpuState,
  low: number,
  high: number,
  bytes: number,
  vector: number,
): number {
  const tlb = cpu.writeTlb
  const at = (low >>> 10) & 0x7fc
  if (tlb[at] === ((low + bytes - 1) & -4096) && tlb[at + 1] === high) return tlb[at + 2]! | (low & 4095)
  return writeSlowly(cpu, low, high, bytes, vector)
}

/** `translateRead` for operations that have `i32` at hand: the fast path touches nothing else. */
export function quickRead(
  cpu: CpuState,
  i32: Int32Array,
  low: number,
  high: number,
  bytes: number,
  vector: number,
): number {
  // The words of Layout.readTlb.
  const at = 0x400 + ((low >>> 10) & 0x7fc)
  if (i32[at] === ((low + bytes - 1) & -4096) && i32[at + 1] === high) return i32[at + 2]! | (low & 4095)
  return readSlowly(cpu, low, high, bytes, vector)
}

/** `translateWrite` likewise. */
export function quickWrite(
  cpu: CpuState,
  i32: Int32Array,
  low: number,
  high: number,
  bytes: number,
  vector: number,
): number {
  // The words of Layout.writeTlb.
  const at = 0xc00 + ((low >>> 10) & 0x7fc)
  if (i32[at] === ((low + bytes - 1) & -4096) && i32[at + 1] === high) return i32[at + 2]! | (low & 4095)
  return writeSlowly(cpu, low, high, bytes, vector)
}

/** Takes over whether accesses must be aligned: then no translation is cached, so that every access is looked at. */
export function setAlignmentChecks(cpu: CpuState, on: boolean): void {
  if (cpu.checksAlignment === on) return
  cpu.checksAlignment = on
  flushTlbs(cpu)
}

/** Ends a write to a host address that `translateWrite` gave; always `Outcome.next`. */
export function finish(cpu: CpuState): 0 {
  return cpu.pendingBytes === 0 ? 0 : spread(cpu)
}

/** `finish` for operations that have the host address at hand. */
export function finishAt(cpu: CpuState, at: number): 0 {
  // Layout.writeBounce.
  return at === 0x600 ? spread(cpu) : 0
}

/** Forgets all cached translations. */
export function flushTlbs(cpu: CpuState): void {
  for (let at = 0; at < tlbWords; at += 4) {
    cpu.readTlb[at] = noPage
    cpu.writeTlb[at] = noPage
    cpu.fetchTlb[at] = noPage
  }
  cpu.epoch++
}

/** Forgets the cached translations of one page. */
export function flushPage(cpu: CpuState, page: number): void {
  const at = (page % (tlbWords / 4)) * 4
  cpu.readTlb[at] = noPage
  cpu.writeTlb[at] = noPage
  cpu.fetchTlb[at] = noPage
}

/** Forgets where a frame may be written: it holds decoded code from now on. */
export function protectFrame(cpu: CpuState, frame: number): void {
  const host = frame << pageShift
  for (let at = 0; at < tlbWords; at += 4) if (cpu.writeTlb[at + 2] === host) cpu.writeTlb[at] = noPage
}

/** Frame of the page at high:low for fetching, or -1 after #PF or #GP for the byte at high:low. */
export function translateFetch(cpu: CpuState, low: number, high: number): number {
  if (!isCanonical(high)) return cpu.raise(Vector.GP, 0)
  return walk(cpu, low, high, Packed.execute, PageFault.FETCH)
}

export function isCanonical(high: number): boolean {
  const top = high >> 15
  return top === 0 || top === -1
}

/** The number of the page that holds high:low, for canonical user addresses. */
function pageOf(low: number, high: number): number {
  return high * 0x10_0000 + (low >>> pageShift)
}

/** The frame behind a canonical address, or -1 after #PF (Intel SDM 3A §4.7). */
function walk(cpu: CpuState, low: number, high: number, right: number, access: number): number {
  const packed = high < 0 || cpu.table === undefined ? 0 : cpu.table.walk(pageOf(low, high))
  if ((packed & right) !== 0 && (packed & Packed.user) !== 0) return packed >>> Packed.frameShift
  // A user page without any right is what an operating system makes of PROT_NONE: not present to the processor.
  const rights = packed & (Packed.read | Packed.write | Packed.execute)
  const present = packed !== 0 && (rights !== 0 || (packed & Packed.user) === 0) ? PageFault.PRESENT : 0
  return cpu.raise(Vector.PF, present | access | PageFault.USER, low, high)
}

/** Sizes whose parts ask for less: extended reals, and the images of the x87 state (Intel SDM 3A, table 6-7). */
const alignments: ReadonlyMap<number, number> = new Map([
  [10, 8],
  [14, 2],
  [28, 4],
  [94, 2],
  [108, 4],
  [512, 4],
])

function isMisaligned(low: number, bytes: number): boolean {
  return (low & ((alignments.get(bytes) ?? bytes) - 1)) !== 0
}

function isRangeCanonical(low: number, high: number, bytes: number): boolean {
  if (!isCanonical(high)) return false
  const last = (low + bytes - 1) | 0
  return last >>> 0 >= low >>> 0 || isCanonical((high + 1) | 0)
}

function readSlowly(cpu: CpuState, low: number, high: number, bytes: number, vector: number): number {
  if (!isRangeCanonical(low, high, bytes)) return cpu.raise(vector, 0)
  if (cpu.checksAlignment && isMisaligned(low, bytes)) return cpu.raise(Vector.AC, 0)
  const frame = walk(cpu, low, high, Packed.read, 0)
  if (frame < 0) return -1
  const offset = low & 4095
  const first = pageSize - offset
  if (first >= bytes) {
    if (cpu.checksAlignment) return (frame << pageShift) | offset
    const at = (low >>> 10) & 0x7fc
    cpu.readTlb[at] = low & -4096
    cpu.readTlb[at + 1] = high
    cpu.readTlb[at + 2] = frame << pageShift
    return (frame << pageShift) | offset
  }
  const nextLow = ((low & -4096) + pageSize) | 0
  const next = walk(cpu, nextLow, nextLow === 0 ? (high + 1) | 0 : high, Packed.read, 0)
  if (next < 0) return -1
  const host = (frame << pageShift) | offset
  cpu.u8.copyWithin(Layout.readBounce, host, host + first)
  cpu.u8.copyWithin(Layout.readBounce + first, next << pageShift, (next << pageShift) + bytes - first)
  return Layout.readBounce
}

function writeSlowly(cpu: CpuState, low: number, high: number, bytes: number, vector: number): number {
  if (!isRangeCanonical(low, high, bytes)) return cpu.raise(vector, 0)
  if (cpu.checksAlignment && isMisaligned(low, bytes)) return cpu.raise(Vector.AC, 0)
  const frame = walk(cpu, low, high, Packed.write, PageFault.WRITE)
  if (frame < 0) return -1
  const offset = low & 4095
  const first = pageSize - offset
  const host = (frame << pageShift) | offset
  if (first >= bytes) {
    cpu.code.drop(frame, offset, bytes)
    if (!cpu.checksAlignment && !cpu.code.holdsCode(frame)) {
      const at = (low >>> 10) & 0x7fc
      cpu.writeTlb[at] = low & -4096
      cpu.writeTlb[at + 1] = high
      cpu.writeTlb[at + 2] = frame << pageShift
    }
    return host
  }
  const nextLow = ((low & -4096) + pageSize) | 0
  const next = walk(cpu, nextLow, nextLow === 0 ? (high + 1) | 0 : high, Packed.write, PageFault.WRITE)
  if (next < 0) return -1
  cpu.u8.copyWithin(Layout.writeBounce, host, host + first)
  cpu.u8.copyWithin(Layout.writeBounce + first, next << pageShift, (next << pageShift) + bytes - first)
  cpu.pendingBytes = bytes
  cpu.pendingFirst = host
  cpu.pendingSecond = next
  return Layout.writeBounce
}

function spread(cpu: CpuState): 0 {
  const { u8, pendingFirst: host, pendingSecond: next, pendingBytes: bytes } = cpu
  const first = pageSize - (host & 4095)
  cpu.pendingBytes = 0
  cpu.code.drop(host >>> pageShift, host & 4095, first)
  cpu.code.drop(next, 0, bytes - first)
  u8.copyWithin(host, Layout.writeBounce, Layout.writeBounce + first)
  u8.copyWithin(next << pageShift, Layout.writeBounce + first, Layout.writeBounce + bytes)
  return 0
}
