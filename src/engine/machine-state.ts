// SPDX-License-Identifier: MIT
import type { Value } from '../events/value.ts'
import type { MachineState } from '../expect/state.ts'
import type { AddressSpace, BootedKernel, Task, Vma } from '../kernel/kernel.ts'
import { pageSize, Register, type RegisterName } from '../machine/machine.ts'
import type { Plan } from '../plan/plan.ts'
import type { KernelTrace } from '../tracing/buffer/kernel-trace.ts'
import type { Uprobes } from '../uprobes/uprobes.ts'
import type { ProbeCounts } from './probe-counts.ts'
import { stateKeys } from './state-keys.ts'

/** What `machineState` looks at. */
export type ObservedBoot = {
  readonly plan: Plan
  readonly kernel: BootedKernel
  readonly uprobes: Uprobes
  readonly probes: ProbeCounts
  /** Result of an ended thread, as its `exit` event carries it. */
  readonly exitValues: ReadonlyMap<string, bigint>
  /** Returns that were pending when a task ended. */
  readonly endDepths: ReadonlyMap<string, number>
  /** Where each thread's stack begins: the value of rsp at its symbol. */
  readonly stackTops: ReadonlyMap<string, bigint>
  readonly trace: KernelTrace
}

type TextState = 'original' | 'breakpoint' | 'other'
type PageState = 'private' | 'file' | 'absent'

/** The answers that one address space gives. After its teardown a frozen copy of them stands in for it. */
type ProcessView = {
  memory(place: string, length: number): Uint8Array | undefined
  text(place: string): TextState | undefined
  page(place: string): PageState | undefined
  mappings(): readonly string[]
  region(name: string): { readonly start: bigint; readonly end: bigint } | undefined
}

export type ObservedState = MachineState & {
  /** Keeps the answers of a task's address space that is about to be torn down. */
  freeze(task: Task): void
  /** The run is over: from now on the answers are those of this moment, and the machine may be used for another boot. */
  freezeAll(): void
}

/** What is asked of single tasks and of the whole machine, as it was at the end. */
type LastState = {
  readonly tasks: ReadonlyMap<
    string,
    { readonly ip: Value; readonly registers: BigUint64Array; readonly depth: bigint }
  >
  readonly slotsInUse: bigint
}

/** Answers questions about the running machine. */
export function machineState(boot: ObservedBoot): ObservedState {
  const { kernel, plan, uprobes } = boot
  const frozen = new Map<string, ProcessView>()
  const keys = stateKeys(plan)
  let last: LastState | undefined

  const taskNamed = (name: string): Task | undefined => kernel.tasks.find(task => task.name === name)
  const views = (): { process: string; view: ProcessView }[] => {
    const all: { process: string; view: ProcessView }[] = []
    const seen = new Set<AddressSpace>()
    for (const task of last ? [] : kernel.tasks) {
      const mm = task.mm
      if (mm && !seen.has(mm)) {
        seen.add(mm)
        all.push({ process: task.leader.name, view: viewOf(boot, mm) })
      }
    }
    for (const [process, view] of frozen)
      if (!all.some(entry => entry.process === process)) all.push({ process, view })
    return all
  }

  const depthOf = (task: Task): bigint =>
    BigInt(boot.endDepths.get(task.name) ?? uprobes.inspect().returnDepth(task))
  const ipOf = (task: Task): Value => kernel.locate(task, task.registers[Register.rip]!)
  const slotsInUse = (): bigint => {
    const spaces = new Set(kernel.tasks.flatMap(task => (task.mm ? [task.mm] : [])))
    let used = 0
    for (const mm of spaces) used += uprobes.inspect().slotsInUse(mm)
    return BigInt(used)
  }
  const freeze = (task: Task): void => {
    if (task.mm) frozen.set(task.leader.name, freezeView(viewOf(boot, task.mm), keys))
  }

  function answers<T>(ask: (view: ProcessView) => T | undefined): { process: string; answer: T }[] {
    const given: { process: string; answer: T }[] = []
    for (const { process, view } of views()) {
      const answer = ask(view)
      if (answer !== undefined) given.push({ process, answer })
    }
    return given
  }

  return {
    freeze,
    freezeAll() {
      for (const task of kernel.tasks) freeze(task)
      const tasks = kernel.tasks.map(
        task =>
          [task.name, { ip: ipOf(task), registers: task.registers.slice(), depth: depthOf(task) }] as const,
      )
      last = { tasks: new Map(tasks), slotsInUse: slotsInUse() }
    },
    exit: name => boot.exitValues.get(name),
    ip(name) {
      const task = taskNamed(name)
      return last?.tasks.get(name)?.ip ?? (task && ipOf(task))
    },
    register(name, register) {
      const index = Register[register as RegisterName] as number | undefined
      if (index === undefined) return undefined
      return (last?.tasks.get(name) ?? taskNamed(name))?.registers[index]
    },
    memory: (place, length) =>
      answers(view => view.memory(place, length)).map(({ process, answer }) => ({ process, bytes: answer })),
    text: place =>
      answers(view => view.text(place)).map(({ process, answer }) => ({ process, state: answer })),
    page: place =>
      answers(view => view.page(place)).map(({ process, answer }) => ({ process, state: answer })),
    probe: name => boot.probes.get(name),
    buffer() {
      const { entries, overrun, dropped } = boot.trace.counts
      return { entries: BigInt(entries), overrun: BigInt(overrun), dropped: BigInt(dropped) }
    },
    slotsInUse: () => last?.slotsInUse ?? slotsInUse(),
    returnDepth(name) {
      const task = taskNamed(name)
      return last?.tasks.get(name)?.depth ?? (task && depthOf(task))
    },
    mappings(name) {
      const task = taskNamed(name)
      if (!task) return undefined
      return task.mm && !last ? viewOf(boot, task.mm).mappings() : frozen.get(task.leader.name)?.mappings()
    },
    region: name => views().flatMap(({ view }) => view.region(name) ?? []),
  }
}

function viewOf(boot: ObservedBoot, mm: AddressSpace): ProcessView {
  const at = (place: string) => placeIn(boot, mm, place)
  return {
    memory(place, length) {
      const address = at(place)
      if (address === undefined) return undefined
      // A string may end short of the mapping's end.
      const toPageEnd = pageSize - (Number(address) % pageSize)
      return mm.peek(Number(address), length) ?? mm.peek(Number(address), Math.min(length, toPageEnd))
    },
    text(place) {
      const address = at(place)
      const vma = address === undefined ? undefined : mm.vmaAt(Number(address))
      if (address === undefined || !vma?.inode) return undefined
      const now = mm.peek(Number(address), 1)?.[0]
      const original = fileByte(boot, vma, Number(address))
      if (now === original) return 'original'
      // An optimised probe has replaced its nop by a call (spec 05 §7).
      return now === 0xcc || now === 0xe8 ? 'breakpoint' : 'other'
    },
    page(place) {
      const address = at(place)
      return address === undefined || !mm.vmaAt(Number(address)) ? undefined : mm.pageState(Number(address))
    },
    mappings: () => mm.vmas.map(vma => vma.name),
    region(name) {
      if (name === 'xol') {
        const area = boot.uprobes.inspect().slotArea(mm)
        return area && { start: BigInt(area.start), end: BigInt(area.end) }
      }
      if (name.startsWith('stack:')) {
        const top = boot.stackTops.get(name.slice('stack:'.length))
        const vma = top === undefined ? undefined : mm.vmaAt(Number(top))
        return vma && { start: BigInt(vma.start), end: BigInt(vma.end) }
      }
      const path = boot.plan.file(name)?.path ?? `/${name}`
      const mapped = mm.vmas.filter(vma => vma.inode?.path === path)
      if (mapped.length === 0) return undefined
      return { start: BigInt(mapped[0]!.start), end: BigInt(mapped.at(-1)!.end) }
    },
  }
}

function freezeView(view: ProcessView, keys: ReturnType<typeof stateKeys>): ProcessView {
  const memory = new Map(
    keys.memory.map(([place, length]) => [`${place} ${length}`, view.memory(place, length)]),
  )
  const text = new Map(keys.text.map(place => [place, view.text(place)]))
  const pages = new Map(keys.pages.map(place => [place, view.page(place)]))
  const regions = new Map(keys.regions.map(name => [name, view.region(name)]))
  const mappings = view.mappings()
  return {
    memory: (place, length) => memory.get(`${place} ${length}`),
    text: place => text.get(place),
    page: place => pages.get(place),
    mappings: () => mappings,
    region: name => regions.get(name),
  }
}

/** A place of the file in one address space: `binary:symbol+8` through the mapping of its file, `stack:A+8` from the thread's first rsp, or a number. */
export function placeIn(
  boot: Pick<ObservedBoot, 'plan' | 'stackTops'>,
  mm: AddressSpace,
  place: string,
): bigint | undefined {
  if (/^(0x[0-9a-f]+|[0-9]+)$/i.test(place)) return BigInt(place)
  const stack = /^stack:([^+]+)(?:\+(.+))?$/.exec(place)
  if (stack) {
    const top = boot.stackTops.get(stack[1]!)
    return top === undefined ? undefined : top + BigInt(stack[2] ?? 0)
  }
  const linked = boot.plan.address(place)
  if (linked === undefined) return undefined
  const name = place.slice(0, place.indexOf(':'))
  const file = boot.plan.file(name)
  const first = file && mm.vmas.find(vma => vma.inode?.path === file.path)
  if (!first) return undefined
  const segment = file.image.segments.find(candidate => pageOf(candidate.fileOffset) === first.fileOffset)
  if (!segment) return undefined
  return linked + BigInt(first.start - pageOf(Number(segment.address)))
}

const pageOf = (value: number): number => value - (value % pageSize)

function fileByte({ kernel }: ObservedBoot, vma: Vma, address: number): number | undefined {
  const offset = address - vma.start + vma.fileOffset
  const frame = vma.inode!.page(Math.floor(offset / pageSize))
  return frame === undefined ? undefined : kernel.machine.memory.bytes(frame)[offset % pageSize]
}
