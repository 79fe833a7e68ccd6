// SPDX-License-Identifier: MIT
import { type Frame, type PhysicalMemory, pageSize } from '../../machine/machine.ts'
import type { Image } from '../../program/image.ts'
import type { Inode } from '../kernel.ts'
import type { Area } from '../mm/area.ts'
import type { Mm } from '../mm/mm.ts'
import { zap } from '../mm/zap.ts'
import type { FileLocks } from './file-locks.ts'
import type { OutsideFile } from './outside-tree.ts'
import type { Pipe } from './pipe.ts'
import type { SpecialObject } from './special-object.ts'

/** File type bits of st_mode. */
export const FileType = {
  fifo: 0o010000,
  device: 0o020000,
  directory: 0o040000,
  regular: 0o100000,
  link: 0o120000,
  socket: 0o140000,
} as const

/** What an inode is, beside a name and a mode. */
export type Content =
  | { readonly kind: 'regular' }
  | { readonly kind: 'directory'; readonly entries: Map<string, FileInode>; parent: FileInode | undefined }
  | { readonly kind: 'link'; readonly target: string; readonly jump?: () => FileInode | undefined }
  | { readonly kind: 'device'; readonly device: 'null' | 'zero' | 'full' | 'random' }
  /** To programs a pipe that always has room. */
  | { readonly kind: 'device'; readonly device: 'output'; readonly output: 1 | 2 }
  | { readonly kind: 'pipe'; readonly pipe: Pipe }
  | { readonly kind: 'special'; readonly object: SpecialObject }
  /** The name of a socket of AF_UNIX, which cannot be opened. */
  | { readonly kind: 'socket' }
  /** A file of /proc: its text is made when it is opened. */
  | { readonly kind: 'generated'; readonly text: () => string | Uint8Array }
  /** /proc/PID/mem. */
  | { readonly kind: 'memory'; readonly mm: Mm }

/** An object of the in-memory tree. A regular file keeps its bytes until a page is mapped; then that page of the cache is the truth. */
export class FileInode implements Inode {
  readonly number: number
  path: string
  readonly content: Content
  /** Permission bits. */
  mode: number
  links = 1
  owner = 0
  group = 0
  /** Extended attributes, by their names; made with the first. */
  attributes: Map<string, Uint8Array> | undefined
  /** On a file system that is mounted read-only. */
  readOnly = false
  readonly mappings = new Set<Area>()
  /** Made with the first lock. */
  locks: FileLocks | undefined
  /** The program that the bytes are, where somebody has read it. */
  image: Image | undefined
  readonly #memory: PhysicalMemory
  readonly #cache = new Map<number, Frame>()
  #bytes: Uint8Array = new Uint8Array(0)
  #shared = false
  #outside: OutsideFile | undefined
  #size = 0
  #accessed: bigint | undefined
  #changed = 0n
  #statusChanged = 0n

  constructor(memory: PhysicalMemory, number: number, path: string, mode: number, content: Content) {
    this.#memory = memory
    this.number = number
    this.path = path
    this.mode = mode
    this.content = content
  }

  get size(): number {
    return this.#size
  }

  /** When the content was changed, in nanoseconds since 1970; the first change is when it was made. */
  get changed(): bigint {
    return this.#changed
  }

  set changed(time: bigint) {
    this.#accessed ??= time
    this.#changed = this.#statusChanged = time
  }

  /** When it was made, or what utimensat has said: reading is not noted. */
  get accessed(): bigint {
    return this.#accessed ?? 0n
  }

  /** When anything about it was changed. */
  get statusChanged(): bigint {
    return this.#statusChanged
  }

  /** Mode, owner, names or attributes have changed. */
  changeStatus(now: bigint): void {
    this.#statusChanged = now
  }

  /** Gives it other times; undefined: as it is. */
  setTimes(accessed: bigint | undefined, changed: bigint | undefined, now: bigint): void {
    this.#accessed = accessed ?? this.#accessed
    this.#changed = changed ?? this.#changed
    this.#statusChanged = now
  }

  get regular(): boolean {
    return this.content.kind === 'regular'
  }

  /** Replaces the bytes by an array that is not changed: it is copied before the first write. */
  assign(bytes: Uint8Array): void {
    this.truncate(0)
    this.#outside = undefined
    this.#bytes = bytes
    this.#shared = true
    this.#size = bytes.length
  }

  /** As `assign`, with the bytes of a file outside, of which no more is read than is needed; what it no longer has reads as zeros. */
  assignOutside(file: OutsideFile): void {
    this.assign(new Uint8Array(0))
    this.#outside = file
    this.#size = file.size
  }

  /** False for a file outside that whoever started the machine may not read. */
  get readable(): boolean {
    return this.#outside?.readable ?? true
  }

  get cachedPages(): number {
    return this.#cache.size
  }

  page(index: number): Frame | undefined {
    if (index < 0 || index * pageSize >= this.#size) return undefined
    const cached = this.#cache.get(index)
    if (cached !== undefined) return cached
    const frame = this.#memory.allocate()
    if (frame === undefined) return undefined
    this.#memory.write(frame, 0, this.#range(index * pageSize, this.#end(index)))
    this.#cache.set(index, frame)
    return frame
  }

  cachedPage(index: number): Frame | undefined {
    return this.#cache.get(index)
  }

  addMapping(area: Area): void {
    this.mappings.add(area)
  }

  removeMapping(area: Area): void {
    this.mappings.delete(area)
  }

  /** The bytes of a range, cut at the end of the file. */
  read(offset: number, length: number): Uint8Array {
    const end = Math.min(this.#size, offset + length)
    if (offset >= end) return new Uint8Array(0)
    const result = this.#range(offset, end).slice()
    this.#overCache(offset, end, (frame, at, from, count) => {
      result.set(this.#memory.bytes(frame).subarray(at, at + count), from)
    })
    return result
  }

  /** Writes behind and beyond the end; a gap reads as zeros. */
  write(offset: number, bytes: Uint8Array): void {
    this.image = undefined
    this.#reserve(Math.max(this.#size, offset + bytes.length))
    this.#bytes.set(bytes, offset)
    this.#size = Math.max(this.#size, offset + bytes.length)
    this.#overCache(offset, offset + bytes.length, (frame, at, from, count) => {
      this.#memory.write(frame, at, bytes.subarray(from, from + count))
    })
  }

  /** Pages behind the new end leave the cache and every mapping, private copies included (truncate_pagecache). */
  truncate(size: number): void {
    this.image = undefined
    if (size > this.#size) this.#reserve(size)
    else if (size < this.#size) {
      this.#reserve(this.#size)
      for (const index of [...this.#cache.keys()]) this.#cut(index, size)
      this.#bytes.fill(0, size, this.#size)
    }
    this.#size = size
  }

  #cut(index: number, size: number): void {
    const frame = this.#cache.get(index)!
    const keep = size - index * pageSize
    if (keep >= pageSize) return
    if (keep > 0) {
      this.#memory.write(frame, keep, new Uint8Array(pageSize - keep))
      return
    }
    for (const area of this.mappings) {
      const start = area.start + index * pageSize - area.offset
      if (start >= area.start && start < area.end) zap(area.mm, start, start + pageSize)
    }
    this.#cache.delete(index)
    this.#memory.release(frame)
  }

  /** Calls `use` for each cached page in a range of the file: where in the page, where in the range, how many bytes. */
  #overCache(
    start: number,
    end: number,
    use: (frame: Frame, at: number, from: number, count: number) => void,
  ): void {
    if (this.#cache.size === 0) return
    for (let offset = start; offset < end; ) {
      const at = offset % pageSize
      const count = Math.min(pageSize - at, end - offset)
      const frame = this.#cache.get((offset - at) / pageSize)
      if (frame !== undefined) use(frame, at, offset - start, count)
      offset += count
    }
  }

  #end(index: number): number {
    return Math.min((index + 1) * pageSize, this.#size)
  }

  /** Bytes as they are beside the cache; not to be changed. */
  #range(start: number, end: number): Uint8Array {
    if (!this.#outside) return this.#bytes.subarray(start, end)
    const bytes = this.#outside.read(start, end - start)
    if (bytes.length === end - start) return bytes
    const filled = new Uint8Array(end - start)
    filled.set(bytes)
    return filled
  }

  #reserve(size: number): void {
    if (this.#outside) {
      this.#bytes = this.#range(0, this.#size)
      this.#outside = undefined
      this.#shared = true
    }
    if (!this.#shared && size <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(size, this.#shared ? size : this.#bytes.length * 2))
    grown.set(this.#bytes.subarray(0, this.#size))
    this.#bytes = grown
    this.#shared = false
  }
}
