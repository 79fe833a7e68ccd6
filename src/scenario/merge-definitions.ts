// SPDX-License-Identifier: MIT
import type { Span } from '../diagnostics/source-file.ts'
import type { Definitions } from './read-definitions.ts'
import { error, type Report } from './report.ts'
import type { BinarySource, Located, Named } from './scenario.ts'

/** Puts definitions of several files together, in the order of `use`; the file that uses them comes last. */
export function mergeDefinitions(parts: readonly Definitions[], report: Report): Definitions {
  return {
    binaries: merge(
      parts.map(part => part.binaries),
      'binary',
      report,
      joinBinaries,
    ),
    threads: merge(
      parts.map(part => part.threads),
      'thread',
      report,
    ),
    processes: merge(
      parts.map(part => part.processes),
      'process',
      report,
    ),
    probes: merge(
      parts.map(part => part.probes),
      'probe',
      report,
    ),
  }
}

type Entry<T> = T & { readonly name: Located<string> }
type Join<T> = (first: Entry<T>, second: Entry<T>, report: Report) => Entry<T> | undefined

function merge<T>(parts: readonly Named<T>[], word: string, report: Report, join?: Join<T>): Named<T> {
  const merged = new Map<string, Entry<T>>()
  for (const [name, entry] of parts.flatMap(part => [...part])) {
    const first = merged.get(name)
    const joined = first ? join?.(first, entry, report) : entry
    if (joined) merged.set(name, joined)
    else if (first) report(clash(word, name, entry.name.span, first.name.span))
  }
  return merged
}

function clash(word: string, name: string, second: Span, first: Span) {
  return {
    ...error('R008', second, `${word} \`${name}\` is defined twice`, {
      help: 'give one of them another name; only `asm` of one binary is put together',
    }),
    labels: [{ span: second }, { span: first, text: 'the first is here' }],
  }
}

/** The parts of an assembled binary are one text. `base` may be given once. */
function joinBinaries(
  first: Entry<BinarySource>,
  second: Entry<BinarySource>,
  report: Report,
): Entry<BinarySource> | undefined {
  if (first.kind !== 'asm' || second.kind !== 'asm') return undefined
  if (first.base && second.base) {
    report({
      ...error('R008', second.base.span, `\`base\` of binary \`${first.name.value}\` is given twice`),
      labels: [{ span: second.base.span }, { span: first.base.span, text: 'the first is here' }],
    })
  }
  const base = first.base ?? second.base
  return {
    ...second,
    parts: [...first.parts, ...second.parts],
    pie: first.pie || second.pie,
    ...(base && { base }),
  }
}
