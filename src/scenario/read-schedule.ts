// SPDX-License-Identifier: MIT

import { memoryBytes } from './memory-bytes.ts'
import { readEvent } from './read-event.ts'
import { readRefusal } from './read-probe.ts'
import { readCount, readInteger, readText } from './read-scalars.ts'
import { readMemory, readState } from './read-state.ts'
import { error, type Report } from './report.ts'
import type { Located, ScheduleSource, Turn, Until } from './scenario.ts'
import { childOf, entriesOf, itemsOf, located, type MapEntry, type TreeNode } from './tree.ts'

/** `schedule:`; without one, round-robin to the next block or exit. */
export function readSchedule(entry: MapEntry | undefined, report: Report): ScheduleSource {
  if (!entry) return { kind: 'round-robin' }
  const { value: node, keySpan: span } = entry
  if (node.kind === 'list') return { kind: 'turns', span, turns: readTurns(node, report) }
  const [first, second] = entriesOf(node)
  if (!first || second) {
    const message = second ? 'a schedule is of one kind' : 'this schedule says nothing'
    const help =
      'a list of turns, or one of   round-robin: 50   random: { seed: 7 }   pct: { seed: 7, depth: 3 }'
    report(error('S003', second?.keySpan ?? span, message, { help }))
    return { kind: 'round-robin', span }
  }
  const at = (key: string) => childOf(first.value, key)
  const seed = at('seed') ? readInteger(at('seed')!, report) : 0n
  switch (first.key) {
    case 'round-robin':
      return { kind: 'round-robin', span, quantum: readCount(first.value) }
    case 'random':
      return {
        kind: 'random',
        span,
        seed,
        switch: at('switch') ? readFraction(at('switch')!) : 0.1,
        atEvents: at('at-events') ? readFraction(at('at-events')!) : 0,
      }
    case 'pct':
      return { kind: 'pct', span, seed, depth: at('depth') ? readCount(at('depth')!) : 3 }
    default:
      report(
        error('S009', first.keySpan, '`explore` is not available in this version', {
          help: 'write one schedule: a list of turns, or   random: { seed: 7, switch: 0.1 }   or   pct: { seed: 7, depth: 3 }',
        }),
      )
      return { kind: 'round-robin', span }
  }
}

function readFraction(node: TreeNode): number {
  return node.kind === 'scalar' ? Number(node.value) : 0
}

/** Turns of a schedule that is a list, or of `actions:`. */
export function readTurns(node: TreeNode | undefined, report: Report): readonly Turn[] {
  const items = itemsOf(node)
  return items.flatMap((item, index) => readTurn(item, index === items.length - 1, report))
}

const besideRun: ReadonlySet<string> = new Set(['until', 'instructions'])

function readTurn(node: TreeNode, isLast: boolean, report: Report): readonly Turn[] {
  const { span } = node
  if (node.kind === 'scalar') return readStop(node, readText(node), isLast, report)
  const entries = entriesOf(node)
  const actions = entries.filter(({ key }) => !besideRun.has(key))
  const [action, second] = actions
  if (!action || second) {
    const place = second?.keySpan ?? entries[0]?.keySpan ?? span
    report(
      error('S003', place, second ? 'a turn is one thing' : 'this turn does nothing', {
        help: second ? 'give each a list entry of its own' : 'for example   - run: A',
      }),
    )
    return []
  }
  const stray = entries.find(({ key }) => besideRun.has(key))
  if (action.key !== 'run' && stray)
    report(error('S003', stray.keySpan, `\`${stray.key}\` belongs to \`run\`, not to \`${action.key}\``))
  return readAction(node, action, report)
}

function readStop(node: TreeNode, text: Located<string>, isLast: boolean, report: Report): readonly Turn[] {
  if (text.value !== 'stop') {
    report(
      error('S004', node.span, `a turn cannot be \`${text.value}\``, {
        help: 'a map such as   run: A   or the word   stop',
      }),
    )
    return []
  }
  if (!isLast) report(error('S003', node.span, '`stop` can only be the last turn'))
  return [{ span: node.span, kind: 'stop' }]
}

function readAction(node: TreeNode, { key, keySpan, value }: MapEntry, report: Report): readonly Turn[] {
  const { span } = node
  switch (key) {
    case 'run':
      return [{ span, kind: 'run', task: readText(value), ...readEnd(node, report) }]
    case 'attach':
    case 'detach':
      return [{ span, kind: key, probe: readText(value) }]
    case 'define':
      return [{ span, kind: 'define', ...readDefinition(value, report) }]
    case 'signal':
      return [
        {
          span,
          kind: 'signal',
          to: readText(childOf(value, 'to')!),
          signal: readText(childOf(value, 'number')!),
        },
      ]
    case 'check':
      return [{ span, kind: 'check', state: { ...readState(value, report), span: keySpan } }]
    default:
      return entriesOf(childOf(value, 'mem')).flatMap(entry => readWrite(span, entry, report))
  }
}

/** The line alone, or a map of it and the refusal that is expected. */
function readDefinition(node: TreeNode, report: Report): Pick<Turn & { kind: 'define' }, 'line' | 'refused'> {
  if (node.kind === 'scalar') return { line: readText(node) }
  const refused = childOf(node, 'refused')!
  return { line: readText(childOf(node, 'line')!), refused: located(refused, readRefusal(refused, report)) }
}

function readEnd(node: TreeNode, report: Report): { until?: Until; instructions?: number } {
  const until = childOf(node, 'until')
  const instructions = childOf(node, 'instructions')
  if (until && instructions) {
    const place = entriesOf(node).find(({ key }) => key === 'instructions')!.keySpan
    report(error('S003', place, 'a turn ends by `until` or by `instructions`, not both'))
  }
  const end = until && readUntil(until, report)
  return {
    ...(end && { until: end }),
    ...(instructions && { instructions: readCount(instructions) }),
  }
}

function readUntil(node: TreeNode, report: Report): Until | undefined {
  const special = entriesOf(node).find(({ key }) => key === 'at' || key === 'blocked')
  if (!special) {
    const pattern = readEvent(node, report)
    return pattern && { kind: 'event', pattern }
  }
  const other = entriesOf(node).find(entry => entry !== special)
  if (other) report(error('S003', other.keySpan, `\`${other.key}\` cannot stand beside \`${special.key}\``))
  return special.key === 'at' ? { kind: 'at', place: readText(special.value) } : { kind: 'blocked' }
}

function readWrite(span: Turn['span'], entry: MapEntry, report: Report): readonly Turn[] {
  const memory = readMemory(entry, report)
  const bytes = memory && memoryBytes(memory.type, memory.value)
  if (memory && !bytes) {
    report(
      error('S004', memory.value.span, 'only an exact value can be written', {
        help: 'a number, a text or whole bytes',
      }),
    )
  }
  if (!bytes) return []
  const place = { value: entry.key, span: entry.keySpan }
  return [{ span, kind: 'write', place, bytes: located(entry.value, bytes) }]
}
