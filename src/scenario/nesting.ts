// SPDX-License-Identifier: MIT
import { type CST, Parser } from 'yaml'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Span } from '../diagnostics/source-file.ts'

/** Lists and maps inside of each other; no scenario comes near. */
export const maxDepth = 100

export function tooDeep(span: Span): Diagnostic {
  return {
    code: 'Y001',
    severity: 'error',
    message: `this is nested too deeply (more than ${maxDepth} levels)`,
    labels: [{ span }],
  }
}

/** The first list or map below the deepest level that is allowed. Keeps its own stack: the text may exhaust the one of calls. */
export function deepNode(text: string): { readonly start: number; readonly end: number } | undefined {
  const open: { token: CST.Token | null | undefined; depth: number }[] = []
  for (const document of new Parser().parse(text)) {
    if (document.type === 'document') open.push({ token: document.value, depth: 0 })
    for (let next = open.pop(); next; next = open.pop()) {
      const { token, depth } = next
      if (!token || !('items' in token)) continue
      if (depth === maxDepth) return { start: token.offset, end: token.offset + 1 }
      const inner = token.items.flatMap(({ key, value }) => [key, value])
      for (const child of inner.reverse()) open.push({ token: child, depth: depth + 1 })
    }
  }
  return undefined
}
