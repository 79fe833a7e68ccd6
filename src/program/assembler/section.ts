// SPDX-License-Identifier: MIT
import type { Span } from '../../diagnostics/source-file.ts'
import type { Expression } from './expression.ts'
import type { Form } from './form.ts'

/** Content of known length whose bytes may depend on addresses. */
export type Piece = { readonly offset: number; readonly size: number; readonly span: Span } & (
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'fill'; readonly fill: number }
  | { readonly kind: 'value'; readonly expression: Expression }
  | { readonly kind: 'instruction'; readonly form: Form }
)

/** What ends a fragment: content whose length only the layout knows. */
export type Tail =
  | {
      readonly kind: 'branch'
      readonly short: Form
      readonly long: Form
      isLong: boolean
      readonly span: Span
    }
  | {
      readonly kind: 'align'
      readonly boundary: number
      /** Absent: no-operations in code, zeros elsewhere. */
      readonly fill?: number
      /** No padding at all where more would be needed. */
      readonly limit?: number
    }
  | { readonly kind: 'space'; readonly count: Expression; readonly fill: number; readonly span: Span }

/** A run of pieces whose distances never change. */
export type Fragment = {
  readonly section: Section
  readonly pieces: Piece[]
  size: number
  tail?: Tail
  /** Set by the layout, as all that follows. */
  address: bigint
  tailSize: number
}

export type Section = {
  readonly name: string
  readonly loaded: boolean
  readonly write: boolean
  readonly execute: boolean
  /** False for `.bss` and its like: no bytes in the file. */
  readonly hasBytes: boolean
  readonly fragments: Fragment[]
  alignment: number
  address: bigint
  size: number
}

export function openFragment(section: Section): Fragment {
  const last = section.fragments.at(-1)
  if (last && !last.tail) return last
  const fragment: Fragment = { section, pieces: [], size: 0, address: 0n, tailSize: 0 }
  section.fragments.push(fragment)
  return fragment
}

/** Appends content of `size` bytes to the section. */
export function append(section: Section, piece: AppendedPiece): void {
  const fragment = openFragment(section)
  fragment.pieces.push({ ...piece, offset: fragment.size })
  fragment.size += piece.size
}

type AppendedPiece = Piece extends infer P ? (P extends Piece ? Omit<P, 'offset'> : never) : never
