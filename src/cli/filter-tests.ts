// SPDX-License-Identifier: MIT
import type { Test } from './test.ts'

export type Filter = {
  readonly grep?: string | undefined
  /** `xol` asks for the tag, `!xol` refuses it. One of those asked for is enough. */
  readonly tags?: readonly string[] | undefined
  /** Only these ids. */
  readonly ids?: ReadonlySet<string> | undefined
}

/** Tests that pass a filter. What an invalid file is tagged with nobody can know, so tags never hide one. */
export function filterTests(tests: readonly Test[], { grep, tags = [], ids }: Filter): readonly Test[] {
  const refused = tags.filter(tag => tag.startsWith('!')).map(tag => tag.slice(1))
  const asked = tags.filter(tag => !tag.startsWith('!'))
  return tests.filter(test => {
    const title = test.kind === 'scenario' ? test.scenario.title.value : ''
    if (grep !== undefined && !test.id.includes(grep) && !title.includes(grep)) return false
    if (ids && !ids.has(test.id)) return false
    if (test.kind === 'invalid') return true
    const has = (tag: string): boolean => test.scenario.tags.includes(tag)
    return !refused.some(has) && (asked.length === 0 || asked.some(has))
  })
}

/** Those with the focus (`only: true`) and every invalid file, where any has it; else all. */
export function focusTests(tests: readonly Test[]): readonly Test[] {
  const focused = tests.some(isFocused)
  return focused ? tests.filter(test => test.kind === 'invalid' || isFocused(test)) : tests
}

export function isFocused(test: Test): boolean {
  return test.kind === 'scenario' && test.scenario.only
}
