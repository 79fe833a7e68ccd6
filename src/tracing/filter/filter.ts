// SPDX-License-Identifier: MIT
import type { Field } from '../record/fields.ts'
import type { TextPattern } from './text-pattern.ts'

export type Operator = '~' | '!=' | '==' | '<=' | '<' | '>=' | '>' | '&'

/** One term of a filter. */
export type Predicate = { readonly field: Field } & (
  | { readonly kind: 'text'; readonly pattern: TextPattern; readonly not: boolean }
  | { readonly kind: 'number'; readonly operator: Operator; readonly value: bigint }
  | { readonly kind: 'cpus'; readonly operator: Operator; readonly cpus: readonly number[] }
)

/** A parsed filter. `alternatives` is a list of lists: any of the outer, all of the inner ones. */
export type Filter =
  | { readonly kind: 'predicate'; readonly not: boolean; readonly predicate: Predicate }
  | { readonly kind: 'group'; readonly not: boolean; readonly alternatives: readonly (readonly Filter[])[] }
