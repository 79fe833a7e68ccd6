// SPDX-License-Identifier: MIT
import { RE2JS } from 're2js'

export type Region = { readonly start: bigint; readonly end: bigint }

/** What patterns need to know beside the value. Make one for a run: it keeps compiled expressions. */
export type MatchContext = {
  /** Bounds of a named region (`xol`, `stack:A`, a binary); several where several processes have one, none where it is unknown. */
  region(name: string): readonly Region[]
  /** Searches text for an expression in RE2 syntax; undefined where that is no expression. */
  search(source: string, text: string): boolean | undefined
  /** Whether two probes stand at one place: `trap`, `step`, `stepped` and `emulated` belong to all of them. */
  samePlace(probe: string, other: string): boolean
}

export function createMatchContext(
  options: {
    readonly region?: (name: string) => readonly Region[]
    readonly samePlace?: (probe: string, other: string) => boolean
  } = {},
): MatchContext {
  const compiled = new Map<string, RE2JS | undefined>()
  return {
    region: options.region ?? (() => []),
    samePlace: options.samePlace ?? (() => false),
    search(source, text) {
      if (!compiled.has(source)) compiled.set(source, compile(source))
      return compiled.get(source)?.matcher(text).find()
    },
  }
}

function compile(source: string): RE2JS | undefined {
  try {
    return RE2JS.compile(source)
  } catch {
    return undefined
  }
}
