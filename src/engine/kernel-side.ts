// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { MatchContext } from '../events/match-context.ts'
import { checkState } from '../expect/check-state.ts'
import { errnoName } from '../kernel/errno.ts'
import type { AddressSpace, KernelPath } from '../kernel/kernel.ts'
import { signalNumber } from '../kernel/signal/signal-numbers.ts'
import { pageSize } from '../machine/machine.ts'
import type { PlannedProbe } from '../plan/plan.ts'
import { expectedPatterns } from '../scenario/all-patterns.ts'
import type { Turn } from '../scenario/scenario.ts'
import { listDefinition } from '../tracing/definition/list-definition.ts'
import type { Refusal } from '../tracing/definition.ts'
import { recordBug } from '../uprobes/known-bugs.ts'
import type { BootedPlan } from './boot-plan.ts'
import type { Driver } from './driver.ts'
import type { InvariantWatch } from './invariant-watch.ts'
import { placeIn } from './machine-state.ts'
import { eventOf } from './probe-names.ts'
import { ProcessDefinitions } from './process-definitions.ts'

/** What the kernel side of a scenario does: attach, detach, define, signal, write, check. */
export class KernelSide {
  readonly #booted: BootedPlan
  readonly #driver: Driver
  readonly #invariants: InvariantWatch
  readonly #diagnostics: Diagnostic[] = []
  /** Errno names of the probes whose attachment the kernel refused. */
  readonly #refused = new Map<string, string>()
  /** Probes whose triggers are in place. */
  readonly #triggered = new Set<string>()
  readonly #byProcess: ProcessDefinitions | undefined
  /** Events of the probes that are attached. */
  readonly #enabled = new Map<string, readonly string[]>()

  constructor(booted: BootedPlan, driver: Driver, invariants: InvariantWatch) {
    this.#booted = booted
    this.#driver = driver
    this.#invariants = invariants
    this.#byProcess =
      booted.plan.profile.definitions === 'vaddr-pid' ? new ProcessDefinitions(booted) : undefined
    for (const { definition, filter } of this.#byProcess ? [] : booted.plan.probes.values()) {
      const refusal = booted.tracing.define(listDefinition(definition))
      if (refusal)
        throw new Error(
          `a definition that was accepted is refused: ${refusal.errno} ${refusal.message ?? ''}`,
        )
      if (filter) booted.tracing.setFilter(`${definition.group}/${definition.event}`, filter.text)
    }
  }

  /** Attaches the probes of one stage, in file order. */
  attachAll(stage: 'start' | 'entry'): void {
    for (const probe of this.#booted.plan.probes.values())
      if (probe.attach === stage) this.#driver.act(this.attach(probe.name))
  }

  *attach(name: string): KernelPath<void> {
    const { kernel, plan, attached } = this.#booted
    const probe = plan.probes.get(name)!
    const result = yield* this.#enable(probe)
    attached.set(name, result === 0)
    if (result < 0) this.#refused.set(name, errnoName(-result))
    else if (probe.insideInstruction) recordBug(kernel, 'B14', { probe: name })
    kernel.record({
      kind: 'attach',
      thread: 'kernel',
      fields: { probe: name, ...(result < 0 && { errno: errnoName(-result) }) },
    })
  }

  /** Its events, or none: 0, or a negated errno. */
  *#enable(probe: PlannedProbe): KernelPath<number> {
    const { tracing } = this.#booted
    const events = this.#byProcess ? yield* this.#byProcess.define(probe) : [eventOf(probe)]
    if (typeof events === 'number') return events
    const enabled: string[] = []
    this.#enabled.set(probe.name, enabled)
    for (const event of events) {
      if (this.#byProcess && probe.filter) tracing.setFilter(event, probe.filter.text)
      const result = (yield* this.#setTriggers(probe, event)) || (yield* tracing.enable(event))
      if (result < 0) {
        for (const before of enabled) yield* tracing.disable(before)
        return result
      }
      enabled.push(event)
    }
    return 0
  }

  /** Before the event is enabled for the first time: 0, or the negated errno of the first that is refused. */
  *#setTriggers(probe: PlannedProbe, event: string): KernelPath<number> {
    if (this.#triggered.has(event)) return 0
    this.#triggered.add(event)
    for (const text of probe.triggers ?? []) {
      const result = yield* this.#booted.tracing.setTrigger(event, text)
      if (result < 0) return result
    }
    return 0
  }

  *detach(name: string): KernelPath<void> {
    const { kernel, tracing, plan, attached } = this.#booted
    const events = this.#enabled.get(name) ?? [eventOf(plan.probes.get(name)!)]
    for (const [index, event] of events.entries()) {
      const isLast = index === events.length - 1
      const restored = (): void => {
        attached.set(name, false)
        kernel.record({ kind: 'detach', thread: 'kernel', fields: { probe: name } })
      }
      yield* tracing.disable(event, isLast ? restored : undefined)
    }
  }

  perform(turn: Turn, context: MatchContext): readonly Diagnostic[] {
    const { kernel, state } = this.#booted
    switch (turn.kind) {
      case 'attach':
        this.#driver.act(this.attach(turn.probe.value))
        return []
      case 'detach':
        this.#driver.act(this.detach(turn.probe.value))
        return []
      case 'define':
        return this.#define(turn)
      case 'signal': {
        const task = kernel.tasks.find(({ name }) => name === turn.to.value)
        if (!task || task.state === 'dead')
          return [wrong(turn, `there is no task \`${turn.to.value}\` to be signalled at this point`)]
        kernel.sendSignal(task, { signal: signalNumber(turn.signal.value)!, code: 0, pid: 0, uid: 0 })
        return []
      }
      case 'check':
        return checkState(turn.state, state, { context, when: 'at this point' })
      case 'write':
        return this.#write(turn)
      default:
        throw new Error(`a turn \`${turn.kind}\` is not the kernel side's`)
    }
  }

  /** Attachments that ended otherwise than the scenario says. */
  diagnostics(): Diagnostic[] {
    const { plan, kernel } = this.#booted
    const looksAtErrno = expectedPatterns(plan).some(({ kind, fields }) => kind === 'attach' && fields.errno)
    for (const { name, span } of plan.probes.values()) {
      const errno = this.#refused.get(name)
      const refused = plan.scenario.probes.get(name)?.refused
      if (
        errno !== undefined &&
        refused &&
        (refused.value.errno === undefined || refused.value.errno === errno)
      )
        continue
      if (errno !== undefined && !looksAtErrno) {
        const instead = refused?.value.errno === undefined ? '' : `, not with ${refused.value.errno}`
        this.#diagnostics.push({
          code: 'T011',
          severity: 'error',
          message: `the kernel refuses to attach \`${name}\` with ${errno}${instead}`,
          labels: [{ span: refused?.span ?? span }],
          help: [`where that is the point:   refused: ${errno}`],
        })
      } else if (
        errno === undefined &&
        refused &&
        kernel.events.some(event => event.kind === 'attach' && event.fields.probe === name)
      ) {
        this.#diagnostics.push({
          code: 'T011',
          severity: 'error',
          message: `the kernel accepts \`${name}\`, which the scenario expects it to refuse`,
          labels: [{ span: refused.span }],
        })
      }
    }
    return this.#diagnostics
  }

  #define(turn: Turn & { kind: 'define' }): readonly Diagnostic[] {
    const refusal = this.#defineLine(turn.line.value)
    const { refused } = turn
    if (!refusal)
      return refused ? [wrong(turn, 'the kernel takes this line, though the scenario expects a refusal')] : []
    const expected = refused?.value
    const asExpected =
      expected &&
      (expected.errno ?? refusal.errno) === refusal.errno &&
      (expected.error ?? refusal.message) === refusal.message &&
      (expected.caret ?? refusal.caret) === refusal.caret
    if (asExpected) return []
    const words = `${refusal.errno} ${refusal.message ?? ''}`.trimEnd()
    return [wrong(turn, `the kernel refuses this line${refused ? ' otherwise' : ''}: ${words}`)]
  }

  /** A line that replaces an enabled event may have to wait for its handlers; then it has been taken. */
  #defineLine(line: string): Refusal | undefined {
    const { tracing } = this.#booted
    if (!this.#byProcess) return tracing.define(line)
    let refusal: Refusal | undefined
    this.#driver.act(
      (function* () {
        refusal = yield* tracing.redefine(line)
      })(),
    )
    return refusal
  }

  #write(turn: Turn & { kind: 'write' }): readonly Diagnostic[] {
    const { kernel } = this.#booted
    const spaces = new Set(kernel.tasks.flatMap(task => (task.mm ? [task.mm] : [])))
    let written = false
    for (const mm of spaces) {
      const address = placeIn(this.#booted, mm, turn.place.value)
      if (address !== undefined) written = this.#poke(mm, Number(address), turn.bytes.value) || written
    }
    return written ? [] : [wrong(turn, `nothing is mapped at \`${turn.place.value}\` at this point`)]
  }

  /** As a debugger writes: rights do not matter, the page is copied first. */
  #poke(mm: AddressSpace, address: number, bytes: Uint8Array): boolean {
    const { memory } = this.#booted.kernel.machine
    for (let done = 0; done < bytes.length; ) {
      const offset = (address + done) % pageSize
      const part = bytes.subarray(done, done + pageSize - offset)
      const frame = mm.page(address + done, 'write', true)
      if (frame < 0) return false
      memory.write(frame, offset, part)
      done += part.length
    }
    this.#invariants.noteWrite(mm, address, address + bytes.length)
    return true
  }
}

function wrong(turn: Turn, message: string): Diagnostic {
  return { code: 'T010', severity: 'error', message, labels: [{ span: turn.span }] }
}
