// SPDX-License-Identifier: MIT
import type { ValuePattern } from '../events/pattern.ts'
import { readText, readTexts } from './read-scalars.ts'
import { readValue, type ValueType } from './read-value.ts'
import { error, type Report } from './report.ts'
import type { Keyed, Located, MemoryType, StateCheck } from './scenario.ts'
import { childOf, entriesOf, located, type MapEntry, type TreeNode } from './tree.ts'

/** State of the machine at one point (scenario format §6.3). */
export function readState(node: TreeNode, report: Report): StateCheck {
  const mapOf = <T>(key: string, read: (entry: MapEntry) => T | undefined): ReadonlyMap<string, T> =>
    new Map(
      entriesOf(childOf(node, key)).flatMap(entry => {
        const value = read(entry)
        return value === undefined ? [] : [[entry.key, value] as const]
      }),
    )
  const pattern = (parent: TreeNode | undefined, key: string, type: ValueType): ValuePattern | undefined => {
    const child = childOf(parent, key)
    return child && readValue(child, type, report)
  }
  const xol = childOf(node, 'xol')
  const inUse = pattern(xol, 'in-use', 'integer')
  const buffer = childOf(node, 'buffer')
  return {
    span: node.span,
    threads: mapOf('threads', ({ keySpan: span, value }) => {
      const [exit, ip] = [pattern(value, 'exit', 'integer'), pattern(value, 'ip', 'address')]
      return { span, regs: readRegisters(value, report), ...(exit && { exit }), ...(ip && { ip }) }
    }),
    mem: mapOf('mem', entry => readMemory(entry, report)),
    text: mapOf('text', entry => word<'original' | 'breakpoint'>(entry)),
    pages: mapOf('pages', entry => word<'private' | 'file'>(entry)),
    probes: mapOf('probes', ({ keySpan: span, value }) => {
      const hits = pattern(value, 'hits', 'integer')
      const executions = pattern(value, 'executions', 'integer')
      const missed = pattern(value, 'missed', 'integer')
      const attached = pattern(value, 'attached', 'flag')
      return {
        span,
        ...(hits && { hits }),
        ...(executions && { executions }),
        ...(missed && { missed }),
        ...(attached && { attached }),
      }
    }),
    ...(xol && { xol: { span: xol.span, ...(inUse && { inUse }) } }),
    ...(buffer && { buffer: readBufferCounts(buffer, report) }),
    uretprobes: mapOf('uretprobes', ({ keySpan: span, value }) => {
      const depth = pattern(value, 'depth', 'integer')
      return depth && { span, depth }
    }),
    maps: mapOf('maps', ({ value }) => readTexts(value)),
  }
}

function readBufferCounts(node: TreeNode, report: Report): NonNullable<StateCheck['buffer']> {
  return Object.fromEntries(
    entriesOf(node).map(({ key, value }) => [key, readValue(value, 'integer', report)]),
  )
}

function readRegisters(thread: TreeNode, report: Report): ReadonlyMap<string, ValuePattern> {
  return new Map(
    entriesOf(childOf(thread, 'regs')).map(({ key, value }) => [key, readValue(value, 'integer', report)]),
  )
}

function word<T extends string>({ keySpan, value }: MapEntry): Keyed<T> {
  return { ...located(value, readText(value).value as T), keySpan }
}

/** A place's memory: exactly one type and its value. */
export function readMemory(
  { key, keySpan, value: node }: MapEntry,
  report: Report,
): { span: Located<string>['span']; type: MemoryType; value: ValuePattern } | undefined {
  const [first, second] = entriesOf(node)
  if (!first || second) {
    const message = first ? `\`${key}\` has two types` : `\`${key}\` has no type`
    report(
      error('S003', second?.keySpan ?? keySpan, message, {
        help: `write exactly one, for example   ${key}: { u32: 2 }`,
      }),
    )
    return undefined
  }
  const type = first.key as MemoryType
  const text = type === 'bytes' || type === 'string'
  const value = readValue(first.value, text ? 'text' : 'integer', report)
  if (type === 'bytes') checkBytes(value, report)
  return { span: keySpan, type, value }
}

function checkBytes(pattern: ValuePattern, report: Report): void {
  if (pattern.kind === 'any') return
  const text = pattern.kind === 'equal' && typeof pattern.value === 'string' ? pattern.value : undefined
  if (text !== undefined && /^\s*([0-9a-f]{2}|\?\?)(\s*([0-9a-f]{2}|\?\?))*\s*$/i.test(text)) return
  const help = 'pairs of hex digits, `??` for any byte, in quotes:   bytes: "c3 90 ??"'
  report(error('S004', pattern.span, 'these are not bytes', { help }))
}
