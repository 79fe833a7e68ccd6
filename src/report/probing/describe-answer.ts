// SPDX-License-Identifier: MIT

import { semaphoreOffset } from '../../plan/probing/definition-writer.ts'
import type { Line } from '../../plan/probing/line-at.ts'
import type { ProbeAnswer } from '../../plan/probing/probe-answer.ts'
import { functionAt, type ProbedProgram } from '../../plan/probing/probed-program.ts'
import { splitName, splitTexts } from '../../plan/probing/relatives.ts'
import type { UsdtArgument } from '../../plan/probing/usdt-arguments.ts'
import { addressOf } from '../../program/symbols.ts'
import { knownBugs } from '../../uprobes/known-bugs.ts'
import type { KernelProfile } from '../../uprobes/profile.ts'
import { layOut, type Row } from '../explain/rows.ts'
import { costText, plural, treatmentLines } from './treatment-texts.ts'

/** Answers one below the other, and what must be known of all their definitions together. */
export function describeAnswers(
  answers: readonly ProbeAnswer[],
  program: ProbedProgram,
  profile: KernelProfile,
): string {
  const texts = answers.map(answer => describeAnswer(answer, program, profile))
  const lines = answers.flatMap(({ definitions, inlinedDefinitions }) => [
    ...definitions.lines,
    ...inlinedDefinitions,
  ])
  return [...texts, ...severalPlacesNote(lines)].join('\n')
}

/** What must be known of definitions that give one event several places. */
export function severalPlacesNote(lines: readonly string[]): string[] {
  const events = lines.map(line => line.split(' ')[0]!.slice(2))
  const repeated = [...new Set(events.filter((event, index) => events.indexOf(event) !== index))]
  if (repeated.length === 0) return []
  const which = repeated.length === 1 ? `${repeated[0]} has` : `${repeated.join(', ')} have`
  return [`${which} several places: disable it before \`-:\` removes it (bug B3: ${knownBugs.B3})\n`]
}

/** Everything about one place, for people: a line that says what it is, and rows below it. */
function describeAnswer(answer: ProbeAnswer, program: ProbedProgram, profile: KernelProfile): string {
  const { label, site, definitions, neighbour } = answer
  const middle = site.boundary.kind === 'middle'
  const rows: Row[] = [
    ['place', placeLines(answer, program)],
    ['instruction', [instructionText(site.line), ...boundaryLines(answer, program)]],
    ...(middle ? [] : [[profile.name, treatmentLines(site)] as const]),
    ...(middle || site.treatment.how === 'refused'
      ? []
      : [['a hit costs', [costText(answer, profile)]] as const]),
    ['known bugs', site.bugs.map(bug => `${bug}: ${knownBugs[bug]}`)],
    ['instead', neighbour ? [neighbourText(answer, program)] : []],
    ['calls', indirectLines(answer)],
    ['also there', answer.relatives.map(relativeText)],
    ['inlined', inlinedLines(answer, program)],
    ['semaphore', [semaphoreText(answer, program)].filter(text => text !== undefined)],
    ['arguments', argumentLines(definitions.arguments)],
    ['define', definitions.problem ? [definitions.problem] : definitions.lines],
    ['define inlined', answer.inlinedDefinitions],
  ]
  const filled = rows.filter(([, lines]) => lines.length > 0)
  return `${label}   ${natureText(answer)}\n${layOut([filled])}`
}

function natureText({ site: { address, note, stub, within } }: ProbeAnswer): string {
  if (note) return `a USDT probe${within ? ` in ${within.name}` : ''}`
  if (stub) return 'a stub: only the calls of this file pass here, on their way to another file'
  if (!within) return 'code that no symbol covers'
  const { symbol, aliases, size } = within
  const inside = address === within.address ? '' : 'in '
  const kind = inside + (symbol.kind === 'indirect-function' ? 'an indirect function' : 'a function')
  const length = size > 0 ? ` of ${plural(size, 'byte')}` : ', of unknown length'
  const source = symbol.source ? `, of ${symbol.source}` : ''
  const also = aliases.length > 0 ? `; also ${aliases.map(({ name }) => name).join(', ')}` : ''
  const split = splitName(symbol.name)
  const made = split
    ? `; made of ${split.base}: ${split.splits.map(word => splitTexts[word]).join(', ')}`
    : ''
  return `${kind}${length}, ${symbol.binding}${source}${also}${made}`
}

/** The mistake that is made most often is to take the address for the offset. */
function placeLines({ site: { address, fileOffset } }: ProbeAnswer, program: ProbedProgram): string[] {
  const offset = `offset 0x${fileOffset.toString(16)} in the file`
  const { elf } = program
  if (address === BigInt(fileOffset)) {
    const moved = elf.positionIndependent ? ', from where the file is loaded' : ''
    return [`${offset}; its address is the same number${moved}`]
  }
  return [
    `${offset}; its address is 0x${address.toString(16)}, which is no offset`,
    `0x${address.toString(16)} as an offset ${wrongPlace(address, program)}`,
  ]
}

function wrongPlace(address: bigint, program: ProbedProgram): string {
  const { elf } = program
  if (address >= BigInt(elf.file.size)) return 'is beyond the end of the file'
  const wrong = addressOf(elf, Number(address))
  const there = wrong === undefined ? undefined : functionAt(program, wrong)
  return there ? `would be a place in ${there.name}` : 'would be a place that nobody means'
}

function instructionText({ bytes, text }: Line): string {
  const digits = [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join(' ')
  return text === undefined ? `${digits}   is none` : `${digits}   ${text}`
}

function boundaryLines({ site: { boundary, within } }: ProbeAnswer, program: ProbedProgram): string[] {
  if (boundary.kind === 'start') return []
  if (boundary.kind !== 'middle') {
    return [
      within
        ? `whether one begins here cannot be told: what stands before it in ${within.name} is not all code`
        : 'whether one begins here cannot be told without a symbol',
    ]
  }
  const lines = [boundary.cut, ...(boundary.next ? [boundary.next] : [])]
  const name = (line: Line) => nameOf(line.address, program)
  return [
    'no instruction begins here: the kernel does not check, and its breakpoint would become a part of the one that is cut',
    ...lines.map(line => `${name(line)}   ${instructionText(line)}`),
    `probe ${lines.map(name).join(' or ')}`,
  ]
}

/** `name+0x4` of an address. */
function nameOf(address: bigint, program: ProbedProgram): string {
  const within = functionAt(program, address)
  if (!within) return `0x${address.toString(16)}`
  const offset = address - within.address
  return offset === 0n ? within.name : `${within.name}+0x${offset.toString(16)}`
}

function neighbourText({ neighbour, site }: ProbeAnswer, program: ProbedProgram): string {
  const { address, text, traps } = neighbour!
  const gain =
    site.treatment.how === 'refused' || site.bugs.length > 0
      ? 'can be probed'
      : `costs ${plural(traps, 'trap')}`
  return `${nameOf(address, program)}   ${text}   ${gain}, and every call passes there too`
}

function indirectLines({ site: { within }, candidates }: ProbeAnswer): string[] {
  if (within?.symbol.kind !== 'indirect-function') return []
  const shown = candidates.slice(0, mostShown).map(({ name }) => name)
  const more = candidates.length > mostShown ? [`and ${candidates.length - mostShown} more`] : []
  return [
    'do not come here: the loader runs this code once, to choose the function that they go to',
    shown.length > 0
      ? `probe what it may choose: ${[...shown, ...more].join(', ')}`
      : 'what it may choose has no symbol in this file',
  ]
}

const mostShown = 12

function relativeText({ function: { name }, splits }: ProbeAnswer['relatives'][number]): string {
  return `${name}   ${splits.map(split => splitTexts[split]).join('; ')}`
}

function inlinedLines({ inlined }: ProbeAnswer, program: ProbedProgram): string[] {
  if (!inlined) return []
  if (inlined.kind === 'none') return ['no debug information: inlined copies cannot be seen']
  if (inlined.kind === 'unreadable')
    return [`inlined copies cannot be seen: debug information ${inlined.reason}`]
  const { copies, known, vanished } = inlined
  if (!known) return ['debug information does not know it: inlined copies cannot be seen']
  if (copies.length === 0) return ['nowhere, debug information says']
  const gone = vanished > 0 ? `, and ${vanished} of which nothing is left` : ''
  const shown = copies.slice(0, mostShown).map(({ address, line }) => {
    return `${nameOf(address, program)}${line === undefined ? '' : `   called in line ${line}`}`
  })
  const more = copies.length > mostShown ? [`and ${copies.length - mostShown} more (--json has all)`] : []
  return [`at ${plural(copies.length, 'place')}, which a probe here does not see${gone}:`, ...shown, ...more]
}

function argumentLines(args: readonly UsdtArgument[]): string[] {
  return args.map((arg, index) => {
    const what = 'fetch' in arg ? arg.fetch : `left out: ${arg.reason}`
    return `${index + 1}   ${arg.written}   ${what}`
  })
}

/** What a USDT probe needs beside its place. */
function semaphoreText({ site: { note } }: ProbeAnswer, program: ProbedProgram): string | undefined {
  if (note?.semaphore === undefined) return undefined
  const offset = semaphoreOffset(note.semaphore, program)
  return offset === undefined
    ? 'its semaphore has no bytes in the file: the program will not notice that somebody traces'
    : `its semaphore at offset 0x${offset.toString(16)} is counted up while the event is enabled`
}
