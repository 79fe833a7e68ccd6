// SPDX-License-Identifier: MIT

/** A folder of a tree outside the machine. It is looked at as far as programs look at it, and gives the same answers each time. */
export interface OutsideFolder {
  list(): readonly OutsideEntry[]
}

export type OutsideFile = {
  readonly size: number
  /** Whether whoever started the machine may read it. */
  readonly readable: boolean
  /** Bytes of a range, cut at the end of the file; fewer where it has become shorter or cannot be read. They are not changed. */
  read(offset: number, length: number): Uint8Array
}

export type OutsideEntry = {
  readonly name: string
  /** Permission bits. */
  readonly mode: number
  /** When it was changed last, in nanoseconds since 1970; 0 where nothing is said. */
  readonly changed?: bigint
} & (
  | { readonly kind: 'folder'; readonly folder: OutsideFolder }
  | { readonly kind: 'file'; readonly file: OutsideFile }
  /** `leaves`: it climbs out of the tree, and programs do not find it. */
  | { readonly kind: 'link'; readonly target: string; readonly leaves: boolean }
)
