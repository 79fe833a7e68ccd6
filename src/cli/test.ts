// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Scenario } from '../scenario/scenario.ts'

/** What is reported on: a scenario, or a file that holds none because of its mistakes. `file` is as messages print it. */
export type Test =
  | { readonly kind: 'scenario'; readonly id: string; readonly file: string; readonly scenario: Scenario }
  | {
      readonly kind: 'invalid'
      readonly id: string
      readonly file: string
      readonly diagnostics: readonly Diagnostic[]
    }
