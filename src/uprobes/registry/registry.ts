// SPDX-License-Identifier: MIT
import { Errno, type Inode, type Kernel, type KernelPath } from '../../kernel/kernel.ts'
import type { HandlerOrder } from '../strategies/handler-order.ts'
import type { Consumer, ProbeSite } from '../uprobes.ts'
import type { Lifetime } from './lifetime.ts'
import type { ProbeTree } from './probe-tree.ts'
import type { ReferenceCounters } from './reference-counters.ts'
import type { Attached, Calls, Uprobe } from './uprobe.ts'

export type RegistryParts = {
  readonly kernel: Kernel
  readonly tree: ProbeTree
  readonly counters: ReferenceCounters
  readonly lifetime: Lifetime
  readonly order: HandlerOrder
}

/** Which probes there are and who listens to them (spec 04). */
export class Registry {
  readonly tree: ProbeTree
  /** Where their breakpoints are. */
  readonly lifetime: Lifetime
  readonly #parts: RegistryParts
  readonly #calls = new WeakMap<Consumer, Calls>()
  #nextId = 1

  constructor(parts: RegistryParts) {
    this.#parts = parts
    this.tree = parts.tree
    this.lifetime = parts.lifetime
  }

  /** uprobe_register (spec 04 §2). On failure nothing of the consumer is left. */
  *register(
    inode: Inode,
    offset: bigint,
    referenceCounterOffset: bigint,
    consumer: Consumer,
    site?: ProbeSite,
  ): KernelPath<number> {
    if (!consumer.handler && !consumer.returnHandler) return -Errno.EINVAL
    if (!inode.regular) return -Errno.EIO
    if (offset < 0n || offset > BigInt(inode.size)) return -Errno.EINVAL
    if (referenceCounterOffset % 2n !== 0n) return -Errno.EINVAL
    const failure = yield* this.#alone(
      this.#add(inode, Number(offset), Number(referenceCounterOffset), consumer, site),
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

  /** A thread has left in the middle of a step, and its reference is lost: there is a probe at this place for ever (bug B13). */
  leak(uprobe: Uprobe): void {
    const { inode, offset, site } = uprobe
    const known = this.tree.find(inode, offset, site)
    if (!known) this.tree.insert(uprobe)
    const kept = known ?? uprobe
    kept.leaked = true
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
    site: ProbeSite | undefined,
  ): KernelPath<number> {
    const uprobe = this.#findOrInsert(inode, offset, referenceCounterOffset, site)
    if (!uprobe) return -Errno.EINVAL
    const failure = yield* this.lifetime.install(uprobe, this.#attach(uprobe, consumer))
    if (failure < 0) yield* this.#detach(uprobe, consumer)
    return failure
  }

  *#take(inode: Inode, offset: bigint, consumer: Consumer): KernelPath<number> {
    const found = this.#find(inode, offset, consumer)
    return found ? yield* this.#detach(found.uprobe, consumer) : -Errno.ENOENT
  }

  *#change(inode: Inode, offset: bigint, consumer: Consumer, add: boolean): KernelPath<number> {
    const found = this.#find(inode, offset, consumer)
    if (!found) return -Errno.ENOENT
    return yield* add
      ? this.lifetime.install(found.uprobe, found.attached)
      : this.lifetime.removeUnwanted(found.uprobe, consumer)
  }

  /** The probe that a consumer is attached to. */
  #find(inode: Inode, offset: bigint, consumer: Consumer): Attachment | undefined {
    for (const uprobe of this.tree.at(inode, Number(offset))) {
      const attached = uprobe.consumers.find(one => one.consumer === consumer)
      if (attached) return { uprobe, attached }
    }
    return undefined
  }

  #findOrInsert(
    inode: Inode,
    offset: number,
    referenceCounterOffset: number,
    site: ProbeSite | undefined,
  ): Uprobe | undefined {
    const known = this.tree.find(inode, offset, site)
    if (!known) {
      const uprobe: Uprobe = {
        inode,
        offset,
        ...(site && { site }),
        referenceCounterOffset,
        consumers: [],
        analysis: undefined,
        optimisationFailed: false,
        leaked: false,
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

  #attach(uprobe: Uprobe, consumer: Consumer): Attached {
    const attached = { consumer, id: this.#nextId++, calls: this.#callsOf(consumer) }
    uprobe.consumers = this.#parts.order(uprobe.consumers, attached)
    uprobe.name = oldest(uprobe)!.consumer.probe
    return attached
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
    const failure = yield* this.lifetime.removeUnwanted(uprobe, consumer)
    if (failure === 0 || !this.lifetime.leaks) {
      // A thread in its step still holds the probe, but whoever looks from now on finds it gone (spec 05 §9, first row).
      if (uprobe.consumers.length === 0 && !uprobe.leaked) this.#forget(uprobe)
    }
    // It stays for ever: the breakpoints that are left need their instruction (bug B7).
    else this.#parts.kernel.log('uprobe: kernel:0 failed to unregister, leaking uprobe')
    return failure
  }

  #forget(uprobe: Uprobe): void {
    this.tree.delete(uprobe)
    this.#parts.counters.forget(entry => entry.uprobe === uprobe)
  }
}

type Attachment = { readonly uprobe: Uprobe; readonly attached: Attached }

function oldest({ consumers }: Uprobe): Attached | undefined {
  return consumers.reduce<Attached | undefined>(
    (first, attached) => (first && first.id < attached.id ? first : attached),
    undefined,
  )
}
