// SPDX-License-Identifier: MIT
import {
  type AddressSpace,
  Errno,
  type Inode,
  type Kernel,
  type KernelPath,
  type Vma,
} from '../../kernel/kernel.ts'
import type { HandlerOrder } from '../strategies/handler-order.ts'
import type { Consumer } from '../uprobes.ts'
import type { Breakpoints } from './breakpoints.ts'
import { marksOf } from './mm-marks.ts'
import { ProbeTree } from './probe-tree.ts'
import type { ReferenceCounters } from './reference-counters.ts'
import { addressOf, offsetOf, type SuitableVma } from './suitable-vma.ts'
import { type Attached, accepts, type Calls, isWanted, type Uprobe } from './uprobe.ts'

export type RegistryParts = {
  readonly kernel: Kernel
  readonly breakpoints: Breakpoints
  readonly counters: ReferenceCounters
  readonly suitable: SuitableVma
  readonly order: HandlerOrder
}

type Place = readonly [vma: Vma, address: number]

/** Which probes there are, who listens to them, and where their breakpoints belong (spec 04). */
export class Registry {
  readonly tree = new ProbeTree()
  readonly #parts: RegistryParts
  readonly #calls = new WeakMap<Consumer, Calls>()
  #nextId = 1

  constructor(parts: RegistryParts) {
    this.#parts = parts
  }

  /** uprobe_register (spec 04 §2). On failure nothing of the consumer is left. */
  *register(
    inode: Inode,
    offset: bigint,
    referenceCounterOffset: bigint,
    consumer: Consumer,
  ): KernelPath<number> {
    if (!consumer.handler && !consumer.returnHandler) return -Errno.EINVAL
    if (!inode.regular) return -Errno.EIO
    if (offset < 0n || offset > BigInt(inode.size)) return -Errno.EINVAL
    if (referenceCounterOffset % 2n !== 0n) return -Errno.EINVAL
    const failure = yield* this.#alone(
      this.#add(inode, Number(offset), Number(referenceCounterOffset), consumer),
    )
    if (failure < 0) yield* this.synchronise(consumer)
    return failure
  }

  /** The first half of uprobe_unregister: see `Uprobes.remove`. */
  *remove(inode: Inode, offset: bigint, consumer: Consumer): KernelPath<number> {
    return yield* this.#alone(this.#take(inode, offset, consumer))
  }

  /** The second half: the grace period. */
  *synchronise(consumer: Consumer): KernelPath<void> {
    const calls = this.#callsOf(consumer)
    const isQuiet = (): boolean => calls.running === 0
    while (!isQuiet())
      yield { kind: 'sleep', reason: 'waits for handlers to end', interruptible: false, ready: isQuiet }
  }

  /** uprobe_apply. */
  *apply(inode: Inode, offset: bigint, consumer: Consumer, add: boolean): KernelPath<number> {
    return yield* this.#alone(this.#change(inode, offset, consumer, add))
  }

  /** The probe that a breakpoint at an address would belong to. Looks at the file and offset alone (spec 05 §3). */
  probeAt(mm: AddressSpace, address: number): Uprobe | undefined {
    const vma = mm.vmaAt(address)
    return vma?.inode && this.tree.find(vma.inode, offsetOf(vma, address))
  }

  /** Takes a probe's breakpoints out of one mm, if nobody wants them there any more (spec 04 §7). */
  removeFrom(uprobe: Uprobe, mm: AddressSpace): void {
    if (isWanted(uprobe, mm)) return
    for (const vma of mm.vmas) this.#removeFromVma(uprobe, vma)
  }

  retain(uprobe: Uprobe): void {
    uprobe.references++
  }

  /** Drops a reference; with the last one the probe is forgotten. */
  release(uprobe: Uprobe): void {
    if (--uprobe.references > 0) return
    this.tree.delete(uprobe)
    this.#parts.counters.forget(entry => entry.uprobe === uprobe)
  }

  /** Puts probes of the file into a new or changed mapping; whatever fails is silently left out (spec 04 §8). */
  mapped(vma: Vma): void {
    const { counters, suitable, breakpoints } = this.#parts
    const { inode, mm, flags } = vma
    if (!inode) return
    if (flags.write && !flags.shared && marksOf(mm).hasProbes) counters.mapped(vma)
    if (!suitable(vma, true)) return
    for (const uprobe of this.tree.within(inode, vma.fileOffset, vma.fileOffset + vma.end - vma.start))
      if (isWanted(uprobe, mm)) breakpoints.install(uprobe, vma, addressOf(vma, uprobe.offset)!)
  }

  /** A part of a mapping is about to go: its bytes go with it, and the mm may have no probe left. */
  unmapping(vma: Vma, start: number, end: number): void {
    const marks = marksOf(vma.mm)
    if (marks.hasProbes && !marks.recalculate && this.#holdsProbes(vma, start, end)) marks.recalculate = true
  }

  /** Finds out whether the mm still has probes, where that is in doubt (spec 04 §8, RECALC). */
  recalculate(mm: AddressSpace): void {
    const marks = marksOf(mm)
    if (!marks.recalculate) return
    marks.recalculate = false
    if (!mm.vmas.some(vma => this.#holdsProbes(vma, vma.start, vma.end))) marks.hasProbes = false
  }

  #holdsProbes(vma: Vma, start: number, end: number): boolean {
    if (!vma.inode || !this.#parts.suitable(vma, false)) return false
    return this.tree.within(vma.inode, offsetOf(vma, start), offsetOf(vma, end)).length > 0
  }

  /** dup_mmap_sem, held for writing: while work is done here no mm is copied, and nobody else registers (spec 04 §1). */
  *#alone(work: KernelPath<number>): KernelPath<number> {
    const { kernel } = this.#parts
    const ready = (): boolean => !kernel.forking && kernel.registering === 0
    const reason = 'waits for a fork or another registration to end'
    while (!ready()) yield { kind: 'sleep', reason, interruptible: false, ready }
    kernel.registering++
    const result = yield* work
    kernel.registering--
    return result
  }

  *#add(
    inode: Inode,
    offset: number,
    referenceCounterOffset: number,
    consumer: Consumer,
  ): KernelPath<number> {
    const uprobe = this.#findOrInsert(inode, offset, referenceCounterOffset)
    if (!uprobe) return -Errno.EINVAL
    this.#attach(uprobe, consumer)
    const failure = yield* this.#installFor(uprobe, consumer)
    if (failure < 0) yield* this.#detach(uprobe, consumer)
    return failure
  }

  *#take(inode: Inode, offset: bigint, consumer: Consumer): KernelPath<number> {
    const uprobe = this.#attachedTo(inode, offset, consumer)
    return uprobe ? yield* this.#detach(uprobe, consumer) : -Errno.ENOENT
  }

  *#change(inode: Inode, offset: bigint, consumer: Consumer, add: boolean): KernelPath<number> {
    const uprobe = this.#attachedTo(inode, offset, consumer)
    if (!uprobe) return -Errno.ENOENT
    return yield* add ? this.#installFor(uprobe, consumer) : this.#removeUnwanted(uprobe)
  }

  #findOrInsert(inode: Inode, offset: number, referenceCounterOffset: number): Uprobe | undefined {
    const known = this.tree.find(inode, offset)
    if (!known) {
      const uprobe: Uprobe = {
        inode,
        offset,
        referenceCounterOffset,
        consumers: [],
        analysis: undefined,
        optimisationFailed: false,
        references: 0,
        name: '',
      }
      this.tree.insert(uprobe)
      return uprobe
    }
    if (known.referenceCounterOffset === referenceCounterOffset) return known
    const hex = (value: number): string => `0x${value.toString(16)}`
    this.#parts.kernel.log(
      `ref_ctr_offset mismatch. inode: ${hex(inode.number)} offset: ${hex(offset)} ref_ctr_offset(old): ${hex(known.referenceCounterOffset)} ref_ctr_offset(new): ${hex(referenceCounterOffset)}`,
    )
    return undefined
  }

  #attachedTo(inode: Inode, offset: bigint, consumer: Consumer): Uprobe | undefined {
    const uprobe = this.tree.find(inode, Number(offset))
    return uprobe?.consumers.some(attached => attached.consumer === consumer) ? uprobe : undefined
  }

  #attach(uprobe: Uprobe, consumer: Consumer): void {
    this.retain(uprobe)
    const calls = this.#callsOf(consumer)
    uprobe.consumers = this.#parts.order(uprobe.consumers, { consumer, id: this.#nextId++, calls })
    uprobe.name = oldest(uprobe)!.consumer.probe
  }

  #callsOf(consumer: Consumer): Calls {
    const known = this.#calls.get(consumer)
    if (known) return known
    const calls = { running: 0 }
    this.#calls.set(consumer, calls)
    return calls
  }

  *#detach(uprobe: Uprobe, consumer: Consumer): KernelPath<number> {
    uprobe.consumers = uprobe.consumers.filter(attached => attached.consumer !== consumer)
    uprobe.name = oldest(uprobe)?.consumer.probe ?? uprobe.name
    const failure = yield* this.#removeUnwanted(uprobe)
    if (failure === 0) {
      // A thread in its step still holds the probe, but whoever looks from now on finds it gone (spec 05 §9, first row).
      if (uprobe.consumers.length === 0) this.tree.delete(uprobe)
      this.release(uprobe)
    }
    // The reference is kept for ever: the breakpoints that stayed need their instruction (bug B7).
    else this.#parts.kernel.log('uprobe: kernel:0 failed to unregister, leaking uprobe')
    return failure
  }

  /** Process by process: threads of those that are done hit the probe while others are still to come (spec 05 §9). */
  *#installFor(uprobe: Uprobe, consumer: Consumer): KernelPath<number> {
    for (const place of this.#places(uprobe, true)) {
      const vma = yield* this.#found(uprobe, place, true)
      const [, address] = place
      if (!vma || !accepts(consumer, vma.mm)) continue
      const failure = this.#parts.breakpoints.install(uprobe, vma, address)
      if (failure < 0) return failure
    }
    return 0
  }

  *#removeUnwanted(uprobe: Uprobe): KernelPath<number> {
    let failure = 0
    for (const place of this.#places(uprobe, false)) {
      const vma = yield* this.#found(uprobe, place, false)
      const [, address] = place
      if (!vma || !marksOf(vma.mm).hasProbes || isWanted(uprobe, vma.mm)) continue
      const result = this.#parts.breakpoints.remove(uprobe, vma, address)
      if (failure === 0) failure = result
    }
    return failure
  }

  #removeFromVma(uprobe: Uprobe, vma: Vma): void {
    if (vma.inode !== uprobe.inode || !this.#parts.suitable(vma, false)) return
    const address = addressOf(vma, uprobe.offset)
    if (address !== undefined) this.#parts.breakpoints.remove(uprobe, vma, address)
  }

  /** What is mapped at a place once nobody changes the mappings there any more: if it still is the probe's, the mapping (spec 04 §2). */
  *#found(
    { inode, offset }: Uprobe,
    [{ mm }, address]: Place,
    registering: boolean,
  ): KernelPath<Vma | undefined> {
    const ready = (): boolean => !mm.mappingsChange
    while (!ready()) yield { kind: 'sleep', reason: 'waits for mmap_lock', interruptible: false, ready }
    const vma = mm.vmaAt(address)
    const fits =
      vma?.inode === inode && offsetOf(vma, address) === offset && this.#parts.suitable(vma, registering)
    return fits ? vma : undefined
  }

  /** The work list is built by pushing at its head, so that it runs against the order of the mappings (spec 04 §2). */
  #places({ inode, offset }: Uprobe, registering: boolean): Place[] {
    return [...inode.mappings]
      .reverse()
      .filter(vma => this.#parts.suitable(vma, registering))
      .flatMap(vma => {
        const address = addressOf(vma, offset)
        return address === undefined ? [] : [[vma, address] satisfies Place]
      })
  }
}

function oldest({ consumers }: Uprobe): Attached | undefined {
  return consumers.reduce<Attached | undefined>(
    (first, attached) => (first && first.id < attached.id ? first : attached),
    undefined,
  )
}
