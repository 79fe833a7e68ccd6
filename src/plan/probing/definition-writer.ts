// SPDX-License-Identifier: MIT
import { basename } from 'node:path'
import { fileOffsetOf } from '../../program/symbols.ts'
import { type BoundDefinition, compareDefinitions } from '../../tracing/definition/compare-definitions.ts'
import { parseDefinition } from '../../tracing/definition/parse-definition.ts'
import { splitWords } from '../../tracing/definition/words.ts'
import { toKernelText } from '../../tracing/kernel-text.ts'
import type { ProbePlace } from './find-places.ts'
import type { ProbedProgram } from './probed-program.ts'
import { type UsdtArgument, usdtArgument } from './usdt-arguments.ts'

/** Lines for `uprobe_events` that put probes at a place, each of them one that the kernel takes; or why there are none. */
export type DefinitionLines = {
  readonly lines: readonly string[]
  readonly arguments: readonly UsdtArgument[]
  readonly problem?: string
}

type Wanted = {
  readonly kind: 'p' | 'r'
  readonly group: string
  readonly event: string
  /** `0x1136`, perhaps with a reference counter. */
  readonly offset: string
  readonly arguments: readonly string[]
  /** Several places may be one event. */
  readonly together: boolean
}

/** Writes definitions for places of one program, and gives different things different names. */
export class DefinitionWriter {
  readonly #program: ProbedProgram
  readonly #events = new Map<string, BoundDefinition<string>[]>()

  constructor(program: ProbedProgram) {
    this.#program = program
  }

  /** `label` is the place's name, of which the event's is made. Places of one label are one event where `together` says so. */
  linesFor(place: ProbePlace, label: string, together = false): DefinitionLines {
    const { path } = this.#program
    if (splitWords(path)[0] !== toKernelText(path)) {
      const problem =
        'definitions are split at blanks (and at the byte A0) and end at #, and the path has one: probe the file through a link'
      return { lines: [], arguments: [], problem }
    }
    const written = (place.note?.arguments ?? []).slice(0, mostArguments)
    const args = written.map(word => checked(usdtArgument(word, this.#reach(place))))
    const wanted: Wanted = {
      kind: 'p',
      group: legalName(place.note?.provider ?? basename(path).split('.')[0]!),
      event: legalName(place.note?.name ?? label),
      offset: `0x${place.fileOffset.toString(16)}${this.#counter(place)}`,
      arguments: args.flatMap((arg, index) => ('fetch' in arg ? [`arg${index + 1}=${arg.fetch}`] : [])),
      together: together || place.note !== undefined,
    }
    const lines = [wanted, ...(!together && canReturn(place, this.#program) ? [returnOf(wanted)] : [])]
    return { lines: lines.map(line => this.#write(line)), arguments: args }
  }

  #write(wanted: Wanted): string {
    for (let attempt = 1; ; attempt++) {
      const suffix = attempt === 1 ? '' : `_${attempt}`
      const event = wanted.event.slice(0, longestName - suffix.length) + suffix
      const head = `${wanted.kind}:${wanted.group}/${event}`
      const line = [head, `${this.#program.path}:${wanted.offset}`, ...wanted.arguments].join(' ')
      const parsed = parseDefinition(line, anyFile)
      if (!parsed.ok) throw new Error(`the kernel would refuse ${line}: ${parsed.refusal.message}`)
      const bound = { definition: parsed.definition, inode: this.#program.path }
      const others = this.#events.get(event)
      if (others && (!wanted.together || compareDefinitions(others, bound))) continue
      this.#events.set(event, [...(others ?? []), bound])
      return line
    }
  }

  /** Where a variable lies for the kernel, which takes the distance between address and file offset from the probe. */
  #reach({ address, fileOffset }: ProbePlace): (name: string) => bigint | undefined {
    return name => {
      const symbol = this.#program.symbols.find(candidate => !candidate.imported && candidate.name === name)
      return symbol && symbol.address - (address - BigInt(fileOffset))
    }
  }

  #counter({ note }: ProbePlace): string {
    const offset = semaphoreOffset(note?.semaphore, this.#program)
    return offset === undefined ? '' : `(0x${offset.toString(16)})`
  }
}

/** Notes are not trusted: a number that the kernel would refuse makes no argument. */
function checked(argument: UsdtArgument): UsdtArgument {
  if ('reason' in argument || parseDefinition(`p /x:0 ${argument.fetch}`, anyFile).ok) return argument
  return { written: argument.written, reason: 'the kernel does not take its number' }
}

/** Whether the file is there is not asked of the kernel here. */
const anyFile = { resolvePath: () => ({ regular: true }) }
const mostArguments = 128

/** File offset of a USDT semaphore; undefined where there is none, or the file has no bytes for it. */
export function semaphoreOffset(semaphore: bigint | undefined, { elf }: ProbedProgram): number | undefined {
  return semaphore === undefined ? undefined : fileOffsetOf(elf, semaphore)
}

/** A return probe replaces what the stack pointer points at, which is the return address only where a function begins. */
function canReturn({ address, within, note }: ProbePlace, { elf }: ProbedProgram): boolean {
  if (note || !within) return false
  if (within.symbol.kind !== 'function' || within.name.includes('.cold')) return false
  const start = elf.file.read(within.fileOffset, 4)
  const afterMark = endbr64.every((byte, index) => start[index] === byte)
  return address === within.address || (afterMark && address === within.address + 4n)
}

const endbr64 = [0xf3, 0x0f, 0x1e, 0xfa]

function returnOf(wanted: Wanted): Wanted {
  const event = `${wanted.event.slice(0, longestName - 4)}_ret`
  return { ...wanted, kind: 'r', event, arguments: ['ret=$retval'] }
}

/** Characters of a group or an event (spec 07 §3). */
const longestName = 63

/** A name as the kernel wants names: C identifiers, not too long. */
function legalName(text: string): string {
  const word = text.replace(/[^A-Za-z0-9_]/g, '_')
  return (/^[A-Za-z_]/.test(word) ? word : `at_${word}`).slice(0, longestName)
}
