// SPDX-License-Identifier: MIT
import type { Span } from '../diagnostics/source-file.ts'
import type { ValuePattern } from './pattern.ts'
import type { Value } from './value.ts'

/** What a variable stands for, and where that was decided. */
export type Binding = {
  readonly value: Value
  /** The `$x` in the file that bound it. */
  readonly span: Span
  /** Number of the event that it was bound at, where events have numbers. */
  readonly event?: number
}
export type Bindings = ReadonlyMap<string, Binding>

/** One thing that does not fit. */
export type Mismatch = {
  /** `kind`, `thread`, or the path of a field: `slot`, `args.a`, `arguments.0`. */
  readonly field: string
  /**
   * `absent`: the event has no such field. `length`: a list pattern of another length. `unbound`: `$x+8` before any `$x`.
   * `expression`: not a regular expression.
   */
  readonly reason: 'kind' | 'value' | 'absent' | 'length' | 'unbound' | 'expression'
  /** The author's text that does not fit. */
  readonly span: Span
  readonly pattern?: ValuePattern
  readonly got?: Value
  /** What the pattern's variable stands for. */
  readonly bound?: Binding
}
