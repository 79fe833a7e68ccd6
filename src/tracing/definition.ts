// SPDX-License-Identifier: MIT
import type { ErrnoName } from '../kernel/errno.ts'

/** One step of a fetch program (spec 07 §5). */
export type Fetch =
  | { readonly kind: 'register'; readonly name: string }
  | { readonly kind: 'stack-pointer' }
  | { readonly kind: 'stack-word'; readonly index: number }
  | { readonly kind: 'return-value' }
  | { readonly kind: 'command' }
  | { readonly kind: 'memory'; readonly address: bigint }
  | { readonly kind: 'file-offset'; readonly offset: bigint }
  | { readonly kind: 'immediate'; readonly value: bigint }
  | { readonly kind: 'immediate-string'; readonly text: string }
  | { readonly kind: 'dereference'; readonly offset: bigint; readonly of: Fetch }

export type FetchType = {
  /** As written: `s32`, `string`, `b4@2/8`; `x64` where none is, `string` for texts. */
  readonly name: string
  readonly base: 'unsigned' | 'signed' | 'hex' | 'char' | 'string' | 'bitfield'
  /** Bytes of an element: 1, 2, 4 or 8; 4 for strings (data loc). */
  readonly size: 1 | 2 | 4 | 8
  readonly bitfield?: { readonly width: number; readonly offset: number }
  /** Elements, for arrays. */
  readonly count?: number
}

export type FetchArgument = {
  readonly name: string
  /** The text behind `NAME=`, as listed. */
  readonly text: string
  readonly fetch: Fetch
  readonly type: FetchType
}

/** An accepted definition. */
export type Definition = {
  readonly kind: 'entry' | 'return'
  readonly group: string
  readonly event: string
  readonly path: string
  readonly offset: bigint
  /** 0: none. */
  readonly referenceCounter: bigint
  readonly arguments: readonly FetchArgument[]
  /** Written as `VADDR@PID`: then `path` is empty and `offset` 0, as the file is found when the event is enabled (spec 08 §9). */
  readonly process?: { readonly id: number; readonly address: bigint }
}

/**
 * What the kernel says to a definition that it refuses: errno, and the error_log entry where it makes one (spec 07 §6). A message without
 * `command` is a line of the kernel log.
 */
export type Refusal = {
  readonly errno: ErrnoName
  readonly message?: string
  /** The words of the definition joined by single spaces, as the log repeats it. */
  readonly command?: string
  /** Column in `command`, from 0. */
  readonly caret?: number
}
