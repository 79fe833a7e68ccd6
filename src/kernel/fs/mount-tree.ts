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
  for (const entry of folder.list())
    if (!entries.has(entry.name)) entries.set(entry.name, objectOf(files, entry, root, largestCopy))
  for (const path of temporaryFolders) makeTemporary(files, path)
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
  const inode = files.anonymous(path, entry.kind === 'link' ? 0o777 : entry.mode, contentOf())
  inode.readOnly = parent.readOnly
  if (entry.kind === 'file') {
    inode.assignOutside(entry.file)
    inode.readOnly ||= entry.file.size > largestCopy
  }
  return inode

  function contentOf(): Content {
    if (entry.kind === 'link') return { kind: 'link', target: entry.target }
    if (entry.kind === 'file') return { kind: 'regular' }
    return lazyFolder(parent, () =>
      entry.folder.list().map(child => [child.name, objectOf(files, child, inode, largestCopy)]),
    )
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
