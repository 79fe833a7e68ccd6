// SPDX-License-Identifier: MIT
import { FilterFault } from './filter-fault.ts'

/**
 * The kernel's first pass over a filter: quotes and parentheses must close, and there must be something between them. Its errno
 * values are internal codes -1, -2 and -3 that reach the writer (spec 07 §10).
 */
export function checkNesting(text: string): FilterFault | undefined {
  let quote: { readonly sign: string; readonly at: number } | undefined
  let open = 0
  let anything = false
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!
    if (quote) {
      if (sign === quote.sign) quote = undefined
    } else if (sign === '(') {
      open++
    } else if (sign === ')') {
      if (open-- === 0) return new FilterFault('TOO_MANY_CLOSE', at, 'EPERM')
    } else if (!/\s/.test(sign)) {
      anything = true
      if (sign === '"' || sign === "'") quote = { sign, at }
    }
  }
  if (quote) return new FilterFault('MISSING_QUOTE', quote.at, 'ESRCH')
  if (open > 0) return new FilterFault('TOO_MANY_OPEN', unclosed(text), 'ENOENT')
  return anything ? undefined : new FilterFault('ERRNO')
}

/** The last parenthesis that is not closed, sought from the end; the first character where the search ends there. */
function unclosed(text: string): number {
  let closed = 0
  let quote: string | undefined
  for (let at = text.length - 1; at > 0; at--) {
    const sign = text[at]!
    if (quote !== undefined) {
      if (sign === quote) quote = undefined
    } else if (sign === '(') {
      if (closed === 0) return at
      closed--
    } else if (sign === ')') {
      closed++
    } else if (sign === '"' || sign === "'") {
      quote = sign
    }
  }
  return 0
}
