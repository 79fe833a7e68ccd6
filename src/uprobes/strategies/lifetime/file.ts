// SPDX-License-Identifier: MIT
import type { AddressSpace, KernelPath, Vma } from '../../../kernel/kernel.ts'
import type { Lifetime } from '../../registry/lifetime.ts'
import { marksOf } from '../../registry/mm-marks.ts'
import { addressOf, offsetOf } from '../../registry/suitable-vma.ts'
import { type Attached, accepts, isWanted, type Uprobe } from '../../registry/uprobe.ts'
import type { Consumer } from '../../uprobes.ts'
import type { LifetimeParts } from './lifetimes.ts'
import { settled } from './settled.ts'

type Place = readonly [vma: Vma, address: number]

/**
 * Profile choice `lifetime: file`: a probe belongs to a place of a file, and so to every mapping of it, those to come and those of a
 * fork's child too (spec 04). Needs a reverse map from files to mappings and hooks in mmap; never loses a mapping but those that no hook
 * tells of (bugs B15, B16).
 */
export class FileLifetime implements Lifetime {
  readonly leaks = true
  readonly #parts: LifetimeParts

  constructor(parts: LifetimeParts) {
    this.#parts = parts
  }

  /** Looks at the file and offset alone (spec 05 §3). */
  probeAt(mm: AddressSpace, address: number): Uprobe | undefined {
    const vma = mm.vmaAt(address)
    return vma?.inode && this.#parts.tree.find(vma.inode, offsetOf(vma, address))
  }

  listeners({ consumers }: Uprobe): readonly Attached[] {
    return consumers
  }

  /** Process by process: threads of those that are done hit the probe while others are still to come (spec 05 §9). */
  *install(uprobe: Uprobe, { consumer }: Attached): KernelPath<number> {
    for (const place of this.#places(uprobe, true)) {
      const [{ mm }] = place
      if (!accepts(consumer, mm)) continue
      const changes = (): boolean => !this.#parts.breakpoints.isThere(uprobe, ...place)
      const write = this.#put(uprobe, place, consumer)
      const failure = yield* this.#parts.insert.change({ mm, probe: uprobe.name, changes }, write)
      if (failure < 0) return failure
    }
    return 0
  }

  *#put(uprobe: Uprobe, place: Place, consumer: Consumer): KernelPath<number> {
    const vma = yield* this.#found(uprobe, place, true)
    const [, address] = place
    return vma && accepts(consumer, vma.mm) ? this.#parts.breakpoints.install(uprobe, vma, address) : 0
  }

  *removeUnwanted(uprobe: Uprobe): KernelPath<number> {
    let failure = 0
    for (const place of this.#places(uprobe, false)) {
      const [{ mm }] = place
      // Also where the byte is the original one just now: a thread that executes in place will change that.
      const changes = (): boolean => isUnwanted(uprobe, mm)
      const write = this.#takeOut(uprobe, place)
      const result = yield* this.#parts.insert.change({ mm, probe: uprobe.name, changes }, write)
      if (failure === 0) failure = result
    }
    return failure
  }

  *#takeOut(uprobe: Uprobe, place: Place): KernelPath<number> {
    const vma = yield* this.#found(uprobe, place, false)
    const [, address] = place
    return vma && isUnwanted(uprobe, vma.mm) ? this.#parts.breakpoints.remove(uprobe, vma, address) : 0
  }

  removeFrom(uprobe: Uprobe, mm: AddressSpace): void {
    if (isWanted(uprobe, mm)) return
    for (const [vma, address] of this.#places(uprobe, false))
      if (vma.mm === mm) this.#parts.breakpoints.remove(uprobe, vma, address)
  }

  /** Puts probes of the file into a new or changed mapping; whatever fails is silently left out (spec 04 §8). */
  mapped(vma: Vma): void {
    const { counters, breakpoints } = this.#parts
    const { mm, start, end } = vma
    if (marksOf(mm).hasProbes) counters.mapped(vma)
    for (const uprobe of this.#probesOf(vma, start, end, true))
      if (isWanted(uprobe, mm)) breakpoints.install(uprobe, vma, addressOf(vma, uprobe.offset)!)
  }

  /** Its bytes go with it, and the mm may have no probe left. */
  unmapping(vma: Vma, start: number, end: number): void {
    const marks = marksOf(vma.mm)
    if (marks.hasProbes && this.#probesOf(vma, start, end, false).length > 0) marks.recalculate = true
  }

  leaving(): void {}

  /** Spec 04 §8, RECALC. */
  recalculate(mm: AddressSpace): void {
    const marks = marksOf(mm)
    if (!marks.recalculate) return
    marks.recalculate = false
    const holdsProbes = (vma: Vma): boolean => this.#probesOf(vma, vma.start, vma.end, false).length > 0
    if (!mm.vmas.some(holdsProbes)) marks.hasProbes = false
  }

  /** The child's text is a copy with the breakpoints in it; whether a probe is left in the end is in doubt (spec 04 §9). */
  copied(from: AddressSpace, to: AddressSpace): void {
    if (marksOf(from).hasProbes) Object.assign(marksOf(to), { hasProbes: true, recalculate: true })
  }

  released(): void {}

  /** Those of the range of a mapping, where it may have breakpoints at all. */
  #probesOf(vma: Vma, start: number, end: number, registering: boolean): Uprobe[] {
    const { tree, suitable } = this.#parts
    // What is suitable shows a file.
    return suitable(vma, registering) ? tree.within(vma.inode!, offsetOf(vma, start), offsetOf(vma, end)) : []
  }

  /** What is mapped at a place once nobody changes the mappings there any more: if it still is the probe's, the mapping (spec 04 §2). */
  *#found(
    { inode, offset }: Uprobe,
    [{ mm }, address]: Place,
    registering: boolean,
  ): KernelPath<Vma | undefined> {
    yield* settled(mm)
    const vma = mm.vmaAt(address)
    const fits =
      vma?.inode === inode && offsetOf(vma, address) === offset && this.#parts.suitable(vma, registering)
    return fits ? vma : undefined
  }

  /** The work list is built by pushing at its head, so that it runs against the order of the mappings (spec 04 §2). */
  #places({ inode, offset }: Uprobe, registering: boolean): Place[] {
    const places: Place[] = []
    for (const vma of inode.mappings) {
      const address = this.#parts.suitable(vma, registering) ? addressOf(vma, offset) : undefined
      if (address !== undefined) places.push([vma, address])
    }
    return places.reverse()
  }
}

/** The mm may hold breakpoints of the probe, and nobody wants them there. */
function isUnwanted(uprobe: Uprobe, mm: AddressSpace): boolean {
  return marksOf(mm).hasProbes && !isWanted(uprobe, mm)
}
