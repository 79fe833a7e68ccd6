// SPDX-License-Identifier: MIT
import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  statfsSync,
  statSync,
} from 'node:fs'
import { join, posix } from 'node:path'
import type { OutsideEntry, OutsideFile, OutsideFolder } from '../kernel/fs/outside-tree.ts'

/** `times`: with the times of its files. They differ from checkout to checkout, so no test may see them. */
export type HostView = { readonly below?: string; readonly times?: boolean }

/** A folder by its absolute path, or why it cannot be used. */
export type OpenFolder = (path: string) => OutsideFolder | 'missing' | 'no-folder' | 'unreadable'

/** Looks whether a folder is there and opens it: see `hostFolder`. */
export const openHostFolder: OpenFolder = path => {
  try {
    const real = realpathSync(path)
    if (!statSync(real).isDirectory()) return 'no-folder'
    accessSync(real, constants.R_OK | constants.X_OK)
    return hostFolder(real)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOTDIR') return 'no-folder'
    return code === 'ENOENT' ? 'missing' : 'unreadable'
  }
}

/**
 * A folder of the host as a tree for programs. It is only read, and what has been read once stays as it was. Links are followed by the
 * guest's kernel inside the tree, an absolute one from the tree's root. Devices, sockets and pipes are not there, and what the host's own kernel makes up (/proc, /sys) is empty.
 */
export function hostFolder(root: string, { below = '/', times = false }: HostView = {}): OutsideFolder {
  let entries: readonly OutsideEntry[] | undefined
  return {
    list() {
      entries ??= namesOf(join(root, below)).flatMap(
        name => entryOf(root, posix.join(below, name), name, times) ?? [],
      )
      return entries
    },
  }
}

/**
 * Magic numbers of file systems without files: looking at some of them has effects, and reading may never end. proc, sysfs, debugfs,
 * tracefs, securityfs, cgroup, cgroup2, bpf, configfs, efivarfs, pstore, autofs, mqueue, selinuxfs, binfmt_misc, devpts, nsfs.
 */
const withoutFiles = new Set([
  0x9fa0, 0x62656572, 0x64626720, 0x74726163, 0x73636673, 0x27e0eb, 0x63677270, 0xcafe4a11, 0x62656570,
  0xde5e81e4, 0x6165676c, 0x0187, 0x19800202, 0xf97cff8c, 0x42494e4d, 0x1cd1, 0x6e736673,
])

function namesOf(folder: string): string[] {
  try {
    return withoutFiles.has(statfsSync(folder).type) ? [] : readdirSync(folder).sort()
  } catch {
    return []
  }
}

function entryOf(root: string, below: string, name: string, times: boolean): OutsideEntry | undefined {
  const path = join(root, below)
  try {
    const status = lstatSync(path, { bigint: true })
    const common = { name, mode: Number(status.mode) & 0o7777, ...(times && { changed: status.mtimeNs }) }
    if (status.isDirectory()) return { kind: 'folder', ...common, folder: hostFolder(root, { below, times }) }
    if (status.isFile()) return { kind: 'file', ...common, file: hostFile(path, Number(status.size)) }
    if (!status.isSymbolicLink()) return undefined
    const target = readlinkSync(path)
    return { kind: 'link', ...common, target, leaves: climbsOut(posix.dirname(below), target) }
  } catch {
    return undefined
  }
}

/** Bytes that are read at a time. */
const piece = 2 ** 20

function hostFile(path: string, size: number): OutsideFile {
  const pieces = new Map<number, Uint8Array>()
  const pieceAt = (index: number): Uint8Array => {
    const known = pieces.get(index) ?? readPiece(path, index * piece, Math.min(piece, size - index * piece))
    pieces.set(index, known)
    return known
  }
  return {
    size,
    get readable() {
      return isReadable(path)
    },
    read(offset, length) {
      const end = Math.min(size, offset + length)
      const first = Math.floor(offset / piece)
      if (offset >= end) return new Uint8Array(0)
      if (end <= (first + 1) * piece) return pieceAt(first).subarray(offset % piece, end - first * piece)
      const whole = new Uint8Array(end - offset)
      for (let at = offset; at < end; ) {
        const part = pieceAt(Math.floor(at / piece)).subarray(at % piece, (at % piece) + end - at)
        whole.set(part, at - offset)
        at += piece - (at % piece)
      }
      return whole
    },
  }
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK)
    return true
  } catch {
    return false
  }
}

/** What has become a link or a pipe since it was listed is neither followed nor waited for. */
function readPiece(path: string, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let done = 0
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      while (done < length && fstatSync(file).isFile()) {
        const count = readSync(file, bytes, done, length - done, offset + done)
        if (count === 0) break
        done += count
      }
    } finally {
      closeSync(file)
    }
  } catch {
    return bytes.subarray(0, done)
  }
  return bytes.subarray(0, done)
}

function climbsOut(folder: string, target: string): boolean {
  if (target.startsWith('/')) return false
  let depth = folder.split('/').filter(name => name !== '').length
  for (const name of target.split('/')) {
    if (name === '..') depth--
    else if (name !== '' && name !== '.') depth++
    if (depth < 0) return true
  }
  return false
}
