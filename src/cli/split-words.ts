// SPDX-License-Identifier: MIT
/**
 * Words of `TRAPLINE_OPTS` as a shell would split them: at blanks, with '…' and "…" kept together and \ before any
 * character. Undefined when a quote is not closed.
 */
export function splitWords(text: string): string[] | undefined {
  const words: string[] = []
  const token = /\s*((?:[^\s'"\\]|\\[\s\S]|'[^']*'|"(?:[^"\\]|\\[\s\S])*")+)/y
  while (token.lastIndex < text.trimEnd().length) {
    const match = token.exec(text)
    if (!match) return undefined
    words.push(unquote(match[1]!))
  }
  return words
}

function unquote(word: string): string {
  return word.replace(
    /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])/g,
    (_, single, double, escaped) => single ?? double?.replace(/\\([\s\S])/g, '$1') ?? escaped,
  )
}
