// SPDX-License-Identifier: MIT
import type { FileTree } from './file-tree.ts'
import type { Content, FileInode } from './inode.ts'
import type { OutsideEntry, OutsideFolder } from './outside-tree.ts'

/** Puts an outside folder under the root; names that are there already stay as they are. What programs write stays in the machine. */
export function mountTree(files: FileTree, folder: OutsideFolder): void {
  if (files.root.content.kind !== 'directory') return
  const { entries } = files.root.content
  for (const entry of folder.list())
    if (!entries.has(entry.name)) entries.set(entry.name, objectOf(files, entry, '', files.root))
}

function objectOf(files: FileTree, entry: OutsideEntry, above: string, parent: FileInode): FileInode {
  const path = `${above}/${entry.name}`
  switch (entry.kind) {
    case 'link':
      return files.anonymous(path, 0o777, { kind: 'link', target: entry.target })
    case 'file': {
      const inode = files.anonymous(path, entry.mode, { kind: 'regular' })
      inode.assignLater(entry.size, entry.read)
      return inode
    }
    case 'folder': {
      const inode: FileInode = files.anonymous(
        path,
        entry.mode,
        lazyFolder(parent, () =>
          entry.folder.list().map(child => [child.name, objectOf(files, child, path, inode)]),
        ),
      )
      return inode
    }
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
