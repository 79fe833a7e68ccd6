// SPDX-License-Identifier: MIT
/** How a text field is compared; what `~` takes is sorted by where its stars are, as the kernel does (spec 07 §10). */
export type TextPattern = {
  readonly how: 'full' | 'front' | 'middle' | 'end' | 'glob'
  readonly text: string
}

/** The pattern behind `~`. A leading `!` turns the match round; a leading digit makes the kernel compare the whole text, stars and all. */
export function parsePattern(written: string): { readonly pattern: TextPattern; readonly not: boolean } {
  const not = written.startsWith('!')
  const text = not ? written.slice(1) : written
  return { pattern: sortPattern(text), not }
}

function sortPattern(text: string): TextPattern {
  if (/^[0-9]/.test(text)) return { how: 'full', text }
  const special = /[[?\\]/.exec(text)?.index ?? Number.POSITIVE_INFINITY
  const inner = text.indexOf('*', 1)
  if (special < text.length || (inner >= 0 && inner < text.length - 1)) return { how: 'glob', text }
  const front = text.startsWith('*')
  const back = text.length > 1 && text.endsWith('*')
  const bare = text.slice(front ? 1 : 0, back ? -1 : undefined)
  if (front) return { how: back ? 'middle' : 'end', text: bare }
  return { how: back ? 'front' : 'full', text: bare }
}

/**
 * Whether bytes match: `bytes` starts at the text and may go on behind its NUL; `length` is what the kernel takes for the text's length
 * with its NUL (for `comm` the size of the whole name, so that `~"*x"` looks at its fifteenth byte).
 */
export function matchText({ how, text }: TextPattern, bytes: string, length: number): boolean {
  const end = bytes.indexOf('\0')
  const whole = end < 0 ? bytes : bytes.slice(0, end)
  switch (how) {
    case 'full':
      return whole === text
    case 'front':
      return (length === 0 || length >= text.length) && whole.startsWith(text)
    case 'middle':
      return whole.includes(text)
    case 'end':
      return length - 1 >= text.length && bytes.slice(length - 1 - text.length, length - 1) === text
    case 'glob':
      return matchGlob(text, whole)
  }
}

/** Shell-style: `*`, `?`, `[a-z]`, `[!a-z]`, and `\` before a literal character. */
function matchGlob(pattern: string, text: string): boolean {
  let [p, t] = [0, 0]
  let retry: { p: number; t: number } | undefined
  while (t < text.length) {
    if (pattern[p] === '*') {
      retry = { p: ++p, t }
      continue
    }
    const next = p < pattern.length ? matchOne(pattern, p, text[t]!) : undefined
    if (next !== undefined) {
      p = next
      t++
    } else if (retry) {
      p = retry.p
      t = ++retry.t
    } else {
      return false
    }
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}

/** The place behind the pattern's element at `p` if it takes the character. */
function matchOne(pattern: string, p: number, character: string): number | undefined {
  switch (pattern[p]) {
    case '?':
      return p + 1
    case '[': {
      const set = parseSet(pattern, p + 1)
      if (!set) break
      return set.matches(character) ? set.end : undefined
    }
    case '\\':
      return (pattern[p + 1] ?? '') === character ? p + 2 : undefined
  }
  return pattern[p] === character ? p + 1 : undefined
}

/** `a-z0]` with an optional `!`; undefined where the bracket is not closed, so that it stands for itself. */
function parseSet(
  pattern: string,
  start: number,
): { readonly end: number; matches(character: string): boolean } | undefined {
  const inverted = pattern[start] === '!'
  const ranges: [string, string][] = []
  let at = inverted ? start + 1 : start
  // The first member may be a bracket itself.
  do {
    const from = pattern[at++]
    let to = from
    if (pattern[at] === '-' && pattern[at + 1] !== ']') {
      to = pattern[at + 1]
      at += 2
    }
    if (from === undefined || to === undefined) return undefined
    ranges.push([from, to])
  } while (pattern[at] !== ']')
  return {
    end: at + 1,
    matches: character => ranges.some(([from, to]) => from <= character && character <= to) !== inverted,
  }
}
