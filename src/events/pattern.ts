// SPDX-License-Identifier: MIT
import type { Span } from '../diagnostics/source-file.ts'
import type { EventKind } from './event-kinds.ts'
import type { Value } from './value.ts'

/** What a value must be (scenario format §6.2). */
export type ValuePattern = { readonly span: Span } & (
  | { readonly kind: 'any' }
  | { readonly kind: 'equal'; readonly value: Value }
  /** A place by name, `calc:add+4`; becomes `equal` to an address when the plan is made. */
  | { readonly kind: 'place'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string; readonly plus: bigint }
  | { readonly kind: 'range'; readonly min?: bigint; readonly max?: bigint }
  | { readonly kind: 'in'; readonly options: readonly ValuePattern[] }
  | { readonly kind: 'not'; readonly pattern: ValuePattern }
  /** A regular expression in RE2 syntax, searched anywhere in a text. */
  | { readonly kind: 'regexp'; readonly source: string }
  | { readonly kind: 'mask'; readonly mask: bigint; readonly is: bigint }
  /** Inside a named region: `xol`, `stack:A`, `calc`. The plan and the run know their bounds. */
  | { readonly kind: 'within'; readonly region: string }
  | { readonly kind: 'list'; readonly items: readonly ValuePattern[] }
  | { readonly kind: 'map'; readonly entries: Readonly<Record<string, ValuePattern>> }
)

/** What one event must be: its kind, and those fields that the author named (the subject is among `fields`, under its field name). */
export type EventPattern = {
  readonly kind: EventKind
  /** The task; absent where a lane or nothing says it. */
  readonly thread?: ValuePattern
  readonly fields: Readonly<Record<string, ValuePattern>>
  /** The whole node in the file; `keySpan` is the kind's key. */
  readonly span: Span
  readonly keySpan: Span
}
