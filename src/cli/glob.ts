// SPDX-License-Identifier: MIT
/** Whether a word is meant as a pattern: ids of variants have brackets too, so those alone do not make one. */
export function isGlob(word: string): boolean {
  return /[*?{]/.test(word)
}

/** A path pattern as a regular expression: `**` any folders, `*` and `?` within a name, `[…]` one character, `{a,b}` either. */
export function globToRegExp(pattern: string): RegExp {
  const source = pattern.replace(
    /\*\*\/|\*\*|\*|\?|\[(!?)((?:\\.|[^\]])+)\]|\{([^{}]*)\}|[\\^$.|+(){}[\]]/g,
    (token, negated, set, choices) => {
      if (token === '**/') return '(?:[^/]+/)*'
      if (token === '**') return '.*'
      if (token === '*') return '[^/]*'
      if (token === '?') return '[^/]'
      if (set !== undefined) return `[${negated ? '^' : ''}${set.replaceAll('\\', '\\\\')}]`
      if (choices !== undefined) return `(?:${choices.split(',').map(inner).join('|')})`
      return `\\${token}`
    },
  )
  return new RegExp(`^${source}$`)
}

function inner(choice: string): string {
  return globToRegExp(choice).source.slice(1, -1)
}

/** The folder below which everything that the pattern can match lies; `.` for a pattern that begins with a wildcard. */
export function globRoot(pattern: string): string {
  const parts = pattern.split('/')
  const fixed = parts.slice(
    0,
    parts.findIndex(part => /[*?{[]/.test(part)),
  )
  return fixed.join('/') || (pattern.startsWith('/') ? '/' : '.')
}
