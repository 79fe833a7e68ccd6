// SPDX-License-Identifier: MIT

import type { PhysicalMemory } from '../../machine/machine.ts'
import { Errno } from '../errno.ts'
import { type Content, FileInode } from './inode.ts'
import type { OutsideFile } from './outside-tree.ts'

/** Names that are made up when somebody looks: `/proc/self`, process numbers. */
export type DynamicNames = {
  readonly find: (folder: FileInode, name: string) => FileInode | undefined
  readonly list: (folder: FileInode) => readonly string[]
}

/** Links in one path before -ELOOP. */
const mostLinks = 40

/** How a path ends (LAST_NORM and so on). */
export type LastKind = 'name' | 'dot' | 'dotdot' | 'root'

/** What a path leads to: the object, or the folder and the name where it would be. */
export type Found = {
  readonly inode: FileInode | undefined
  readonly folder: FileInode
  readonly name: string
  readonly path: string
  readonly last: LastKind
  /** Something follows the last name: it has to be a folder. */
  readonly slash: boolean
}

/** The tree of files of one boot. Paths are absolute or relative to a given folder's path. */
export class FileTree {
  readonly root: FileInode
  dynamic: DynamicNames = { find: () => undefined, list: () => [] }
  readonly #memory: PhysicalMemory
  readonly #outside: FileInode[] = []
  #next = 1

  constructor(memory: PhysicalMemory) {
    this.#memory = memory
    this.root = this.#make('/', 0o755, { kind: 'directory', entries: new Map(), parent: undefined })
    this.#entries(this.root).parent = this.root
  }

  /** Pages of the page cache that files from outside have. */
  get outsidePages(): number {
    return this.#outside.reduce((sum, { cachedPages }) => sum + cachedPages, 0)
  }

  /** A file from outside, without a name. */
  fromOutside(path: string, mode: number, file: OutsideFile): FileInode {
    const inode = this.#make(path, mode, { kind: 'regular' })
    inode.assignOutside(file)
    this.#outside.push(inode)
    return inode
  }

  /** Follows a path. -ENOENT only where a folder on the way is missing: a missing last component is `inode: undefined`. */
  find(path: string, from: string, followLast: boolean): Found | number {
    return this.#start(path, from, followLast ? 'follow' : 'keep')
  }

  /** Follows a path up to its last name, which is not followed even with a slash behind it: for what makes and removes names. */
  findName(path: string, from: string): Found | number {
    return this.#start(path, from, 'name')
  }

  /** The names of a folder, `.` and `..` first, and those that are made up last. */
  list(folder: FileInode): readonly (readonly [name: string, inode: FileInode])[] {
    const { entries, parent } = this.#entries(folder)
    const made = this.dynamic.list(folder).flatMap(name => {
      const inode = entries.has(name) ? undefined : this.dynamic.find(folder, name)
      return inode ? [[name, inode] as const] : []
    })
    return [['.', folder], ['..', parent ?? folder], ...entries, ...made]
  }

  lookup(path: string, from = '/', followLast = true): FileInode | number {
    const found = this.find(path, from, followLast)
    return typeof found === 'number' ? found : (found.inode ?? -Errno.ENOENT)
  }

  /** Makes an object under a name that is free. */
  create(folder: FileInode, name: string, path: string, mode: number, content: Content): FileInode {
    const inode = this.#make(path, mode, content)
    inode.readOnly = folder.readOnly
    this.#entries(folder).entries.set(name, inode)
    if (content.kind === 'directory') content.parent = folder
    return inode
  }

  /** An object without a name: a file of /proc, a special object. */
  anonymous(path: string, mode: number, content: Content): FileInode {
    return this.#make(path, mode, content)
  }

  /** A pipe without a name: its path has its number. */
  stream(content: Content): FileInode {
    const inode = this.#make('pipe', 0o600, content)
    inode.path = `pipe:[${inode.number}]`
    return inode
  }

  /** A folder with those above it; existing ones stay, and links to folders are followed. */
  makeFolders(path: string): FileInode {
    let folder = this.root
    for (const name of namesOf(path)) {
      const found = this.find(name, folder.path, true)
      if (typeof found === 'number') throw new Error(`${path} leads through ${name}, which is no folder`)
      folder = found.inode ?? this.#makeFolder(found)
    }
    return folder
  }

  /** Makes or replaces a regular file, with the folders above it. */
  putFile(path: string, bytes: Uint8Array, mode: number): FileInode {
    const names = namesOf(path)
    const name = names.pop() ?? ''
    const folder = this.makeFolders(names.join('/'))
    const inode = this.create(folder, name, join(folder, name), mode, { kind: 'regular' })
    inode.assign(bytes)
    return inode
  }

  #makeFolder({ folder, name, path }: Found): FileInode {
    return this.create(folder, name, path, 0o755, { kind: 'directory', entries: new Map(), parent: folder })
  }

  #make(path: string, mode: number, content: Content): FileInode {
    return new FileInode(this.#memory, this.#next++, path, mode, content)
  }

  #entries(folder: FileInode): Extract<Content, { kind: 'directory' }> {
    if (folder.content.kind !== 'directory') throw new Error(`${folder.path} is not a folder`)
    return folder.content
  }

  #start(path: string, from: string, how: LastLink): Found | number {
    if (path === '') return -Errno.ENOENT
    if (path.length >= 4096) return -Errno.ENAMETOOLONG
    return this.#walk(path.startsWith('/') ? path : `${from}/${path}`, how, { left: mostLinks })
  }

  #walk(path: string, how: LastLink, links: { left: number }): Found | number {
    const names = path.split('/').filter(name => name !== '')
    const slash = names.length > 0 && path.endsWith('/')
    let folder = this.root
    for (const [index, name] of names.entries()) {
      const last = index === names.length - 1
      if (folder.content.kind !== 'directory') return -Errno.ENOTDIR
      if (name.length > 255) return -Errno.ENAMETOOLONG
      if (name === '.' || name === '..') {
        if (name === '..') folder = folder.content.parent ?? this.root
        if (last) return found(folder, folder, name, name === '.' ? 'dot' : 'dotdot', slash)
        continue
      }
      const child = folder.content.entries.get(name) ?? this.dynamic.find(folder, name)
      const place = { folder, name, path: join(folder, name), last: 'name' as const, slash }
      if (!child) return last ? { ...place, inode: undefined } : -Errno.ENOENT
      if (child.content.kind === 'link' && (!last || how === 'follow' || (slash && how === 'keep'))) {
        if (links.left-- === 0) return -Errno.ELOOP
        const { target, jump } = child.content
        const jumped = jump?.()
        if (jumped && last) return found(jumped, folder, name, 'name', slash)
        if (target === '') return -Errno.ENOENT
        const rest = [...names.slice(index + 1), ...(slash ? [''] : [])]
        const start = jumped?.path ?? target
        const whole = [start.startsWith('/') ? start : join(folder, start), ...rest].join('/')
        return this.#walk(whole, how, links)
      }
      if (last) {
        if (slash && how !== 'name' && child.content.kind !== 'directory') return -Errno.ENOTDIR
        return { ...place, inode: child }
      }
      folder = child
    }
    return found(folder, folder, '/', 'root', slash)
  }
}

/** What happens to a link at the end: it is followed, kept unless a slash is behind it, or kept. */
type LastLink = 'follow' | 'keep' | 'name'

function found(inode: FileInode, folder: FileInode, name: string, last: LastKind, slash: boolean): Found {
  return { inode, folder, name, path: inode.path, last, slash }
}

/** Names of a path that is taken as absolute. */
function namesOf(path: string): string[] {
  return path.split('/').filter(name => name !== '' && name !== '.')
}

function join(folder: FileInode, name: string): string {
  return folder.path === '/' ? `/${name}` : `${folder.path}/${name}`
}
