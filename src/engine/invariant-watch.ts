// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Event } from '../events/event.ts'
import { type InvariantChecker, invariantChecker } from '../expect/check-invariants.ts'
import type { InvariantView } from '../expect/invariants.ts'
import type { AddressSpace, Inode, Task, Vma } from '../kernel/kernel.ts'
import { Flag, pageSize, Register } from '../machine/machine.ts'
import type { UprobesState } from '../uprobes/uprobes.ts'
import type { BootedPlan } from './boot-plan.ts'
import type { HandlerLog } from './handler-log.ts'

/** Kinds of events after which the text of programs may have changed. */
const changesText: ReadonlySet<Event['kind']> = new Set([
  'attach',
  'detach',
  'fork',
  'exec',
  'mmap',
  'munmap',
  'exit',
])
/** … slots may have been taken. */
const changesSlots: ReadonlySet<Event['kind']> = new Set(['step'])
/** … all handlers of a hit have run, and return addresses may have been replaced. */
const changesReturns: ReadonlySet<Event['kind']> = new Set(['step', 'boosted', 'emulated'])
/** `popf`: TF is what the instruction has popped (spec 02 §7). */
const popf = 0x9d

const nothing: readonly never[] = []

/** Looks at the machine on behalf of the built-in invariants (scenario format §6.4). */
export class InvariantWatch {
  readonly #booted: BootedPlan
  readonly #handlers: HandlerLog
  /** Parts of files' mappings that the program could write at some time: what differs there is its own doing. */
  readonly #writable = new Map<AddressSpace, { start: number; end: number }[]>()
  /** Tasks that had TF set when they trapped: it is their own. */
  readonly #ownTrapFlag = new Set<Task>()
  readonly #check: InvariantChecker
  readonly #view: InvariantView
  /** The event after which it is looked; undefined at the end. */
  #event: Event | undefined
  #index = 0
  readonly #when = (): string => (this.#event ? `after event #${this.#index}` : 'at the end')
  readonly #uprobes: UprobesState
  /** Of the last event: the next one is mostly of the same. */
  #task: Task | undefined

  constructor(booted: BootedPlan, handlers: HandlerLog) {
    this.#booted = booted
    this.#handlers = handlers
    this.#uprobes = booted.uprobes.inspect()
    this.#check = invariantChecker(booted.plan)
    this.#view = this.#makeView()
    const noteWritable = (vma: Vma): void => {
      if (vma.flags.write) this.#noteWritten(vma.mm, vma.start, vma.end)
    }
    booted.kernel.hooks.mmap.push(function* (vma) {
      noteWritable(vma)
    })
    booted.kernel.hooks.duplicateMm.push((from, to) => {
      const ranges = this.#writable.get(from)
      if (ranges) this.#writable.set(to, [...ranges])
    })
  }

  /** A `write` turn has changed these bytes. */
  noteWrite(mm: AddressSpace, start: number, end: number): void {
    this.#noteWritten(mm, start, end)
  }

  /** After an event; what is broken there. */
  afterEvent(event: Event, index: number): readonly Diagnostic[] {
    const task = this.#taskOf(event)
    if (task && event.kind === 'trap') {
      if ((task.registers[Register.rflags]! & Flag.TF) !== 0n) this.#ownTrapFlag.add(task)
      else this.#ownTrapFlag.delete(task)
      this.#handlers.trapped(task, event)
    }
    this.#event = event
    this.#index = index
    const broken = this.#check(this.#view, this.#when)
    if (task && changesReturns.has(event.kind)) this.#handlers.over(task)
    return broken
  }

  atEnd(): readonly Diagnostic[] {
    this.#event = undefined
    return this.#check(this.#view, this.#when)
  }

  #makeView(): InvariantView {
    const after = (kinds: ReadonlySet<Event['kind']>): boolean =>
      this.#event === undefined || kinds.has(this.#event.kind)
    // A probe that is just being taken out, and waits for threads, has nobody who listens any more, and still its breakpoint.
    const changing = (): boolean => this.#booted.kernel.registering > 0
    return {
      textDifferences: () => (after(changesText) && !changing() ? this.#textDifferences() : nothing),
      slots: () => (after(changesSlots) ? this.#slots() : nothing),
      stepping: () => this.#stepping(),
      trapFlags: () => (this.#event ? this.#trapFlags(this.#event) : nothing),
      pendingReturns: () => (after(changesReturns) ? this.#pendingReturns() : nothing),
      hits: () =>
        this.#event && changesReturns.has(this.#event.kind) && !changing()
          ? this.#handlers.hits(this.#event.thread)
          : nothing,
      balances: () => (this.#event ? undefined : this.#balances()),
    }
  }

  #pendingReturns(): ReturnType<InvariantView['pendingReturns']> {
    const pending: { thread: string; stack: readonly bigint[] }[] = []
    for (const task of this.#booted.kernel.tasks) {
      if (task.state === 'dead' || this.#uprobes.returnDepth(task) === 0) continue
      pending.push({ thread: task.name, stack: this.#uprobes.returnStacks(task) })
    }
    return pending
  }

  *#textDifferences(): ReturnType<InvariantView['textDifferences']> {
    const { kernel } = this.#booted
    const live = new Map<Inode, { readonly from: bigint; readonly to: bigint }[]>()
    const mayDiffer = (inode: Inode, from: bigint, length: bigint): void => {
      live.set(inode, [...(live.get(inode) ?? []), { from, to: from + length }])
    }
    // An optimised probe has the bytes of its whole nop (spec 05 §7).
    const longest = this.#booted.plan.profile.optimize === 'nop10' ? 10n : 5n
    const state = this.#uprobes
    for (const { inode, offset, names } of state.probes())
      if (names.length > 0) mayDiffer(inode, offset, longest)
    for (const { inode, offset, length } of state.leftovers())
      mayDiffer(inode, BigInt(offset), BigInt(length))
    for (const { mm, process } of this.#spaces()) {
      for (const vma of mm.vmas) {
        if (!vma.inode || !vma.flags.execute || vma.flags.write) continue
        for (let page = vma.start; page < vma.end; page += pageSize) {
          if (mm.pageState(page) !== 'private' || this.#wasWritable(mm, page)) continue
          for (const address of differences(mm, vma, page, kernel.machine.memory.bytes)) {
            const offset = BigInt(address - vma.start + vma.fileOffset)
            yield {
              process,
              place: this.#booted.place(mm, BigInt(address)),
              byte: mm.peek(address, 1)![0]!,
              live: (live.get(vma.inode) ?? []).some(({ from, to }) => offset >= from && offset < to),
            }
          }
        }
      }
    }
  }

  #slots(): ReturnType<InvariantView['slots']> {
    const held: { mm: AddressSpace; process: string; slot: number; owners: string[] }[] = []
    for (const task of this.#booted.kernel.tasks) {
      const { mm } = task
      const slot = mm && task.state !== 'dead' ? this.#uprobes.activeSlot(task) : undefined
      if (slot === undefined) continue
      const known = held.find(other => other.mm === mm && other.slot === slot)
      if (known) known.owners.push(task.name)
      else held.push({ mm: mm!, process: processOf(mm!), slot, owners: [task.name] })
    }
    return held
  }

  #stepping(): ReturnType<InvariantView['stepping']> {
    const state = this.#uprobes
    const size = this.#booted.plan.profile.xol['slot-size']
    const stepping: { thread: string; ip: bigint; bounds: { start: bigint; end: bigint } }[] = []
    for (const task of this.#booted.kernel.tasks) {
      if (!task.stepping || task.state === 'dead') continue
      const slot = state.activeSlot(task)
      const area = task.mm && state.slotArea(task.mm)
      if (slot === undefined || !area) continue
      const start = BigInt(area.start) + BigInt(slot * size)
      stepping.push({
        thread: task.name,
        ip: task.registers[Register.rip]!,
        bounds: { start, end: start + BigInt(size) },
      })
    }
    return stepping
  }

  #trapFlags(event: Event): ReturnType<InvariantView['trapFlags']> {
    if (event.kind !== 'stepped' && event.kind !== 'emulated') return nothing
    const task = this.#taskOf(event)
    if (!task || (task.registers[Register.rflags]! & Flag.TF) === 0n) return nothing
    if (this.#ownTrapFlag.has(task) || this.#poppedFlags(event)) return nothing
    return [{ thread: task.name, stepping: task.stepping }]
  }

  #poppedFlags({ fields }: Event): boolean {
    const probe = this.#booted.plan.probes.get(String(fields.probe))
    const image = probe && this.#booted.plan.file(probe.binary)?.image
    return image?.bytes[Number(probe!.definition.offset)] === popf
  }

  #balances(): ReturnType<InvariantView['balances']> {
    const { kernel } = this.#booted
    if (kernel.tasks.some(task => task.state !== 'dead')) return undefined
    const pending = kernel.tasks.reduce((sum, task) => sum + this.#uprobes.returnDepth(task), 0)
    const { taken, given } = this.#booted.pages()
    return [
      { what: 'pages of physical memory', taken, given },
      { what: 'pending returns', taken: pending, given: 0 },
    ]
  }

  #taskOf({ thread }: Event): Task | undefined {
    if (this.#task?.name !== thread)
      this.#task = this.#booted.kernel.tasks.find(({ name }) => name === thread)
    return this.#task
  }

  #alive(): readonly Task[] {
    return this.#booted.kernel.tasks.filter(task => task.state !== 'dead')
  }

  #spaces(): { mm: AddressSpace; process: string }[] {
    const spaces = new Set(this.#alive().flatMap(task => (task.mm ? [task.mm] : [])))
    return [...spaces].map(mm => ({ mm, process: processOf(mm) }))
  }

  #noteWritten(mm: AddressSpace, start: number, end: number): void {
    const ranges = this.#writable.get(mm)
    if (ranges) ranges.push({ start, end })
    else this.#writable.set(mm, [{ start, end }])
  }

  #wasWritable(mm: AddressSpace, page: number): boolean {
    return this.#writable.get(mm)?.some(({ start, end }) => page < end && page + pageSize > start) ?? false
  }
}

function processOf(mm: AddressSpace): string {
  const [task] = mm.users
  return task?.leader.name ?? 'a process that is gone'
}

/** Addresses of a private page whose bytes differ from the file's. */
function* differences(
  mm: AddressSpace,
  vma: Vma,
  page: number,
  bytes: (frame: number) => Uint8Array,
): Generator<number> {
  const original = vma.inode!.page((page - vma.start + vma.fileOffset) / pageSize)
  const own = mm.page(page, 'read', true)
  if (original === undefined || own < 0) return
  const [file, memory] = [bytes(original), bytes(own)]
  for (let offset = 0; offset < pageSize; offset++) if (file[offset] !== memory[offset]) yield page + offset
}
