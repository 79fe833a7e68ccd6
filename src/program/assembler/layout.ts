// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { Assembly } from './assembly.ts'
import { evaluate, relocations, type Sum, settle, sumOf } from './expression.ts'
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
const largestProgram = 1 << 30

/**
 * Gives every section, fragment and label its address. Text starts one page behind `base`; each group of rights
 * starts on a page of its own, and so does what has no bytes in the file. Jumps start short and only ever grow, as in
 * GNU as, so this ends.
 */
export function layOut(assembly: Assembly, base: bigint): readonly SectionGroup[] | Diagnostic {
  const groups = groupsOf(assembly.sections)
  for (;;) {
    let address = base + pageSize
    for (const { sections } of groups) {
      for (const section of sections) {
        const ownPage = !section.hasBytes || section === sections[0]
        const boundary = BigInt(Math.max(section.alignment, ownPage ? Number(pageSize) : 1))
        address = place(section, alignUp(address, boundary))
        const unfit = section.fragments.find(({ tailSize }) => tailSize < 0 || tailSize > largestProgram)
        if (unfit || address - base > BigInt(largestProgram)) return tooLarge(unfit, section)
      }
      address = alignUp(address, pageSize)
    }
    for (const section of assembly.sections) if (!section.loaded) place(section, 0n)
    if (!growJumps(assembly.sections)) return groups
  }
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

/** Places a section's fragments and gives the address behind it. */
function place(section: Section, start: bigint): bigint {
  section.address = start
  let address = start
  for (const fragment of section.fragments) {
    fragment.address = address
    fragment.tailSize = tailSize(fragment)
    address += BigInt(fragment.size + fragment.tailSize)
  }
  section.size = Number(address - start)
  return address
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
    case 'space': {
      const sum = sumOf(tail.count)
      return 'why' in sum ? 0 : Number(evaluate(sum, addressOf))
    }
    default:
      return 0
  }
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

function tooLarge(unfit: Fragment | undefined, section: Section): Diagnostic {
  const span = unfit?.tail?.kind === 'space' ? unfit.tail.span : undefined
  return {
    code: 'B008',
    severity: 'error',
    message: span ? 'this much space is not possible' : `\`${section.name}\` grows beyond 1 GiB`,
    labels: span ? [{ span }] : [],
  }
}
