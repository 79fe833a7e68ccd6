// SPDX-License-Identifier: MIT
import { type InlinedCopies, readInlinedCopies } from '../../program/dwarf/inlined-copies.ts'
import { fileOffsetOf } from '../../program/symbols.ts'
import type { KernelProfile } from '../../uprobes/profile.ts'
import { type DefinitionLines, DefinitionWriter } from './definition-writer.ts'
import { noteName, type ProbePlace, placeAt } from './find-places.ts'
import { betterNeighbour, type Neighbour } from './neighbour.ts'
import { type ProbeSite, probeSite } from './probe-site.ts'
import { isCode, type ProbedProgram, type ProgramFunction } from './probed-program.ts'
import { type Relative, relativesOf } from './relatives.ts'

/** All that is said of one place that somebody named. */
export type ProbeAnswer = {
  readonly label: string
  readonly site: ProbeSite
  readonly definitions: DefinitionLines
  /** Pieces and copies of the function as symbols show them. */
  readonly relatives: readonly Relative[]
  /** Only for the start of a function. */
  readonly inlined?: InlinedCopies
  /** The inlined copies as one event. */
  readonly inlinedDefinitions: readonly string[]
  /** A place nearby that serves better. */
  readonly neighbour?: Neighbour
  /** What an indirect function may choose, as far as names tell. */
  readonly candidates: readonly ProgramFunction[]
}

export type AnswerOptions = {
  /** The function whose inlined copies the places are: they become one event. */
  readonly copiesOf?: string | undefined
  /** There may be very many places: debug information is not looked through for each. */
  readonly brief?: boolean
}

/** Answers for places of one program; what is written for all of them can be pasted together. */
export function answersFor(
  places: readonly ProbePlace[],
  program: ProbedProgram,
  profile: KernelProfile,
  options: AnswerOptions = {},
): readonly ProbeAnswer[] {
  const writer = new DefinitionWriter(program)
  return places.map(place => answer(place, program, profile, { ...options, writer }))
}

type Writing = AnswerOptions & { readonly writer: DefinitionWriter }

function answer(
  place: ProbePlace,
  program: ProbedProgram,
  profile: KernelProfile,
  { writer, copiesOf, brief = false }: Writing,
): ProbeAnswer {
  const site = probeSite(place, program, profile)
  const label = labelOf(place)
  const possible = site.treatment.how !== 'refused' && site.boundary.kind !== 'middle'
  const { within, note } = place
  const atStart = within !== undefined && within.address === place.address && !note && copiesOf === undefined
  const inlined = atStart && !brief ? readInlinedCopies(program.elf, within.symbol.name) : undefined
  const neighbour = betterNeighbour(site, program, profile)
  return {
    label,
    site,
    definitions: possible
      ? writer.linesFor(place, copiesOf ?? label, copiesOf !== undefined)
      : { lines: [], arguments: [] },
    relatives: atStart ? relativesOf(program, within.symbol.name) : [],
    ...(inlined && { inlined }),
    inlinedDefinitions: inlined?.kind === 'read' ? inlinedLines(inlined, label, program, writer) : [],
    ...(neighbour && { neighbour }),
    candidates: atStart && within.symbol.kind === 'indirect-function' ? candidatesOf(within, program) : [],
  }
}

/** `provider:name`, `puts@plt`, `name+0x4`, or the file offset. */
export function labelOf({ note, stub, within, address, fileOffset }: ProbePlace): string {
  if (note) return noteName(note)
  if (stub) return `${stub.name}@plt`
  if (!within) return `0x${fileOffset.toString(16)}`
  const offset = address - within.address
  return offset === 0n ? within.name : `${within.name}+0x${offset.toString(16)}`
}

function inlinedLines(
  { copies }: Extract<InlinedCopies, { kind: 'read' }>,
  label: string,
  program: ProbedProgram,
  writer: DefinitionWriter,
): string[] {
  const places = copies
    .filter(({ address }) => isCode(program.elf, address))
    .map(({ address }) => ({ address, fileOffset: fileOffsetOf(program.elf, address)! }))
  return places.flatMap(place => writer.linesFor(place, `${label}_inlined`, true).lines)
}

/** Places of the inlined copies of a function that has no code of its own. */
export function inlinedPlaces(name: string, program: ProbedProgram): readonly ProbePlace[] {
  const inlined = readInlinedCopies(program.elf, name)
  if (inlined.kind !== 'read') return []
  return inlined.copies
    .filter(({ address }) => isCode(program.elf, address))
    .map(({ address }) => placeAt(address, program))
}

/** glibc calls the variants of `memcpy` `__memcpy_avx_unaligned` and the like; `__memcpy_chk` is a checking front of it. */
function candidatesOf(
  { symbol, address }: ProgramFunction,
  { functions }: ProbedProgram,
): readonly ProgramFunction[] {
  const start = `__${symbol.name.replace(/^_+/, '')}_`
  return functions.filter(
    ({ address: other, name }) => other !== address && name.startsWith(start) && !/_chk(_|$)/.test(name),
  )
}
