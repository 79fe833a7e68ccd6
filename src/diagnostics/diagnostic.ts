// SPDX-License-Identifier: MIT
import type { Code } from './codes.ts'
import type { Span } from './source-file.ts'

/** A mark in the author's text; the first label of a diagnostic is where it broke, others are the other half of the story. */
export type Label = { readonly span: Span; readonly text?: string }

/** What the tool says about a file or a run. Errors are values of this type until the command line prints them. */
export type Diagnostic = {
  readonly code: Code
  readonly severity: 'error' | 'warning'
  /** One sentence in a colleague's words, without the trailing dot. */
  readonly message: string
  readonly labels: readonly Label[]
  /** Lines shown under the author's text, such as the instructions around an address. */
  readonly listing?: readonly string[]
  readonly notes?: readonly string[]
  readonly help?: readonly string[]
  /** A replacement that a machine may apply. */
  readonly fix?: { readonly span: Span; readonly text: string }
}

/** A value, or the reasons why there is none. */
export type Result<T> =
  | { readonly ok: true; readonly value: T; readonly warnings?: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }
