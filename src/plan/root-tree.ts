// SPDX-License-Identifier: MIT
import { posix } from 'node:path'
import type { OutsideEntry, OutsideFile, OutsideFolder } from '../kernel/fs/outside-tree.ts'

/** What a path leads to in a root folder, links followed; `path` is the one without links. */
export type InRoot =
  | { readonly kind: 'file'; readonly path: string; readonly mode: number; readonly file: OutsideFile }
  | { readonly kind: 'folder'; readonly path: string }
  /** `path`: the first name that is not there. `link`: the link that led there, where one did. */
  | { readonly kind: 'missing'; readonly path: string; readonly link?: RootLink }
  /** A link that climbs out of the folder, or one of a circle. */
  | { readonly kind: 'leaves'; readonly link: RootLink }
  | { readonly kind: 'loops'; readonly link: RootLink }
export type RootLink = { readonly path: string; readonly target: string }

const mostLinks = 40

/** Follows paths in a root folder as the guest's kernel does, to say before a run what is not there. */
export class RootTree {
  readonly folder: OutsideFolder

  constructor(folder: OutsideFolder) {
    this.folder = folder
  }

  find(path: string): InRoot {
    return this.#walk(namesOf(path), mostLinks, undefined)
  }

  #walk(names: readonly string[], links: number, link: RootLink | undefined): InRoot {
    const above: { readonly path: string; readonly folder: OutsideFolder }[] = []
    let here = { path: '/', folder: this.folder }
    for (const [index, name] of names.entries()) {
      if (name === '..') {
        here = above.pop() ?? here
        continue
      }
      const path = posix.join(here.path, name)
      const entry = entryNamed(here.folder, name)
      const rest = names.slice(index + 1)
      switch (entry?.kind) {
        case undefined:
          return { kind: 'missing', path, ...(link && { link }) }
        case 'link': {
          const { target, leaves } = entry
          if (leaves) return { kind: 'leaves', link: { path, target } }
          if (links === 0) return { kind: 'loops', link: { path, target } }
          const start = target.startsWith('/') ? target : posix.join(here.path, target)
          return this.#walk([...namesOf(start), ...rest], links - 1, link ?? { path, target })
        }
        case 'file': {
          const { mode, file } = entry
          if (rest.length > 0)
            return { kind: 'missing', path: posix.join(path, rest[0]!), ...(link && { link }) }
          return { kind: 'file', path, mode, file }
        }
        case 'folder':
          above.push(here)
          here = { path, folder: entry.folder }
      }
    }
    return { kind: 'folder', path: here.path }
  }
}

function entryNamed(folder: OutsideFolder, name: string): OutsideEntry | undefined {
  return folder.list().find(entry => entry.name === name)
}

function namesOf(path: string): string[] {
  return path.split('/').filter(name => name !== '' && name !== '.')
}
