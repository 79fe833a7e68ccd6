// SPDX-License-Identifier: MIT

/** A folder of a tree outside the machine. It is looked at as far as programs look at it, each folder and file once. */
export interface OutsideFolder {
  list(): readonly OutsideEntry[]
}

export type OutsideEntry = {
  readonly name: string
  /** Permission bits. */
  readonly mode: number
} & (
  | { readonly kind: 'folder'; readonly folder: OutsideFolder }
  | { readonly kind: 'file'; readonly size: number; readonly read: () => Uint8Array }
  | { readonly kind: 'link'; readonly target: string }
)
