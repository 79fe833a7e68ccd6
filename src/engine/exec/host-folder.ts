// SPDX-License-Identifier: MIT
import { closeSync, constants, lstatSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { OutsideEntry, OutsideFolder } from '../../kernel/fs/outside-tree.ts'

/**
 * A folder of the host as a tree for programs. It is only read. Links are followed by the guest's kernel inside the tree, an absolute one
 * from the tree's root; a relative one that climbs above the root is not there. Devices, sockets and pipes are not there either.
 */
export function hostFolder(root: string, below = '/'): OutsideFolder {
  return {
    list() {
      const folder = join(root, below)
      return namesOf(folder).flatMap(name => entryOf(root, posix.join(below, name), name) ?? [])
    },
  }
}

function namesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

function entryOf(root: string, below: string, name: string): OutsideEntry | undefined {
  const path = join(root, below)
  try {
    const status = lstatSync(path)
    const mode = status.mode & 0o7777
    if (status.isDirectory()) return { kind: 'folder', name, mode, folder: hostFolder(root, below) }
    if (status.isFile()) return { kind: 'file', name, mode, size: status.size, read: () => readOnly(path) }
    if (!status.isSymbolicLink()) return undefined
    const target = readlinkSync(path)
    return climbsOut(posix.dirname(below), target) ? undefined : { kind: 'link', name, mode, target }
  } catch {
    return undefined
  }
}

/** A file that has become a link since it was listed is not followed. */
function readOnly(path: string): Uint8Array {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW)
    try {
      return readFileSync(file)
    } finally {
      closeSync(file)
    }
  } catch {
    return new Uint8Array(0)
  }
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
