// SPDX-License-Identifier: MIT
import type { FileInode } from './inode.ts'

/** Flags of open(2) that are looked at. */
export const Open = {
  accessMode: 3,
  writeOnly: 1,
  readWrite: 2,
  create: 0o100,
  exclusive: 0o200,
  truncate: 0o1000,
  append: 0o2000,
  nonblock: 0o4000,
  directory: 0o200000,
  noFollow: 0o400000,
  closeOnExec: 0o2000000,
  pathOnly: 0o10000000,
} as const

/** A struct file: an inode, the path it was opened by, the position that all descriptors of it share. */
export class OpenFile {
  readonly inode: FileInode
  readonly path: string
  flags: number
  position = 0
  /** Descriptors and mappings do not tell apart: only descriptors count here, and the last one closes pipe ends. */
  references = 1
  /** Text of a generated file, as it was when its beginning was read; the names of a folder being listed. */
  snapshot: Uint8Array | undefined
  listing: readonly (readonly [string, FileInode])[] | undefined
  /** Of a named pipe that nobody wrote to when it was opened: how many had; until the next one has come and gone it is not hung up. */
  writersBefore: number | undefined
  /** F_SETOWN: kept only. */
  owner = 0
  /** 1 or 2 for the outputs of the run. */
  output: 1 | 2 | undefined

  constructor(inode: FileInode, path: string, flags: number) {
    this.inode = inode
    this.path = path
    this.flags = flags
  }

  /** Has no position: what is read is gone. */
  get stream(): boolean {
    const { kind } = this.inode.content
    return kind === 'pipe' || kind === 'special'
  }

  get readable(): boolean {
    return (this.flags & Open.accessMode) !== Open.writeOnly && (this.flags & Open.pathOnly) === 0
  }

  get writable(): boolean {
    return (this.flags & Open.accessMode) !== 0 && (this.flags & Open.pathOnly) === 0
  }
}
