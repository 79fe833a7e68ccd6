// SPDX-License-Identifier: MIT
import type { YAMLError } from 'yaml'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { SourceFile, Span } from '../diagnostics/source-file.ts'
import { positionAt } from '../diagnostics/source-file.ts'
import { wrongIndentation } from './wrong-indentation.ts'

/** The YAML parser's errors and warnings in words that help; of several on one line only the first, as the others follow from it, and of a tab nothing but the tab. */
export function translateYamlErrors(file: SourceFile, errors: readonly YAMLError[]): Diagnostic[] {
  const lines = new Set<number>()
  const diagnostics: Diagnostic[] = []
  const inOrder = [...errors].sort((a, b) => a.pos[0] - b.pos[0])
  // Behind a tab the parser has lost its way: what else it says is about the tab, too.
  const tabbed = inOrder.find(({ code }) => code === 'TAB_AS_INDENT')
  if (tabbed) return [translate(file, tabbed)]
  let indented = false
  for (const error of inOrder) {
    if (indented && followsIndentation.test(error.message)) continue
    indented ||= wrongIndentation(file, error) !== undefined
    const diagnostic = translate(file, error)
    const { line } = positionAt(file, diagnostic.labels[0]!.span.start)
    if (!lines.has(line)) diagnostics.push(diagnostic)
    lines.add(line)
  }
  return diagnostics
}

const followsIndentation = /^All mapping items|^Implicit (map )?keys need/

function translate(file: SourceFile, error: YAMLError): Diagnostic {
  for (const trap of traps) {
    const found = trap(file, error)
    if (found) return { severity: 'error', ...found }
  }
  const [start, end] = error.pos
  return {
    code: 'Y001',
    severity: 'error',
    message: sentence(error.message),
    labels: [{ span: span(file, start, Math.max(end, start + 1)) }],
  }
}

type Trap = (file: SourceFile, error: YAMLError) => Omit<Diagnostic, 'severity'> | undefined

const traps: readonly Trap[] = [
  wrongIndentation,
  function alias(file, { code, pos: [start], message }) {
    if (code !== 'BAD_ALIAS' || !message.startsWith('Alias')) return undefined
    return needsQuotes(span(file, start, start + 1), 'YAML reads `*` as the start of an alias', [
      'write `_` for any value; for a text, quote it:   "*"',
    ])
  },
  function comparison(file, { code, pos: [at] }) {
    const found = tokenAt(file, at, /[>|]\S*/)
    if (code !== 'UNEXPECTED_TOKEN' || !found) return undefined
    const folded = found.text.startsWith('>')
    const place = span(file, found.start, found.start + found.text.length)
    const what = folded
      ? 'YAML reads `>` as the start of folded text'
      : 'YAML reads `|` as the start of a block of text'
    return needsQuotes(place, what, folded ? [rangeHelp(file, found)] : ['quote it: "| …"'])
  },
  function reserved(file, { code, pos: [start] }) {
    if (code !== 'BAD_SCALAR_START') return undefined
    const sign = file.text[start] ?? ''
    const name = sign === '`' ? 'a backquote' : `\`${sign}\``
    const text = plainText(file, start)
    const quoted = text.includes('"') ? `'${text.replaceAll("'", "''")}'` : `"${text}"`
    const why = `YAML keeps ${name} for itself at the start of a value`
    return needsQuotes(span(file, start, start + 1), why, [`quote it:   ${quoted}`])
  },
  function tab(file, { code, pos: [at] }) {
    if (code !== 'TAB_AS_INDENT') return undefined
    const tabAt = file.text.indexOf('\t', Math.max(0, file.text.lastIndexOf('\n', at)))
    return {
      code: 'Y004',
      message: 'YAML does not allow a tab for indentation',
      labels: [{ span: span(file, tabAt, tabAt + 1), text: 'this is a tab' }],
      help: ['indent with spaces'],
    }
  },
  function substitution(file, { pos: [at] }) {
    const dollar =
      file.text.slice(at - 1, at + 1) === '${' ? at - 1 : file.text.startsWith('${', at) ? at : -1
    if (dollar < 0) return undefined
    const end = file.text.indexOf('}', at)
    const place = span(file, dollar, end < 0 ? at + 1 : end + 1)
    return needsQuotes(place, 'inside `{ }` and `[ ]` YAML reads the brace as the start of a map', [
      `quote it:   "${file.text.slice(place.start, place.end)}"`,
    ])
  },
  function unclosed(file, { message, pos: [at] }) {
    if (
      !/must be sufficiently indented and end with a/.test(message) &&
      !/^Flow (map|sequence) .*expected/.test(message)
    )
      return undefined
    const opening = lastOpening(file.text.slice(0, at))
    if (opening === undefined) return undefined
    const sign = file.text[opening]!
    return {
      code: 'Y001',
      message: `this ${sign === '{' ? 'map' : 'list'} is not closed`,
      labels: [
        { span: span(file, opening, opening + 1), text: `no \`${sign === '{' ? '}' : ']'}\` follows` },
      ],
    }
  },
  function colon(file, { code, pos: [start] }) {
    if (code !== 'BLOCK_AS_IMPLICIT_KEY') return undefined
    const line = file.text.slice(start).split('\n', 1)[0]!
    const colonAt = start + Math.max(0, line.search(/:(\s|$)/))
    if (file.text[colonAt] !== ':') return undefined
    return {
      code: 'Y005',
      message: 'this value needs quotes',
      labels: [
        {
          span: span(file, colonAt, colonAt + 1),
          text: 'YAML reads a colon and a space as the end of a key',
        },
      ],
      help: ['quote the whole value; or put the inner map on a line of its own, or in `{ }`'],
    }
  },
  function tag(file, { code, pos: [start, end] }) {
    if (code !== 'TAG_RESOLVE_FAILED') return undefined
    return {
      code: 'Y008',
      message: 'YAML tags are not used here',
      labels: [{ span: span(file, start, end), text: 'YAML reads `!` as the start of a tag' }],
      help: ['quote it if it is text; to exclude a value write   { not: … }'],
    }
  },
  function documents(file, { code, pos: [start] }) {
    if (code !== 'MULTIPLE_DOCS') return undefined
    return {
      code: 'Y010',
      message: 'a file holds one scenario',
      labels: [{ span: span(file, start, start + 3), text: 'a second YAML document begins here' }],
      help: ['put the second one into a file of its own'],
    }
  },
]

function needsQuotes(place: Span, why: string, help: readonly string[]): Omit<Diagnostic, 'severity'> {
  return { code: 'Y003', message: 'this value needs quotes', labels: [{ span: place, text: why }], help }
}

/** What a plain value would be: to the end of the line or a comment; inside braces to the next comma or bracket. */
function plainText(file: SourceFile, start: number): string {
  const line = file.text
    .slice(start)
    .split('\n', 1)[0]!
    .replace(/\s+#.*$/, '')
    .trimEnd()
  const before = file.text.slice(file.text.lastIndexOf('\n', start) + 1, start)
  return lastOpening(before) === undefined ? line : (/^[^,\]}]*/.exec(line)?.[0] ?? line).trimEnd()
}

/** Offset of the last bracket or brace that is still open. */
function lastOpening(text: string): number | undefined {
  let closed = 0
  for (let at = text.length - 1; at >= 0; at--) {
    if (text[at] === '}' || text[at] === ']') closed++
    else if ((text[at] === '{' || text[at] === '[') && closed-- === 0) return at
  }
  return undefined
}

/** The word of a line that holds or precedes `at` and matches. */
function tokenAt(file: SourceFile, at: number, pattern: RegExp): { start: number; text: string } | undefined {
  const lineStart = file.text.lastIndexOf('\n', at - 1) + 1
  const value = /(?:^|[:,[{-]\s+|\s)([>|]\S*)/.exec(file.text.slice(lineStart, at + 1))
  if (!value?.[1]) return undefined
  const start = lineStart + value.index + value[0].length - value[1].length
  const text = pattern.exec(file.text.slice(start))?.[0]
  return text === undefined ? undefined : { start, text }
}

function rangeHelp(file: SourceFile, found: { start: number; text: string }): string {
  const line = file.text.slice(file.text.lastIndexOf('\n', found.start) + 1)
  const [, key = 'value', operator = '>', number = '5'] =
    /([\w-]+):\s*(>=?)\s*(-?\w+)?/.exec(line.split('\n', 1)[0]!) ?? []
  const min = operator === '>' && /^-?\d+$/.test(number) ? String(BigInt(number) + 1n) : number
  return `write a range instead:   ${key}: { min: ${min} }`
}

const octal = /^[-+]?0\d+$/
const grouped = /^[-+]?\d+(?:_\d+)+$/
const negativeHex = /^[-+]0[xo][0-9a-fA-F_]+$/
const groupedHex = /^0x[0-9a-fA-F]+(?:_[0-9a-fA-F]+)+$/

/** A plain value that a person reads as a number and YAML 1.2 reads as another one, or as text. */
export function looksLikeNumber(place: Span): Diagnostic | undefined {
  const text = place.file.text.slice(place.start, place.end)
  const bare = text.replaceAll('_', '')
  const [reads, write] = octal.test(text)
    ? [`YAML reads ${BigInt(bare.replace(/^[-+]/, ''))}`, octalForms(text)]
    : grouped.test(text) || groupedHex.test(text)
      ? ['YAML reads text', bare]
      : negativeHex.test(text)
        ? ['YAML reads text', signedDecimal(bare)]
        : []
  if (reads === undefined) return undefined
  return {
    code: 'Y007',
    severity: 'error',
    message: `\`${text}\` looks like a number`,
    labels: [{ span: place, text: reads }],
    help: [`write ${write}; if text is meant, quote it:   "${text}"`],
  }
}

function octalForms(text: string): string {
  const digits = text.replace(/^[-+]?0+(?=\d)/, '')
  const sign = text.startsWith('-') ? '-' : ''
  return /^[0-7]+$/.test(digits) && sign === '' ? `${digits}, or 0o${digits} for octal` : `${sign}${digits}`
}

function signedDecimal(text: string): string {
  const magnitude = BigInt(text.slice(1))
  return String(text.startsWith('-') ? -magnitude : magnitude)
}

function sentence(message: string): string {
  const [first = message] = message.split(/ at line \d+|\n/)
  return (first.charAt(0).toLowerCase() + first.slice(1)).replace(/[.:]$/, '')
}

function span(file: SourceFile, start: number, end: number): Span {
  return { file, start, end: Math.min(end, Math.max(start, file.text.length)) }
}
