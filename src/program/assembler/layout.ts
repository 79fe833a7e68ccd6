// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { Span } from '../../diagnostics/source-file.ts'
import type { Assembly } from './assembly.ts'
import { type Expression, evaluate, relocations, type Sum, settle, sumOf } from './expression.ts'
import type { Fragment, Section } from './section.ts'
import type { AssemblySymbol } from './symbol.ts'

/** Sections whose bytes are mapped with the same rights, next to each other. */
export type SectionGroup = {
  readonly write: boolean
  readonly execute: boolean
  readonly sections: readonly Section[]
}

export const pageSize = 4096n

/** More than any scenario needs; less than what would exhaust the host. */
const mostMemory = 1 << 30
const mostBytes = 1 << 26

/** Space whose size depends on addresses behind it settles in a few rounds, or never. */
const mostRounds = 100

/**
 * Gives every section, fragment and label its address. Text starts one page behind `base`; each group of rights
 * starts on a page of its own, and so does what has no bytes in the file. Jumps start short and only ever grow, as in
 * GNU as, so this ends.
 */
export function layOut(assembly: Assembly, base: bigint): readonly SectionGroup[] | Diagnostic {
  const groups = groupsOf(assembly.sections)
  do {
    let rounds = 0
    while (placeAll(assembly, groups, base)) if (++rounds > mostRounds) return unsettled(assembly)
  } while (growJumps(assembly.sections))
  return excess(assembly) ?? groups
}

/** Places every section, and says whether anything moved. */
function placeAll(assembly: Assembly, groups: readonly SectionGroup[], base: bigint): boolean {
  let address = base + pageSize
  let moved = false
  const place = (section: Section, start: bigint): void => {
    moved = placeFragments(section, start) || moved
    address = start + BigInt(section.size)
  }
  for (const { sections } of groups) {
    for (const section of sections) {
      const ownPage = !section.hasBytes || section === sections[0]
      const boundary = BigInt(Math.max(section.alignment, ownPage ? Number(pageSize) : 1))
      place(section, alignUp(address, boundary))
    }
    address = alignUp(address, pageSize)
  }
  for (const section of assembly.sections) if (!section.loaded) place(section, 0n)
  return moved
}

/** Address of a label after the layout; 0 for one that is not defined, which is reported elsewhere. */
export function addressOf({ place: at }: AssemblySymbol): bigint {
  return at ? at.fragment.address + BigInt(at.offset) : 0n
}

function groupsOf(sections: readonly Section[]): SectionGroup[] {
  const rights = [
    { execute: true, write: false },
    { execute: true, write: true },
    { execute: false, write: false },
    { execute: false, write: true },
  ]
  return rights.flatMap(({ execute, write }) => {
    const all = sections.filter(
      section =>
        section.loaded && section.execute === execute && section.write === write && !isEmpty(section),
    )
    const ordered = [...all.filter(({ hasBytes }) => hasBytes), ...all.filter(({ hasBytes }) => !hasBytes)]
    return ordered.length > 0 ? [{ execute, write, sections: ordered }] : []
  })
}

/** Labels keep a section, so that they have an address. */
function isEmpty({ fragments }: Section): boolean {
  return fragments.length === 0
}

function placeFragments(section: Section, start: bigint): boolean {
  section.address = start
  let address = start
  let moved = false
  for (const fragment of section.fragments) {
    moved ||= fragment.address !== address
    fragment.address = address
    const size = tailSize(fragment)
    moved ||= fragment.tailSize !== size
    fragment.tailSize = size
    address += BigInt(fragment.size + size)
  }
  section.size = Number(address - start)
  return moved
}

function tailSize({ tail, address, size }: Fragment): number {
  switch (tail?.kind) {
    case 'branch':
      return (tail.isLong ? tail.long : tail.short).length
    case 'align': {
      const end = address + BigInt(size)
      const padding = Number(alignUp(end, BigInt(tail.boundary)) - end)
      return tail.limit !== undefined && padding > tail.limit ? 0 : padding
    }
    case 'space':
      return Math.min(Math.max(countOf(tail.count) ?? 0, 0), mostMemory)
    default:
      return 0
  }
}

/** The number of bytes of a space; undefined where it is an address, or nothing. */
function countOf(count: Expression): number | undefined {
  const sum = sumOf(count)
  return 'why' in sum || relocations(sum) !== 0n ? undefined : Number(evaluate(sum, addressOf))
}

/** Makes every short jump long whose target is out of reach, and says whether there was one. */
function growJumps(sections: readonly Section[]): boolean {
  let grown = false
  for (const fragment of sections.flatMap(({ fragments }) => fragments)) {
    const { tail } = fragment
    if (
      tail?.kind !== 'branch' ||
      tail.isLong ||
      reaches(fragment, tail.short.length, settle(targetOf(tail.short)))
    )
      continue
    tail.isLong = true
    grown = true
  }
  return grown
}

function targetOf({ operands }: { readonly operands: readonly { readonly kind: string }[] }): Sum {
  return (operands.find(({ kind }) => kind === 'branch') as unknown as { target: Sum }).target
}

/** A short jump stays within its section: where another one will lie is the linker's affair. */
function reaches({ section, address, size }: Fragment, length: number, target: Sum): boolean {
  if (relocations(target) !== 1n) return false
  if ([...target.terms.keys()].some(({ place: at }) => at?.fragment.section !== section)) return false
  const distance = evaluate(target, addressOf) - (address + BigInt(size + length))
  return distance >= -128n && distance <= 127n
}

export function alignUp(value: bigint, boundary: bigint): bigint {
  return ((value + boundary - 1n) / boundary) * boundary
}

/** What is too much of the whole. */
function excess({ sections }: Assembly): Diagnostic | undefined {
  for (const { tail } of sections.flatMap(({ fragments }) => fragments)) {
    if (tail?.kind !== 'space') continue
    const count = countOf(tail.count)
    if (count === undefined || count < 0 || count > mostMemory) {
      return problem('this is no size for a space', tail.count.span)
    }
  }
  const total = (some: readonly Section[]): number => some.reduce((sum, { size }) => sum + size, 0)
  if (total(sections) > mostMemory) return problem('the program needs more than 1 GiB')
  const inFile = sections.filter(({ hasBytes }) => hasBytes)
  return total(inFile) > mostBytes ? problem('the program has more than 64 MiB of code and data') : undefined
}

function unsettled({ sections }: Assembly): Diagnostic {
  const space = sections
    .flatMap(({ fragments }) => fragments)
    .find(({ tail }) => tail?.kind === 'space' && (countOf(tail.count) ?? 0) !== 0)?.tail
  return problem(
    'the size of this space depends on itself',
    space?.kind === 'space' ? space.count.span : undefined,
  )
}

function problem(message: string, span?: Span): Diagnostic {
  return { code: 'B008', severity: 'error', message, labels: span ? [{ span }] : [] }
}
