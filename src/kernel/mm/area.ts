// SPDX-License-Identifier: MIT

import type { Frame } from '../../machine/machine.ts'
import type { FileInode } from '../fs/inode.ts'
import type { OpenFile } from '../fs/open-file.ts'
import type { Vma, VmaFlags } from '../kernel.ts'
import type { Mm } from './mm.ts'

/** The flags that programs and plug-ins see, and those that decide about merging and growing. */
export type AreaFlags = VmaFlags & {
  readonly mayRead: boolean
  readonly growsDown: boolean
  /** VM_ACCOUNT: charged as private writable memory. Once set it stays, and so keeps areas apart. */
  readonly account: boolean
  readonly noReserve: boolean
  /** Bits of `Advised`. */
  readonly advised: number
}

/** What madvise has said of an area and keeps it apart from others; only WIPE_ON_FORK changes what programs see. */
export const Advised = {
  SEQUENTIAL: 1,
  RANDOM: 2,
  WIPE_ON_FORK: 4,
  DONT_DUMP: 8,
  HUGE_PAGES: 16,
  NO_HUGE_PAGES: 32,
  MERGEABLE: 64,
} as const

export const noFlags: AreaFlags = {
  read: false,
  write: false,
  execute: false,
  shared: false,
  mayRead: false,
  mayWrite: false,
  mayExecute: false,
  dontCopy: false,
  io: false,
  special: false,
  growsDown: false,
  account: false,
  noReserve: false,
  advised: 0,
}

export function sameFlags(a: AreaFlags, b: AreaFlags): boolean {
  return (
    a === b ||
    (a.read === b.read &&
      a.write === b.write &&
      a.execute === b.execute &&
      a.shared === b.shared &&
      a.mayRead === b.mayRead &&
      a.mayWrite === b.mayWrite &&
      a.mayExecute === b.mayExecute &&
      a.dontCopy === b.dontCopy &&
      a.io === b.io &&
      a.special === b.special &&
      a.growsDown === b.growsDown &&
      a.account === b.account &&
      a.noReserve === b.noReserve &&
      a.advised === b.advised)
  )
}

/** Linux's anon_vma: areas that have anonymous pages merge only within one family. */
export type AnonymousFamily = { readonly anonymous: true }

export type AreaParts = {
  start: number
  end: number
  flags: AreaFlags
  /** The open file that was mapped: areas of different opens do not merge. */
  file?: OpenFile | undefined
  /** File offset of `start`; for anonymous memory the address at which it was first mapped (vm_pgoff). */
  offset: number
  label?: string | undefined
  specialPages?: readonly Frame[] | undefined
}

/** A vma. The mutable twin of what plug-ins see. */
export class Area implements Vma {
  readonly mm: Mm
  start: number
  end: number
  flags: AreaFlags
  readonly file: OpenFile | undefined
  offset: number
  /** Name of a special mapping. */
  readonly label: string | undefined
  family: AnonymousFamily | undefined
  /** Came by fork together with anonymous pages: it shares them with a parent (its anon_vma chain is not singular). */
  inherited = false
  readonly pages: readonly Frame[] | undefined

  constructor(mm: Mm, parts: AreaParts) {
    this.mm = mm
    this.start = parts.start
    this.end = parts.end
    this.flags = parts.flags
    this.file = parts.file
    this.offset = parts.offset
    this.label = parts.label
    this.pages = parts.specialPages
  }

  get inode(): FileInode | undefined {
    return this.file?.inode as FileInode | undefined
  }

  get fileOffset(): number {
    return this.file ? this.offset : 0
  }

  get specialPages(): readonly Frame[] {
    return this.pages ?? []
  }

  get name(): string {
    return this.file?.path ?? this.label ?? this.mm.anonymousName(this)
  }

  /** Whether any access is allowed: x86 pages that are writable or executable can be read as well. */
  get accessible(): boolean {
    return this.flags.read || this.flags.write || this.flags.execute
  }

  /** Private memory that a write copies. */
  get copyOnWrite(): boolean {
    return !this.flags.shared && this.flags.mayWrite
  }

  /** File offset of the page at an address. */
  offsetOf(address: number): number {
    return this.offset + (address - this.start)
  }

  /** The same area with another range, as splitting, fork and mremap make them. */
  derive(mm: Mm, start: number, end: number, offset: number): Area {
    const area = new Area(mm, {
      start,
      end,
      flags: this.flags,
      file: this.file,
      offset,
      label: this.label,
      specialPages: this.pages,
    })
    area.family = this.family
    area.inherited = this.inherited
    return area
  }
}
