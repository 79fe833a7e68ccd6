// SPDX-License-Identifier: MIT
/**
 * Where each character of a YAML scalar's value was written: entry i is the offset in the file of character i, and one
 * more entry gives the end. Undefined when the value is the very text at `start`.
 */
export function characterOffsets(
  source: string,
  scalar: { readonly start: number; readonly end: number; readonly value: string },
  style: 'plain' | 'quoted' | 'literal' | 'folded',
): readonly number[] | undefined {
  const { start, end, value } = scalar
  if (style === 'literal') return literalOffsets(source, start, end, value)
  if (style === 'folded') return foldedOffsets(source, start, end, value)
  if (source.slice(start, end) === value) return undefined
  return flowOffsets(source, start, end, value)
}

/** Lines of a `|` block: the value's line n stands on the nth line behind the header, less the indentation. */
function literalOffsets(source: string, start: number, end: number, value: string): number[] {
  const offsets: number[] = []
  const lines = value.split('\n')
  let lineStart = source.indexOf('\n', start) + 1
  const indent = literalIndent(source, lineStart, lines)
  for (const [index, line] of lines.entries()) {
    const lineEnd = Math.max(lineStart, nextLine(source, lineStart) - 1)
    const first = Math.min(lineStart + indent, lineEnd, end)
    for (let at = 0; at < line.length; at++) offsets.push(first + at)
    offsets.push(Math.min(first + line.length, source.length))
    if (index < lines.length - 1) lineStart = nextLine(source, lineStart)
  }
  return offsets
}

/** Lines of a `>` block: a line's characters stand where they were written; what their break became stands at the end of the line. */
function foldedOffsets(source: string, start: number, end: number, value: string): number[] {
  const offsets: number[] = []
  let lineStart = nextLine(source, start)
  const indent = foldedIndent(source.slice(lineStart, end), value)
  while (offsets.length < value.length && lineStart < end) {
    const behind = Math.min(nextLine(source, lineStart), end)
    const line = source.slice(lineStart, behind).replace(/\r?\n$/, '')
    for (let at = indent; at < line.length && offsets.length < value.length; at++)
      offsets.push(lineStart + at)
    if (/[ \n]/.test(value[offsets.length] ?? '')) offsets.push(lineStart + line.length)
    lineStart = behind
  }
  while (offsets.length < value.length) offsets.push(end)
  return [...offsets, end]
}

/** Of the first line with text, less what its value keeps. */
function foldedIndent(lines: string, value: string): number {
  const front = (text: string): number => /^(?:[ \t]*\r?\n)*( *)\S/.exec(text)?.[1]?.length ?? 0
  return front(lines) - front(value)
}

function nextLine(source: string, from: number): number {
  const at = source.indexOf('\n', from)
  return at < 0 ? source.length : at + 1
}

/** What the first line with text lost at its front. */
function literalIndent(source: string, lineStart: number, lines: readonly string[]): number {
  let at = lineStart
  for (const line of lines) {
    const behind = nextLine(source, at)
    if (line.trim() !== '')
      return (
        source
          .slice(at, behind)
          .replace(/\r?\n$/, '')
          .trimEnd().length - line.trimEnd().length
      )
    at = behind
  }
  return 0
}

const escapeLengths: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 }

function flowOffsets(source: string, start: number, end: number, value: string): number[] {
  const quote = source[start] === '"' || source[start] === "'" ? source[start] : undefined
  const offsets: number[] = []
  let at = quote ? start + 1 : start
  while (offsets.length < value.length) {
    const fold = /^[ \t]*(?:\r?\n[ \t]*)+/.exec(source.slice(at, end))?.[0]
    if (fold !== undefined) {
      const breaks = fold.split('\n').length - 1
      for (let n = 0; n < Math.max(1, breaks - 1); n++) offsets.push(at)
      at += fold.length
    } else if (quote === '"' && source[at] === '\\') {
      const letter = source[at + 1] ?? ''
      if (letter === '\n' || letter === '\r') {
        at += /^\\\r?\n[ \t]*/.exec(source.slice(at, end))?.[0].length ?? 2
      } else {
        const long = (value.codePointAt(offsets.length) ?? 0) > 0xffff
        offsets.push(...(long ? [at, at] : [at]))
        at += escapeLengths[letter] ?? 2
      }
    } else {
      offsets.push(at)
      at += quote === "'" && source[at] === "'" ? 2 : 1
    }
  }
  return [...offsets.slice(0, value.length), Math.min(at, end)]
}
