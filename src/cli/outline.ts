// SPDX-License-Identifier: MIT
import { positionAt } from '../diagnostics/source-file.ts'
import { firstFailure } from '../report/first-failure.ts'
import { requirementsOf } from './requirements.ts'
import type { Test } from './test.ts'

/** What a list says of a test: plain data, so that it can be kept. */
export type Outline = {
  readonly id: string
  readonly file: string
  /** The first mistake of a file that holds no test because of it. */
  readonly invalid?: string
  /** Line of the title. */
  readonly line?: number
  readonly title: string
  readonly tags: readonly string[]
  /** `axis=name` for each axis of the matrix. */
  readonly variant: readonly string[]
  readonly skip?: string
  readonly xfail?: string
  readonly only: boolean
  readonly requires: readonly string[]
  /** `requires` and what the programs need beside it. */
  readonly needs: readonly string[]
}

export function outlineOf(test: Test): Outline {
  const { id, file } = test
  if (test.kind === 'invalid') {
    const invalid = firstFailure(test.diagnostics)
    return { id, file, invalid, title: '', tags: [], variant: [], only: false, requires: [], needs: [] }
  }
  const { title, tags, variant, skip, xfail, only, requires } = test.scenario
  return {
    id,
    file,
    line: positionAt(title.span.file, title.span.start).line,
    title: title.value,
    tags,
    variant: variant.map(([axis, name]) => `${axis}=${name}`),
    ...(skip !== undefined && { skip }),
    ...(xfail !== undefined && { xfail }),
    only,
    requires,
    needs: requirementsOf(test.scenario),
  }
}
