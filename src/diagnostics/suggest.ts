// SPDX-License-Identifier: MIT
import { distance } from 'fastest-levenshtein'

/** The candidate that the author most likely meant, or undefined when none is near: distance at most max(1, length / 3). */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let nearest = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of candidates) {
    const away = distance(word, candidate)
    if (away < nearest) [best, nearest] = [candidate, away]
  }
  return best
}

/** `did you mean `x`?`, as the text of a label; undefined when nothing is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const best = suggest(word, candidates)
  return best === undefined ? undefined : `did you mean \`${best}\`?`
}
