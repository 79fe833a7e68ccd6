// SPDX-License-Identifier: MIT
import { distance } from 'fastest-levenshtein'

/** The candidate that the author most likely meant, or undefined when none is near: distance at most max(1, length / 3). */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let nearest = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of candidates) {
    const away = editsBetween(word, candidate)
    // Two words with nothing in common are not near, however short they are.
    const common = away < Math.max(word.length, candidate.length)
    if (common && away < nearest) [best, nearest] = [candidate, away]
  }
  return best
}

/** `did you mean `x`?`, as the text of a label; undefined when nothing is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const best = suggest(word, candidates)
  return best === undefined ? undefined : `did you mean \`${best}\`?`
}

/** Levenshtein's distance, but two neighbours that changed places (`mian`) are one slip of the fingers. */
function editsBetween(word: string, other: string): number {
  const edits = distance(word, other)
  return edits === 2 && areSwapped(word, other) ? 1 : edits
}

function areSwapped(word: string, other: string): boolean {
  if (word.length !== other.length) return false
  const at = [...word].findIndex((letter, index) => letter !== other[index])
  return word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2) === other
}
