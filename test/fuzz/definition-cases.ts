// SPDX-License-Identifier: MIT
import { Errno } from '../../src/kernel/errno.ts'
import type { KernelPath } from '../../src/kernel/kernel.ts'
import { placeOfRefusal } from '../../src/plan/check-filter.ts'
import { listDefinition } from '../../src/tracing/definition/list-definition.ts'
import { parseDefinition } from '../../src/tracing/definition/parse-definition.ts'
import type { Refusal } from '../../src/tracing/definition.ts'
import { bufferSize, fetchArguments } from '../../src/tracing/fetch/fetch-arguments.ts'
import { compileFetch } from '../../src/tracing/fetch/fetch-program.ts'
import { matchFilter } from '../../src/tracing/filter/match-filter.ts'
import { parseFilter } from '../../src/tracing/filter/parse-filter.ts'
import { toKernelText } from '../../src/tracing/kernel-text.ts'
import { buildRecord } from '../../src/tracing/record/build-record.ts'
import { eventFields } from '../../src/tracing/record/fields.ts'
import { decodeRecord } from '../../src/tracing/record/record-body.ts'
import { perfBody } from '../../src/tracing/text/perf-body.ts'
import { TraceEvents } from '../../src/tracing/trace-events.ts'
import { corpusTree, exePath } from '../tracing/corpus-tree.ts'
import { hitContext, memory } from '../tracing/hit-context.ts'
import type { FuzzCase } from './fuzz.ts'
import { Random } from './random.ts'

const goodDefinitions = [
  `p ${exePath}:0x10`,
  `p:grp/ev ${exePath}:0x1048 a=%ax b=%di:s32 s=+0(%si):string`,
  `r:grp.ev ${exePath}:010 v=$retval:x8 +8(+16(%sp)):u16[4] c=$comm`,
  `p:ev ${exePath}:4112%return(0x20) $stack $stack3:b4@2/8 @0x401000:char @+0x10:ustring[3]`,
  `p ${exePath}:1 \\0x41 \\-7:s64 \\"text" -8(%bp):u64[64] +u4(%cx):b31@1/32`,
  `-:grp/ev ${exePath}:0x0000000000001048 a=%ax`,
  '-:ev',
]
const goodFilters = [
  'n==2',
  'n > -5 && s == "hello"',
  '!(a & 0x10 || s ~ "*l?o*") && common_pid != 1',
  "comm == 'prog' || cpu < 2",
  'n==CPUS{0-1,3}',
  '(((n<=1)) || !n>=3)',
]
const goodTriggers = [
  'traceoff:1 if n==2',
  'enable_event:uprobes:other:3 if s ~ "h*"',
  'stacktrace',
  '!traceon',
  'disable_event:uprobes:ev',
]
const pieces = [
  ...'%$@+-\\"():/.=[],#!&|~<>*?\'{} \t\n',
  ...'ax di:s32 $retval $stack $comm :string :u8[ ]: b1@0/8 0x 08 %return +0( -1 18446744073709551615 18446744073709551616 u'.split(
    ' ',
  ),
  ...'p: r: && || == != CPUS{ if n s a "x" traceoff enable_event 00 \0 \u00ff \u{1f600} arg1='.split(' '),
  'a'.repeat(70),
  '+0('.repeat(16),
  ')'.repeat(16),
]

/** Definitions, filters and triggers that are nearly right, and some that are not right at all. Each is taken, or refused with a caret inside of it. */
export const definitionCases: FuzzCase = (seed, number) => {
  const random = new Random(seed, number)
  switch (number % 3) {
    case 0:
      return define(vary(random, goodDefinitions))
    case 1:
      return filter(vary(random, goodFilters))
    default:
      return trigger(vary(random, goodTriggers))
  }
}

/** A good text with a few changes, or pieces in any order. */
function vary(random: Random, good: readonly string[]): string {
  if (random.oneIn(10)) return Array.from({ length: random.below(12) }, () => random.pick(pieces)).join('')
  let text = random.pick(good)
  for (let changes = random.below(5); changes > 0; changes--) {
    const at = random.below(text.length + 1)
    const behind = at + random.pick([0, 0, 1, 1, 2, 5])
    const other = random.pick(good)
    const start = random.below(other.length)
    const replacement = random.pick(['', random.pick(pieces), other.slice(start, start + random.below(12))])
    text = text.slice(0, at) + replacement + text.slice(behind)
  }
  return text
}

const resolvePath = corpusTree

function define(text: string): string {
  const parsed = parseDefinition(text, { resolvePath })
  if (!parsed.ok) return refused('definition', parsed.refusal)
  const line = listDefinition(parsed.definition)
  const again = parseDefinition(line, { resolvePath })
  if (!again.ok) throw new Error(`${line} of ${JSON.stringify(text)} is refused: ${again.refusal.message}`)
  const twice = listDefinition(again.definition)
  if (twice !== line)
    throw new Error(`${JSON.stringify(text)} is listed as ${line}, which is listed as ${twice}`)
  record(again.definition)
  return 'definition taken'
}

/** A record of it can be made, printed and filtered. */
function record(definition: Parameters<typeof compileFetch>[0]): Uint8Array {
  const buffer = new Uint8Array(bufferSize)
  const context = hitContext({
    mm: memory([0x400000, '\x7fELF']),
    registers: { rdi: 0x400000, rsp: 0x400ff0 },
  })
  const size = fetchArguments(compileFetch(definition), context, buffer)
  const bytes = buildRecord(definition.kind, 2326, 42, { ip: 1n, func: 2n }, buffer.subarray(0, size))
  decodeRecord(definition, bytes)
  perfBody(definition, bytes)
  return bytes
}

const filtered = parseDefinition(`p:ev ${exePath}:1 n=%di:s32 a=%ax s=+0(%si):string`, { resolvePath })
if (!filtered.ok) throw new Error(filtered.refusal.message)
const { definition: filteredDefinition } = filtered
const bytes = record(filteredDefinition)
const fields = eventFields(filteredDefinition)

function filter(text: string): string {
  const parsed = parseFilter(text, fields)
  if (!parsed.ok) {
    const [from, to] = placeOfRefusal(text, parsed.refusal.caret ?? 0)
    if (from < 0 || to < from || to > Math.max(1, text.length))
      throw new Error(`marked from ${from} to ${to}: ${text}`)
    return refused('filter', parsed.refusal)
  }
  const { task } = hitContext({})
  matchFilter(parsed.filter, { record: bytes, task, cpu: 0 })
  return 'filter taken'
}

function trigger(text: string): string {
  const kernel = { lookup: corpusTree, log() {} } as unknown as ConstructorParameters<typeof TraceEvents>[0]
  const registry = {
    *register() {
      return 0
    },
    *remove() {
      return 0
    },
    *synchronise() {},
  }
  const events = new TraceEvents(kernel, registry, { *sink() {} })
  for (const name of ['ev', 'other']) events.define(`p:${name} ${exePath}:1 n=%di:s32 s=+0(%si):string`)
  const errno = -finish(events.setTrigger('ev', text))
  for (const { message, command, caret } of events.errors.entries)
    refused('trigger', { errno: 'EINVAL', message, command, caret })
  events.readTrigger('ev')
  return errno === 0 ? 'trigger taken' : `trigger refused: ${errno}`
}

function finish<T>(path: KernelPath<T>): T {
  const step = path.next()
  if (!step.done) throw new Error('it waits')
  return step.value
}

/** The caret may stand behind the space that follows the last word; of a list of processors without its brace it stands behind that. */
function refused(what: string, { errno, message, command, caret }: Refusal): string {
  if (Errno[errno] === undefined) throw new Error(`no errno: ${errno}`)
  if (message === undefined) return `${what} refused`
  const length = toKernelText(command ?? '').length
  const inside = command !== undefined && caret !== undefined && caret >= 0 && caret <= length + 2
  if (!inside) throw new Error(`caret ${caret} of ${JSON.stringify(command)}: ${message}`)
  return `${what} refused: ${message}`
}
