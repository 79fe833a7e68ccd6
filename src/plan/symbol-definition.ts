// SPDX-License-Identifier: MIT
import type { Span } from '../diagnostics/source-file.ts'
import type { BinarySource } from '../scenario/scenario.ts'

/** Where an assembly text defines a label, for the second half of a message. Undefined for other programs. */
export function symbolDefinition(source: BinarySource, name: string): Span | undefined {
  if (source.kind !== 'asm') return undefined
  for (const { text, origin } of source.parts) {
    for (const [index, line] of text.split('\n').entries()) {
      const label = /^(\s*)([^\s:;#"']+):/.exec(line)
      const lineStart = origin.lineStarts[index]
      if (label?.[2] !== name || lineStart === undefined) continue
      const start = lineStart + label[1]!.length
      return { file: origin.file, start, end: start + name.length }
    }
  }
  return undefined
}
