// SPDX-License-Identifier: MIT
import { type AddressSpace, Errno, type KernelPath, type Vma } from '../../../kernel/kernel.ts'
import { marksOf } from '../../registry/mm-marks.ts'
import { addressOf, offsetOf } from '../../registry/suitable-vma.ts'
import { type Attached, accepts, type Uprobe } from '../../registry/uprobe.ts'
import type { Consumer, ProbeSite } from '../../uprobes.ts'
import type { LifetimeParts } from './lifetimes.ts'
import { settled } from './settled.ts'

/** A probe at one address of one mm, and those who listen there. */
type Binding = { readonly uprobe: Uprobe; readonly consumers: Set<Consumer> }

/**
 * Probes as 2010 had them: each is bound to addresses of processes when it is registered, and nothing that is mapped later gets one
 * (spec 08 §3). How many there are in an mm decides whether its traps are claimed.
 */
export class BoundPlaces {
  readonly leaks = false
  readonly #parts: LifetimeParts
  readonly #places = new Map<AddressSpace, Map<number, Binding>>()

  constructor(parts: LifetimeParts) {
    this.#parts = parts
  }

  probeAt(mm: AddressSpace, address: number): Uprobe | undefined {
    return this.#of(mm).get(address)?.uprobe
  }

  /** Of a probe that has just been found there. */
  listeners({ consumers }: Uprobe, mm: AddressSpace, address: number): readonly Attached[] {
    const here = this.#of(mm).get(address)!.consumers
    return consumers.filter(({ consumer }) => here.has(consumer))
  }

  *install(uprobe: Uprobe, { consumer }: Attached): KernelPath<number> {
    for (const place of uprobe.site ? [uprobe.site] : this.#mappedNow(uprobe)) {
      const { mm, address } = place
      const changes = (): boolean => accepts(consumer, mm) && !this.#of(mm).has(address)
      const write = this.#put(uprobe, place, consumer)
      const failure = yield* this.#parts.insert.change({ mm, probe: uprobe.name, changes }, write)
      if (failure < 0) return failure
    }
    return 0
  }

  /** -EINVAL where the one place of a probe does not fit; a mapping that has gone meanwhile is none of the probe's. */
  *#put(uprobe: Uprobe, { mm, address }: ProbeSite, consumer: Consumer): KernelPath<number> {
    yield* settled(mm)
    const vma = mm.vmaAt(address)
    const fits =
      vma?.inode === uprobe.inode &&
      offsetOf(vma, address) === uprobe.offset &&
      this.#parts.suitable(vma, true)
    if (!fits) return uprobe.site ? -Errno.EINVAL : 0
    return accepts(consumer, mm) ? this.#bind(uprobe, vma, address, consumer) : 0
  }

  *removeUnwanted(uprobe: Uprobe, consumer: Consumer): KernelPath<number> {
    const attached = uprobe.consumers.some(one => one.consumer === consumer)
    let failure = 0
    for (const [mm, bindings] of [...this.#places]) {
      if (attached && accepts(consumer, mm)) continue
      for (const [address, binding] of [...bindings]) {
        if (binding.uprobe !== uprobe || !binding.consumers.delete(consumer)) continue
        const changes = (): boolean => this.#isDeserted(mm, address, binding)
        const write = this.#leave(mm, address, binding)
        const result = yield* this.#parts.insert.change({ mm, probe: uprobe.name, changes }, write)
        if (failure === 0) failure = result
      }
    }
    return failure
  }

  *#leave(mm: AddressSpace, address: number, binding: Binding): KernelPath<number> {
    yield* settled(mm)
    return this.#isDeserted(mm, address, binding) ? this.#takeOut(binding.uprobe, mm, address) : 0
  }

  /** Nobody listens there any more, and the mapping or a handler has not taken the probe away already. */
  #isDeserted(mm: AddressSpace, address: number, binding: Binding): boolean {
    return binding.consumers.size === 0 && this.#of(mm).get(address) === binding
  }

  removeFrom(uprobe: Uprobe, mm: AddressSpace): void {
    for (const [address, { uprobe: bound, consumers }] of this.#of(mm)) {
      if (bound !== uprobe) continue
      for (const consumer of consumers) if (!accepts(consumer, mm)) consumers.delete(consumer)
      if (consumers.size === 0) this.#takeOut(uprobe, mm, address)
    }
  }

  /** Only reference counters follow a mapping. */
  mapped(vma: Vma): void {
    if (marksOf(vma.mm).hasProbes) this.#parts.counters.mapped(vma)
  }

  unmapping(): void {}

  /** The count of an mm's probes is never in doubt. */
  recalculate(): void {}

  /** Profile choice `fork` (spec 08 §7). The child's text is a copy, breakpoints included. */
  copied(from: AddressSpace, to: AddressSpace): void {
    const { fork, breakpoints } = this.#parts
    const bindings = this.#of(from)
    if (fork === 'shares') {
      const copies = [...bindings].map(
        ([address, { uprobe, consumers }]) => [address, { uprobe, consumers: new Set(consumers) }] as const,
      )
      this.#places.set(to, new Map(copies))
    } else if (fork === 'restores') {
      for (const [address, { uprobe }] of bindings) {
        const vma = to.vmaAt(address)
        if (vma) breakpoints.remove(uprobe, vma, address)
      }
    }
    this.#count(to)
  }

  released(mm: AddressSpace): void {
    this.#places.delete(mm)
  }

  /** Forgets the probes of a range. With `restore`, their breakpoints are taken out of the pages before these go elsewhere. */
  protected unbind(vma: Vma, start: number, end: number, restore: boolean): void {
    const bindings = this.#of(vma.mm)
    for (const [address, { uprobe }] of bindings) {
      if (address < start || address >= end) continue
      if (restore) this.#parts.breakpoints.remove(uprobe, vma, address)
      bindings.delete(address)
    }
    this.#count(vma.mm)
  }

  /** An address that is bound already gets one listener more, and nothing is written, whatever is there now (spec 08 §3). */
  #bind(uprobe: Uprobe, vma: Vma, address: number, consumer: Consumer): number {
    const bindings = this.#of(vma.mm)
    const known = bindings.get(address)
    if (known) {
      if (known.uprobe === uprobe) known.consumers.add(consumer)
      return 0
    }
    const failure = this.#parts.breakpoints.install(uprobe, vma, address)
    if (failure < 0) return failure
    this.#places.set(vma.mm, bindings.set(address, { uprobe, consumers: new Set([consumer]) }))
    return 0
  }

  /** 0, or -EINVAL where no breakpoint is found to be taken out (spec 08 §2). The place is free again either way. */
  #takeOut(uprobe: Uprobe, mm: AddressSpace, address: number): number {
    const { kernel, breakpoints } = this.#parts
    const vma = mm.vmaAt(address)
    this.#of(mm).delete(address)
    this.#count(mm)
    if (vma && breakpoints.isThere(uprobe, vma, address)) return breakpoints.remove(uprobe, vma, address)
    kernel.log(`uprobe: no breakpoint to remove at 0x${address.toString(16)}`)
    return -Errno.EINVAL
  }

  #count(mm: AddressSpace): void {
    marksOf(mm).hasProbes = this.#of(mm).size > 0
  }

  #of(mm: AddressSpace): Map<number, Binding> {
    return this.#places.get(mm) ?? new Map()
  }

  #mappedNow({ inode, offset }: Uprobe): ProbeSite[] {
    return [...inode.mappings].flatMap(vma => {
      const address = this.#parts.suitable(vma, true) ? addressOf(vma, offset) : undefined
      return address === undefined ? [] : [{ mm: vma.mm, address }]
    })
  }
}
