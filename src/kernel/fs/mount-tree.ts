// SPDX-License-Identifier: MIT
import type { FileTree } from './file-tree.ts'
import type { Content, FileInode } from './inode.ts'
import type { OutsideEntry, OutsideFolder } from './outside-tree.ts'

/** Folders for files that programs make while they run. What the outside tree has in them is there too, as a copy that can be written. */
const temporaryFolders = ['/dev/shm', '/tmp', '/var/tmp']

/**
 * Puts an outside folder under the root; names that are there already stay as they are. It is a file system that is mounted read-only,
 * but for the folders of temporary files. Files larger than `largestCopy` cannot be written there either.
 */
export function mountTree(files: FileTree, folder: OutsideFolder, largestCopy: number): void {
  const { root } = files
  if (root.content.kind !== 'directory') return
  root.readOnly = true
  const { entries } = root.content
  for (const entry of insideOf(folder))
    if (!entries.has(entry.name)) entries.set(entry.name, objectOf(files, entry, root, largestCopy))
  for (const path of temporaryFolders) makeTemporary(files, path)
}

function insideOf(folder: OutsideFolder): readonly OutsideEntry[] {
  return folder.list().filter(entry => entry.kind !== 'link' || !entry.leaves)
}

/** Where a link leads, as `mount` takes it; a link that leads nowhere stays one. */
function makeTemporary(files: FileTree, path: string): void {
  const found = files.find(path, '/', true)
  const missing = typeof found === 'number' || !found.inode
  if (missing && typeof files.lookup(path, '/', false) !== 'number') return
  const folder = missing ? files.makeFolders(path) : found.inode
  if (folder?.content.kind !== 'directory') return
  folder.readOnly = false
  folder.mode = 0o1777
}

function objectOf(files: FileTree, entry: OutsideEntry, parent: FileInode, largestCopy: number): FileInode {
  const path = parent === files.root ? `/${entry.name}` : `${parent.path}/${entry.name}`
  const inode = make()
  const tooLarge = entry.kind === 'file' && entry.file.size > largestCopy
  inode.readOnly = parent.readOnly || tooLarge
  inode.changed = entry.changed ?? 0n
  return inode

  function make(): FileInode {
    switch (entry.kind) {
      case 'link':
        return files.anonymous(path, 0o777, { kind: 'link', target: entry.target })
      case 'file':
        return files.fromOutside(path, entry.mode, entry.file)
      case 'folder':
        return files.anonymous(
          path,
          entry.mode,
          lazyFolder(parent, () => childrenOf(entry.folder)),
        )
    }
  }

  function childrenOf(folder: OutsideFolder): [string, FileInode][] {
    return insideOf(folder).map(child => [child.name, objectOf(files, child, inode, largestCopy)])
  }
}

function lazyFolder(parent: FileInode, list: () => [string, FileInode][]): Content {
  let entries: Map<string, FileInode> | undefined
  return {
    kind: 'directory',
    parent,
    get entries() {
      entries ??= new Map(list())
      return entries
    },
  }
}
