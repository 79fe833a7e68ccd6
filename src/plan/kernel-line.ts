// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { fileOffsetOf } from '../program/symbols.ts'
import type { Located } from '../scenario/scenario.ts'
import { spanWithin } from '../scenario/span-within.ts'
import { characterAt, toKernelText } from '../tracing/kernel-text.ts'
import { hex, isDiagnostic, type Places, type ResolvedPlace } from './places.ts'

/** A piece of the kernel's line, and the author's characters that it stands for. */
type Piece = {
  readonly text: string
  readonly from: number
  readonly to: number
  /** Character by character the author's own. */
  readonly verbatim: boolean
}

/** A definition in the form that the kernel takes, and the way back to the author's text. */
export type KernelLine = {
  readonly line: string
  /** The place, where the author gave it by name. */
  readonly place?: ResolvedPlace
  /** Where the author wrote the place, without the binary. */
  readonly placeText?: { readonly from: number; readonly to: number }
  /** Characters of the author's text that a column of the line stands for. */
  authorAt(column: number): { readonly from: number; readonly to: number }
}

/**
 * Rewrites a definition: a binary's name becomes its path, a symbol its file offset, an event without a name is called `event`, and
 * `uprobe:calc:add` becomes a `p` line. What the kernel itself would refuse goes through unchanged, so that its own words are told.
 */
export function kernelLine(
  define: Located<string>,
  event: string | undefined,
  places: Places,
  pathOf: (binary: string) => string = binary => places.pathOf(binary),
): KernelLine | Diagnostic {
  const words = wordsOf(define.value)
  const short = /^(u(?:ret)?probe):/.exec(words[0]?.text ?? '')
  const [head, place, ...rest] = short ? shortForm(words, short[1]!) : words
  const pieces: Piece[] = []
  const add = (text: string, from: number, to: number, verbatim = false) => {
    if (text !== '') pieces.push({ text, from, to, verbatim })
  }
  // The kernel's caret stands there when something is missing at the end of a word.
  const separate = () => {
    const before = pieces.at(-1)
    if (before) add(' ', before.to, before.to)
  }
  if (head) {
    add(head.text, head.from, head.to, !short)
    add(missingName(head.text, event), head.from, head.to)
  }
  const resolved = place ? placePieces(place, define, places, pathOf) : { pieces: [] }
  if (isDiagnostic(resolved)) return resolved
  if (place) separate()
  pieces.push(...resolved.pieces)
  for (const word of rest) {
    separate()
    add(word.text, word.from, word.to, true)
  }
  return {
    line: pieces.map(({ text }) => text).join(''),
    ...(resolved.place && { place: resolved.place }),
    ...(resolved.placeText && { placeText: resolved.placeText }),
    authorAt: column => authorAt(define.value, pieces, column),
  }
}

type Word = { readonly text: string; readonly from: number; readonly to: number }

/** The kernel's words: `#` begins a comment, and there is no quoting (spec 07 §1). */
function wordsOf(text: string): Word[] {
  const comment = text.indexOf('#')
  const code = comment < 0 ? text : text.slice(0, comment)
  return [...code.matchAll(/[^ \t\n\v\f\r]+/g)].map(({ 0: word, index }) => ({
    text: word,
    from: index,
    to: index + word.length,
  }))
}

/** `uprobe:calc:add` as head and place. */
function shortForm([word, ...rest]: readonly Word[], kind: string): Word[] {
  const { text, from, to } = word!
  const at = kind.length + 1
  const place: Word = { text: text.slice(at), from: from + at, to }
  return [{ text: kind === 'uprobe' ? 'p' : 'r', from, to: from + kind.length }, place, ...rest]
}

/** A name that is missing altogether (`p`), or behind its group (`p:calls/`). After `p10` a name would be ignored (spec 07 §2.1). */
function missingName(head: string, event: string | undefined): string {
  if (event === undefined) return ''
  const name = event.replaceAll('-', '_')
  if (/^[pr]$/.test(head)) return `:${name}`
  return /^[pr]:[^/.]+[/.]$/.test(head) ? name : ''
}

type PlacePieces = {
  readonly pieces: readonly Piece[]
  readonly place?: ResolvedPlace
  readonly placeText?: KernelLine['placeText']
}

/** `BINARY:PLACE[%return][(REF)]`. */
function placePieces(
  word: Word,
  define: Located<string>,
  places: Places,
  pathOf: (binary: string) => string,
): PlacePieces | Diagnostic {
  const { text, from, to } = word
  const verbatim = (start: number, end: number): Piece => ({
    text: text.slice(start, end),
    from: from + start,
    to: from + end,
    verbatim: true,
  })
  const colon = text.indexOf(':')
  const named = !text.startsWith('/') || places.has(text.slice(0, colon))
  if (!named || colon <= 0) return { pieces: [verbatim(0, text.length)] }
  const end = endOfPlace(text, colon + 1)
  const binary = text.slice(0, colon)
  const path: Piece = { text: `${pathOf(binary)}:`, from, to: from + colon + 1, verbatim: false }
  const spanOf = (start: number, stop: number) => spanWithin(define, from + start, from + stop)
  const counter = counterPieces({ text, from, to }, end, binary, define, places)
  if (isDiagnostic(counter)) return counter
  const placeText = { from: from + colon + 1, to: from + end }
  if (/^\d/.test(text.slice(colon + 1))) {
    const unknown = places.unknownBinary(binary, spanOf(0, colon))
    if (unknown) return unknown
    return { pieces: [path, verbatim(colon + 1, end), ...counter], placeText }
  }
  const place = places.resolve(text.slice(0, end), spanOf)
  if (isDiagnostic(place)) return place
  const offset = fileOffsetOf(place.image, place.address)
  if (offset === undefined)
    return noBytes(text.slice(0, end), spanWithin(define, placeText.from, placeText.to))
  const number: Piece = { text: hex(BigInt(offset)), ...placeText, verbatim: false }
  return { pieces: [path, number, ...counter], place, placeText }
}

function endOfPlace(text: string, from: number): number {
  const end = text.slice(from).search(/[%(]/)
  return end < 0 ? text.length : from + end
}

/** What follows the place; a reference counter may be a symbol of the same binary. */
function counterPieces(
  { text, from, to }: Word,
  end: number,
  binary: string,
  define: Located<string>,
  places: Places,
): readonly Piece[] | Diagnostic {
  const rest: Piece = { text: text.slice(end), from: from + end, to, verbatim: true }
  const symbol = /\(([A-Za-z_.][^)]*)\)$/.exec(rest.text)
  if (!symbol) return [rest]
  const open = from + end + symbol.index + 1
  const name = symbol[1]!
  const shift = open - (binary.length + 1)
  const place = places.resolve(`${binary}:${name}`, (start, stop) =>
    spanWithin(define, shift + start, shift + stop),
  )
  if (isDiagnostic(place)) return place
  const offset = fileOffsetOf(place.image, place.address)
  if (offset === undefined) return noBytes(`${binary}:${name}`, spanWithin(define, open, open + name.length))
  return [
    { text: rest.text.slice(0, symbol.index + 1), from: from + end, to: open, verbatim: true },
    { text: hex(BigInt(offset)), from: open, to: open + name.length, verbatim: false },
    { text: ')', from: open + name.length, to, verbatim: true },
  ]
}

function noBytes(text: string, span: ReturnType<typeof spanWithin>): Diagnostic {
  return {
    code: 'R014',
    severity: 'error',
    message: `\`${text}\` has no bytes in the file, so no probe can stand there`,
    labels: [{ span }],
  }
}

function authorAt(text: string, pieces: readonly Piece[], column: number): { from: number; to: number } {
  let start = 0
  for (const piece of pieces) {
    const inside = column - start
    const { length } = toKernelText(piece.text)
    start += length
    if (inside >= length) continue
    if (!piece.verbatim) return { from: piece.from, to: Math.max(piece.to, piece.from + 1) }
    const from = piece.from + characterAt(piece.text, inside)
    const token = /^[%$@+-]?[A-Za-z0-9_]+|^[\s\S]/u.exec(text.slice(from, piece.to))?.[0].length ?? 1
    return { from, to: from + token }
  }
  const end = pieces.at(-1)?.to ?? text.length
  return { from: end, to: end + 1 }
}
