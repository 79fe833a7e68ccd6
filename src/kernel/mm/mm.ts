// SPDX-License-Identifier: MIT
import { type Frame, type PageTable, pageShift, pageSize } from '../../machine/machine.ts'
import type { OpenFile } from '../fs/open-file.ts'
import type { AddressSpace, KernelPath, SpawnOptions, VmaFlags } from '../kernel.ts'
import type { KernelCore } from '../kernel-core.ts'
import type { ThreadStop } from '../run/stop-threads.ts'
import type { KernelTask } from '../task/kernel-task.ts'
import type { Area } from './area.ts'
import { getPage } from './get-page.ts'
import { mapSpecial } from './map-special.ts'
import { unmappedArea } from './unmapped-area.ts'
import { peekMemory, readMemory, readWord, writeMemory, writeWord } from './user-memory.ts'
import { zap } from './zap.ts'

/** Top of the range that mappings without an address are given from: below the largest stack's place (mmap_base without randomisation). */
export const mmapBase = 0x7fff_f7ff_f000

const allFree = { above: mmapBase, size: 0 } as const

/** An mm: areas in address order, the page table, and the marks that exec left. What changes it lives beside it, a file an operation. */
export class Mm implements AddressSpace {
  readonly kernel: KernelCore
  readonly id: number
  readonly users = new Set<KernelTask>()
  readonly areas: Area[] = []
  readonly plugins = new Map<symbol, unknown>()
  readonly table: PageTable
  /** Calls under way that change the mappings. */
  changes = 0
  /** Its threads are kept from user mode. */
  stop: ThreadStop | undefined
  breakStart = 0
  breakEnd = 0
  stackStart = 0
  /** What /proc/PID/exe names. */
  executable: OpenFile | undefined
  /** Code in which no step ends, of the program that `spawn` has started here. */
  stub: SpawnOptions['stub']
  /** Arguments of the program, as /proc/PID/cmdline shows them. */
  commandLine: readonly string[] = []
  /** Its environment when it began, as /proc/PID/environ shows it. */
  environment: readonly string[] = []
  /** No gap of `size` bytes or more begins at or above `above`, up to the mmap base. */
  tight: { readonly above: number; readonly size: number } = allFree
  /** Frames that special mappings hold until the mm goes. */
  readonly specialFrames: Frame[] = []

  constructor(kernel: KernelCore, id: number) {
    this.kernel = kernel
    this.id = id
    this.table = kernel.machine.newPageTable()
  }

  get mappingsChange(): boolean {
    return this.changes > 0
  }

  get vmas(): readonly Area[] {
    return this.areas
  }

  vmaAt(address: number): Area | undefined {
    const area = this.areaEndingAbove(address)
    return area && area.start <= address ? area : undefined
  }

  /** The first area that ends above an address (find_vma): it holds the address or lies above it. */
  areaEndingAbove(address: number): Area | undefined {
    return this.areas[this.indexEndingAbove(address)]
  }

  indexEndingAbove(address: number): number {
    let low = 0
    let high = this.areas.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.areas[middle]!.end > address) high = middle
      else low = middle + 1
    }
    return low
  }

  /** Where an area of this mm stands among the others, also while a neighbour that takes it over lies over it. */
  indexOf(area: Area): number {
    const at = this.indexEndingAbove(area.start)
    return this.areas[at] === area ? at : this.areas.indexOf(area)
  }

  /** The range below an address may be free now: gaps are looked for there again. */
  loosen(address: number): void {
    const next = this.areaEndingAbove(address)
    const above = next ? next.end : mmapBase
    if (above > this.tight.above) this.tight = above >= mmapBase ? allFree : { ...this.tight, above }
  }

  insert(area: Area): void {
    // The gap below a stack is not to be used.
    if (area.flags.growsDown) this.tight = allFree
    this.areas.splice(this.indexEndingAbove(area.start), 0, area)
    area.inode?.addMapping(area)
  }

  remove(area: Area): void {
    this.areas.splice(this.indexOf(area), 1)
    area.inode?.removeMapping(area)
  }

  anonymousName(area: Area): string {
    if (area.start < this.breakEnd && area.end > this.breakStart) return '[heap]'
    if (area.start <= this.stackStart && area.end >= this.stackStart) return '[stack]'
    return ''
  }

  unmappedArea(hint: number, length: number): number | undefined {
    return unmappedArea(this, hint, length)
  }

  mapSpecial(options: {
    start: number
    frames: readonly Frame[]
    name: string
    flags: Partial<VmaFlags>
  }): KernelPath<number> {
    return mapSpecial(this, options)
  }

  page(address: number, access: 'read' | 'write', force: boolean): Frame | number {
    return getPage(this, address, access, force)
  }

  replacePage(address: number, frame: Frame): void {
    const area = this.vmaAt(address)
    if (!area) throw new Error(`no mapping at 0x${address.toString(16)}`)
    const page = Math.floor(address / pageSize)
    const old = this.table.get(page)
    this.table.set(page, { frame, ...areaRights(area), write: false })
    this.adoptFamily(area)
    if (old) this.kernel.memory.release(old.frame)
  }

  dropPage(address: number): void {
    const start = address - (address % pageSize)
    zap(this, start, start + pageSize)
  }

  pageState(address: number): 'private' | 'file' | 'absent' {
    const frame = this.table.frameOf(pageOf(address))
    const area = this.vmaAt(address)
    if (frame === undefined || !area || frame === this.kernel.zeroPage) return 'absent'
    return isAnonymous(area, address, frame) ? 'private' : 'file'
  }

  read(address: number, into: Uint8Array): number {
    return readMemory(this, address, into)
  }

  write(address: number, bytes: Uint8Array): number {
    return writeMemory(this, address, bytes)
  }

  readWord(address: number): bigint | undefined {
    return readWord(this, address)
  }

  writeWord(address: number, value: bigint): number {
    return writeWord(this, address, value)
  }

  peek(address: number, length: number): Uint8Array | undefined {
    return peekMemory(this, address, length)
  }

  /** An area is about to get its first anonymous page: it joins a neighbour's family where the two could be one (anon_vma_prepare). */
  adoptFamily(area: Area): void {
    if (area.family || area.pages) return
    const at = this.indexOf(area)
    const next = this.areas[at + 1]
    const before = this.areas[at - 1]
    area.family = (next && !next.inherited && couldBeOne(area, next) ? next.family : undefined) ??
      (before && !before.inherited && couldBeOne(before, area) ? before.family : undefined) ?? {
        anonymous: true,
      }
  }
}

/** Rights of the page table entries of an area, without the right to write. */
export function areaRights(area: Area): { read: boolean; execute: boolean; user: boolean } {
  return { read: area.accessible, execute: area.flags.execute, user: area.accessible }
}

/** Whether the frame at an address is the mm's own: not the file's, not a special mapping's, not the page of zeros. */
export function isAnonymous(area: Area, address: number, frame: Frame): boolean {
  if (area.pages || frame === area.mm.kernel.zeroPage) return false
  if (!area.inode) return true
  return area.inode.cachedPage(Math.floor(area.offsetOf(address) / pageSize)) !== frame
}

export function pageOf(address: number): number {
  return Math.floor(address / (1 << pageShift))
}

function couldBeOne(left: Area, right: Area): boolean {
  return (
    left.end === right.start &&
    left.file === right.file &&
    left.flags.shared === right.flags.shared &&
    left.flags.growsDown === right.flags.growsDown &&
    left.flags.account === right.flags.account &&
    right.offset === left.offset + (left.end - left.start)
  )
}
