// SPDX-License-Identifier: MIT
export type Schema = { readonly [keyword: string]: unknown }

/**
 * One key that authors write. `title` is its spoken name in messages ("the 2nd argument of thread `main`"), so it is a noun in
 * the singular where it names an item.
 */
export function property(title: string, doc: string, examples: readonly unknown[], schema: Schema): Schema {
  return { title, markdownDescription: doc, examples, ...schema }
}

/** A map with these keys and no others. */
export function closed(properties: Readonly<Record<string, Schema>>, more: Schema = {}): Schema {
  return { type: 'object', additionalProperties: false, properties, ...more }
}

/** A map from names that the author chooses. */
export function named(item: Schema): Schema {
  return { type: 'object', additionalProperties: item }
}

export function listOf(items: Schema): Schema {
  return { type: 'array', items }
}

export function ref(definition: string): Schema {
  return { $ref: `#/definitions/${definition}` }
}

/** Text with at least one character that is not a space. */
export const text: Schema = { type: 'string', pattern: '\\S' }
export const anyText: Schema = { type: 'string' }
