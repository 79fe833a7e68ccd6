// SPDX-License-Identifier: MIT
import { posix } from 'node:path'
import type { Image } from '../program/image.ts'
import { libraryImage } from './library-image.ts'

/** A file of the guest's tree that is none of the scenario's own, such as a shared library. */
export type Library = {
  /** What places in it are called in events: the last part of its path, as it was written first. */
  readonly name: string
  /** Where definitions find it. */
  readonly path: string
  /** Where it lies, without links. */
  readonly realPath: string
  readonly image: Image
}

/** Reads a file of the guest's tree: undefined where there is none. */
export type ReadGuestFile = (
  path: string,
) => { readonly bytes: Uint8Array; readonly realPath: string } | undefined

/** Where a library is looked for by its name alone: the folders that dynamic linkers know without being told. */
const usualFolders = [
  '/lib/x86_64-linux-gnu',
  '/usr/lib/x86_64-linux-gnu',
  '/lib64',
  '/usr/lib64',
  '/lib',
  '/usr/lib',
  '/usr/local/lib',
]

/** Files of the guest's tree by their paths, or libraries by their names (`libc.so.6`). Each is read when it is first asked for. */
export class Libraries {
  readonly #read: ReadGuestFile
  readonly #taken: (name: string) => boolean
  readonly #found = new Map<string, Library | undefined>()

  /** `taken`: names that stand for something else. */
  constructor(read: ReadGuestFile, taken: (name: string) => boolean) {
    this.#read = read
    this.#taken = taken
  }

  find(written: string): Library | undefined {
    if (!this.#found.has(written)) this.#found.set(written, this.#search(written))
    return this.#found.get(written)
  }

  /** Those that have been found, each once. */
  all(): readonly Library[] {
    return [...new Set([...this.#found.values()].filter(library => library !== undefined))]
  }

  #search(written: string): Library | undefined {
    if (written.startsWith('/')) return this.#open(written)
    if (!/^[^/]+\.so(\.|$)/.test(written)) return undefined
    for (const folder of usualFolders) {
      const library = this.#open(posix.join(folder, written))
      if (library) return library
    }
    return undefined
  }

  #open(path: string): Library | undefined {
    const file = this.#read(path)
    if (!file) return undefined
    const { bytes, realPath } = file
    const known = this.all().find(library => library.realPath === realPath)
    if (known) return { ...known, path }
    const short = posix.basename(path)
    const clash = this.#taken(short) || this.all().some(({ name }) => name === short)
    const name = clash ? path : short
    const image = libraryImage(bytes, name)
    return image && { name, path, realPath, image }
  }
}
