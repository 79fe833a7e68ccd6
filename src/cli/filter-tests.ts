// SPDX-License-Identifier: MIT
import type { Test } from './test.ts'

export type Filter = {
  readonly grep?: string | undefined
  /** `xol` asks for the tag, `!xol` refuses it. One of those asked for is enough. */
  readonly tags?: readonly string[] | undefined
  /** Only these ids. */
  readonly ids?: ReadonlySet<string> | undefined
}

/** What a filter looks at; an invalid file has no tags that anybody could know. */
export type Filtered = {
  readonly id: string
  readonly title: string
  readonly tags: readonly string[] | undefined
}

/** Tests that pass a filter. Tags never hide an invalid file. */
export function filterTests(tests: readonly Test[], filter: Filter): readonly Test[] {
  return tests.filter(test =>
    passes(
      test.kind === 'scenario'
        ? { id: test.id, title: test.scenario.title.value, tags: test.scenario.tags }
        : { id: test.id, title: '', tags: undefined },
      filter,
    ),
  )
}

export function passes({ id, title, tags: own }: Filtered, { grep, tags = [], ids }: Filter): boolean {
  if (grep !== undefined && !id.includes(grep) && !title.includes(grep)) return false
  if (ids && !ids.has(id)) return false
  if (!own) return true
  const refused = tags.filter(tag => tag.startsWith('!')).map(tag => tag.slice(1))
  const asked = tags.filter(tag => !tag.startsWith('!'))
  const has = (tag: string): boolean => own.includes(tag)
  return !refused.some(has) && (asked.length === 0 || asked.some(has))
}

/** Those with the focus (`only: true`) and every invalid file, where any has it; else all. */
export function focusTests(tests: readonly Test[]): readonly Test[] {
  const focused = tests.some(isFocused)
  return focused ? tests.filter(test => test.kind === 'invalid' || isFocused(test)) : tests
}

export function isFocused(test: Test): boolean {
  return test.kind === 'scenario' && test.scenario.only
}
