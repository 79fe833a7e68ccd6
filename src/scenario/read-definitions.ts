// SPDX-License-Identifier: MIT
import { dirname, resolve } from 'node:path'
import { readProbe } from './read-probe.ts'
import {
  isTrue,
  locatedInteger,
  optionalText,
  readText,
  readTextMap,
  readTexts,
  readWords,
} from './read-scalars.ts'
import { error, type Report } from './report.ts'
import type { BinarySource, Named, ProbeSource, ProcessSource, SourceText, ThreadSource } from './scenario.ts'
import {
  childOf,
  entriesOf,
  entryOf,
  itemsOf,
  type MapEntry,
  type ScalarNode,
  type TreeNode,
  textOf,
} from './tree.ts'

/** What `use:` merges. */
export type Definitions = {
  readonly binaries: Named<BinarySource>
  readonly threads: Named<ThreadSource>
  readonly processes: Named<ProcessSource>
  readonly probes: Named<ProbeSource>
}

/** What lies around a tree in the file system. */
export type Surroundings = {
  /** Absolute folder that paths start in. */
  readonly folder: string
  /** Text files that the tree names (`asm: { file: … }`), already read: undefined after a report. */
  readonly text: (path: ScalarNode) => SourceText | undefined
}

export function readDefinitions(tree: TreeNode, files: Surroundings, report: Report): Definitions {
  const named = <T>(section: string, word: string, read: (entry: MapEntry) => T | undefined) =>
    new Map(
      entriesOf(childOf(tree, section)).flatMap(entry => {
        checkName(entry, word, report)
        const value = read(entry)
        const name = { value: entry.key, span: entry.keySpan }
        return value === undefined ? [] : [[entry.key, { ...value, name }] as const]
      }),
    )
  return {
    binaries: named('binaries', 'a binary', entry => readBinary(entry, files, report)),
    threads: named('threads', 'a thread', entry => readThread(entry, report)),
    processes: named('processes', 'a process', readProcess),
    probes: named('probes', 'a probe', entry => readProbe(entry, report)),
  }
}

const namePattern = /^[A-Za-z_][A-Za-z0-9_-]*$/

function checkName({ key, keySpan }: MapEntry, word: string, report: Report): void {
  const task = word === 'a thread' || word === 'a process'
  if (task && key === 'kernel') {
    report(
      error('S011', keySpan, `\`kernel\` cannot be the name of ${word}: it performs the kernel-side actions`),
    )
  } else if (!namePattern.test(key)) {
    const help =
      task && /[./]/.test(key)
        ? '`app.1` and `app/1` are names of tasks that `app` creates'
        : 'letters, digits, `_` and `-`, beginning with a letter'
    report(error('S011', keySpan, `\`${key}\` cannot be the name of ${word}`, { help }))
  }
}

function readBinary(
  { keySpan: span, key, value: node }: MapEntry,
  files: Surroundings,
  report: Report,
): BinarySource | undefined {
  const sources = entriesOf(node).filter(entry => ['asm', 'c', 'elf'].includes(entry.key))
  const [source, second] = sources
  if (!source || second) {
    const message = source ? `binary \`${key}\` is written twice` : `binary \`${key}\` has no program`
    report(error('S003', second?.keySpan ?? span, message, { help: 'write exactly one of: asm, c, elf' }))
    return undefined
  }
  checkOptions(source.key, node, report)
  const pie = isTrue(childOf(node, 'pie'))
  if (source.key === 'elf') return { span, kind: 'elf', path: readText(source.value), folder: files.folder }
  const text = readSourceText(source, files, report)
  if (!text) return undefined
  if (source.key === 'c') {
    const file = optionalText(childOf(source.value, 'file'))
    const folder = file === undefined ? files.folder : dirname(resolve(files.folder, file))
    return { span, kind: 'c', source: text, flags: readWords(childOf(node, 'flags')), pie, folder }
  }
  const base = childOf(node, 'base')
  return { span, kind: 'asm', parts: [text], pie, ...(base && { base: locatedInteger(base, report) }) }
}

const optionsOf: Readonly<Record<string, readonly string[]>> = {
  asm: ['base', 'pie'],
  c: ['flags', 'pie'],
  elf: [],
}

function checkOptions(kind: string, node: TreeNode, report: Report): void {
  for (const option of ['base', 'pie', 'flags']) {
    const entry = entryOf(node, option)
    if (entry && !optionsOf[kind]!.includes(option))
      report(error('S003', entry.keySpan, `\`${option}\` means nothing for \`${kind}\``))
  }
}

function readSourceText(
  { key, value: node }: MapEntry,
  files: Surroundings,
  report: Report,
): SourceText | undefined {
  if (node.kind !== 'scalar') return files.text(childOf(node, 'file') as ScalarNode)
  if (node.style === 'folded') {
    const header = { ...node.span, end: node.span.start + 1 }
    report(
      error('S008', header, `\`${key}\` is folded text, which joins its lines`, {
        help: 'use `|`, not `>`: it keeps your lines',
      }),
    )
    return undefined
  }
  return { text: textOf(node), origin: { file: node.span.file, lineStarts: lineStarts(node) } }
}

function lineStarts(node: ScalarNode): number[] {
  const text = textOf(node)
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts.map(at => node.offsets?.[at] ?? node.span.start + at)
}

function readThread({ keySpan: span, value: node }: MapEntry, report: Report): ThreadSource {
  const process = childOf(node, 'process')
  return {
    span,
    run: readText(childOf(node, 'run')!),
    args: itemsOf(childOf(node, 'args')).map(item => locatedInteger(item, report)),
    regs: new Map(
      entriesOf(childOf(node, 'regs')).map(({ key, value }) => [key, locatedInteger(value, report)]),
    ),
    ...(process && { process: readText(process) }),
  }
}

function readProcess({ keySpan: span, value: node }: MapEntry): ProcessSource {
  const argv = childOf(node, 'argv')
  return {
    span,
    exec: readText(childOf(node, 'exec')!),
    ...(argv && { argv: readTexts(argv).map(({ value }) => value) }),
    env: readTextMap(childOf(node, 'env')),
    stdin: optionalText(childOf(node, 'stdin')) ?? '',
    files: readTextMap(childOf(node, 'files')),
  }
}
