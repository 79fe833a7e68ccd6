// SPDX-License-Identifier: MIT
import type { Diagnostic, Result } from '../../src/diagnostics/diagnostic.ts'
import { describeSpan } from '../../src/diagnostics/source-file.ts'
import { type AssemblyOptions, assemble } from '../../src/program/assembler/assemble.ts'
import type { Syntax } from '../../src/program/assembler/parse-expression.ts'
import type { ProgramText } from '../../src/program/assembler/source.ts'
import type { Image } from '../../src/program/image.ts'
import { findSymbol } from '../../src/program/symbols.ts'

/** A text that is a file of its own. */
export function programText(text: string, path = 'a.s'): ProgramText {
  const lineStarts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)]
  return { text, origin: { file: { path, text }, lineStarts } }
}

export function assembleText(text: string, options: Partial<AssemblyOptions> = {}): Result<Image> {
  return assemble([programText(text)], { name: 'a', ...options })
}

/** The program; a text with errors fails the test. */
export function imageOf(text: string, options: Partial<AssemblyOptions> = {}): Image {
  return unwrap(assembleText(text, options))
}

export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value
  throw new Error(result.diagnostics.map(brief).join('\n'))
}

/** Errors as `line:column code: message`. */
export function errorsOf(result: Result<unknown>): string[] {
  return result.ok ? [] : result.diagnostics.map(brief)
}

export function brief({ code, message, labels }: Diagnostic): string {
  const place = labels[0] ? describeSpan(labels[0].span).replace(/^[^:]*:/, '') : '-'
  return `${place} ${code}: ${message}`
}

/** Bytes of a section in hexadecimal, found by the segment's rights. */
export function bytesOf(image: Image, rights: 'text' | 'data'): string {
  const segment = image.segments.find(({ execute, write }) => (rights === 'text' ? execute : write))
  if (!segment) return ''
  return Buffer.from(
    image.bytes.subarray(segment.fileOffset, segment.fileOffset + segment.fileSize),
  ).toString('hex')
}

/** Bytes of single instructions in hexadecimal, or undefined for those with an error. */
export function encodeForms(forms: readonly string[], syntax: Syntax): (string | undefined)[] {
  const head = syntax === 'intel' ? '.intel_syntax noprefix' : '.att_syntax'
  const lines = forms.map((form, index) => `form${index}: ${form}`)
  const all = assembleText([head, ...lines, 'end:'].join('\n'))
  if (!all.ok) {
    const lineOf = (diagnostic: Diagnostic): number => Number(brief(diagnostic).split(':')[0])
    const refused = new Set(all.diagnostics.map(diagnostic => lineOf(diagnostic) - 2))
    if (refused.size === forms.length) return forms.map(() => undefined)
    const kept = [...forms.keys()].filter(index => !refused.has(index))
    if (kept.length === forms.length) throw new Error(errorsOf(all).join('\n'))
    const encoded = encodeForms(
      kept.map(index => forms[index]!),
      syntax,
    )
    return forms.map((_, index) => (refused.has(index) ? undefined : encoded[kept.indexOf(index)]))
  }
  const offsets = [...lines.keys()].map(index => findSymbol(all.value, `form${index}`)!.fileOffset!)
  const end = 0x1000 + all.value.segments.find(({ execute }) => execute)!.fileSize
  return offsets.map((offset, index) =>
    Buffer.from(all.value.bytes.subarray(offset, offsets[index + 1] ?? end)).toString('hex'),
  )
}
