// SPDX-License-Identifier: MIT
import { type ErrnoName, errnoName } from '../../kernel/errno.ts'
import { fromKernelText } from '../kernel-text.ts'
import { Fault } from './fault.ts'
import { parseUnsigned } from './numbers.ts'
import type { DefinitionContext } from './parse-definition.ts'

export type Place = {
  readonly path: string
  readonly offset: bigint
  /** 0: none. */
  readonly referenceCounter: bigint
  /** `%return` was written. */
  readonly atReturn: boolean
}

/** `PATH:OFFSET[%return][(REFCTR)]`, in the order in which the kernel looks at its parts (spec 07 §2.1, steps 5 to 13). */
export function parsePlace(word: string, context: DefinitionContext): Place | Fault {
  const colon = word.lastIndexOf(':')
  if (!word.includes('/') || colon < 0 || !/[0-9]/.test(word[colon + 1] ?? '')) return new Fault(undefined)

  const path = fromKernelText(word.slice(0, colon))
  // Nothing before the colon is the writer's working directory.
  if (path === '') return new Fault('NO_REGULAR_FILE')
  const file = context.resolvePath(path)
  if (typeof file === 'number') return new Fault('FILE_NOT_FOUND', 0, errnoName(-file) as ErrnoName)
  if (!file.regular) return new Fault('NO_REGULAR_FILE')

  let end = word.length
  let referenceCounter = 0n
  const brace = word.indexOf('(', colon)
  if (brace >= 0) {
    const close = word.indexOf(')', brace)
    if (close < 0) return new Fault('REFCNT_OPEN_BRACE', word.length)
    if (close + 1 < word.length) return new Fault('BAD_REFCNT_SUFFIX', close + 1)
    const counter = parseUnsigned(word.slice(brace + 1, close))
    if (typeof counter === 'string') return new Fault('BAD_REFCNT', brace + 1, counter)
    referenceCounter = counter
    end = brace
  }

  const percent = word.slice(0, end).indexOf('%', colon)
  if (percent >= 0 && word.slice(percent, end) !== '%return') return new Fault('BAD_ADDR_SUFFIX', percent)

  const offset = parseUnsigned(word.slice(colon + 1, percent >= 0 ? percent : end))
  if (typeof offset === 'string') return new Fault('BAD_UPROBE_OFFS', colon + 1, offset)
  return { path, offset, referenceCounter, atReturn: percent >= 0 }
}
