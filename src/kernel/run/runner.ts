// SPDX-License-Identifier: MIT
import type { Event } from '../../events/event.ts'
import { type Exit, Register } from '../../machine/machine.ts'
import type { KernelPath, KernelPoint, Stop } from '../kernel.ts'
import type { KernelCore } from '../kernel-core.ts'
import type { KernelTask, SleepPoint, StepEnd } from '../task/kernel-task.ts'
import { exitToUser } from './exit-to-user.ts'
import { kernelEntry } from './kernel-entry.ts'
import { stubAt, stubLeftBy } from './start-stub.ts'
import { isKeptFromUser } from './stop-threads.ts'
import { canResume, isDoomed, WaitingTasks } from './waiting-tasks.ts'

export type RunOptions = {
  readonly steps: number
  readonly stopAtEvents: boolean
  readonly watch?: ((event: Event) => boolean) | undefined
  readonly at?: bigint
  readonly leaveWoken?: boolean
}

/** Largest number of instructions asked of the processor at once. */
const longestBatch = 0x4000_0000

type KernelExit = Extract<Exit, { kind: 'syscall' | 'exception' }>

/** How far a task got: to the end of a step, to an event that is wanted, or to where it cannot go on. */
type Progress = 'steps' | 'event' | 'sleep' | 'stuck'

/**
 * Makes steps as conformance §3 counts them. A step is: at most one path on the way to user mode, an instruction, and what the kernel does
 * about it; it goes on while a plug-in has the instruction executed elsewhere.
 */
export class Runner {
  readonly #kernel: KernelCore
  /** Events before this one have been told to whoever stops at events. */
  #reported = 0
  #watch: RunOptions['watch']
  readonly #waiting: WaitingTasks
  #depth = 0

  constructor(kernel: KernelCore) {
    this.#kernel = kernel
    kernel.atEvent = () => this.#showEvents()
    this.#waiting = new WaitingTasks(kernel)
  }

  run(task: KernelTask, options: RunOptions): { readonly made: number; readonly stop: Stop } {
    const kernel = this.#kernel
    const before = task.steps
    if (!options.stopAtEvents && !options.watch) this.#reported = kernel.events.length
    kernel.stopsAtEvents = options.stopAtEvents
    this.#watch = options.watch
    this.#depth++
    const stop = this.#run(task, options)
    this.#depth--
    this.#watch = undefined
    kernel.stopsAtEvents = false
    return { made: task.steps - before, stop }
  }

  perform<T>(
    path: KernelPath<T>,
    stopAtEvents: boolean,
  ): { readonly done: true; readonly value: T } | { readonly done: false; readonly point: KernelPoint } {
    const kernel = this.#kernel
    if (!stopAtEvents) this.#reported = kernel.events.length
    const { atomic, stopsAtEvents } = kernel
    const watch = this.#watch
    kernel.atomic = false
    kernel.stopsAtEvents = stopAtEvents
    this.#watch = undefined
    this.#depth++
    let outcome = this.#resume(undefined, path)
    while ('point' in outcome && outcome.point.kind === 'sleep' && outcome.point.urgent) {
      this.#finishOthers()
      if (!outcome.point.ready()) break
      outcome = this.#resume(undefined, path)
    }
    if ('value' in outcome && !stopAtEvents) this.#finishOthers()
    this.#depth--
    kernel.atomic = atomic
    kernel.stopsAtEvents = stopsAtEvents
    this.#watch = watch
    return 'value' in outcome ? { done: true, value: outcome.value } : { done: false, point: outcome.point }
  }

  /** Lets those go on whom something outside of any path has woken or killed. */
  settle(): void {
    if (this.#depth > 0) return
    this.#waiting.stir()
    this.#depth++
    this.#finishOthers()
    this.#depth--
  }

  runnable(task: KernelTask): boolean {
    if (task.dead || isKeptFromUser(task)) return false
    return task.point === undefined || canResume(task, task.point)
  }

  /** Events that nobody has been told yet are shown to whoever watches; one that he does not take in is where paths have to stop. */
  #showEvents(): void {
    const kernel = this.#kernel
    const { events } = kernel
    while (this.#watch && this.#reported < events.length) {
      if (!this.#watch(events[this.#reported]!)) {
        kernel.stopsAtEvents = true
        this.#watch = undefined
      } else this.#reported++
    }
  }

  #run(task: KernelTask, { steps, at, leaveWoken }: RunOptions): Stop {
    const kernel = this.#kernel
    const last = task.steps + steps
    let arrived = false
    for (;;) {
      if (kernel.broken) return { kind: 'broken', ...kernel.broken }
      this.#showEvents()
      const event = kernel.stopsAtEvents ? kernel.events[this.#reported] : undefined
      if (event) {
        this.#reported++
        return { kind: 'event', event }
      }
      const pauses = !task.within || task.point !== undefined
      if (pauses && !leaveWoken && this.#finishOthers() !== 'steps') continue
      if (task.point && !canResume(task, task.point)) return { kind: 'sleep', reason: task.point.reason }
      if (isKeptFromUser(task)) return { kind: 'sleep', reason: task.mm!.stop!.reason }
      if (task.dead && !task.path) return { kind: 'dead' }
      const inStub = stubAt(task) !== undefined
      if (!task.within && !inStub && (task.steps >= last || arrived)) return { kind: 'steps' }
      const single = at !== undefined || inStub
      const progress = this.#advance(task, single ? task.steps + 1 : last)
      arrived = at !== undefined && progress === 'steps' && task.registers[Register.rip] === at
    }
  }

  /** Finishes the calls of woken tasks and the lives of killed ones; neither costs a step. */
  #finishOthers(): Progress {
    const kernel = this.#kernel
    for (let next = this.#waiting.next(); next; next = this.#waiting.next()) {
      // A handler of this task is doing what the kernel side does; the task goes on by itself afterwards.
      if (next.running) break
      if (!next.within) next.counted = next.within = true
      const progress = this.#advance(next, next.steps + 1)
      if (progress === 'event' || kernel.broken) return 'event'
    }
    return 'steps'
  }

  /**
   * Goes on with a task until a step ends, or something keeps it from ending. In free running all steps up to the one numbered `last`
   * may be made at once.
   */
  #advance(task: KernelTask, last: number): Progress {
    const kernel = this.#kernel
    let end: StepEnd | undefined
    if (!task.within) {
      task.within = true
      task.turnedBack = false
      task.entries = 0
      if (task.signalPending || task.resumeWork || task.works.length > 0) end = this.#enter(task)
    }
    if (!task.path && !end && task.counted && isDoomed(task)) end = this.#enter(task)
    for (;;) {
      if (task.path) {
        const outcome = this.#resume(task, task.path)
        if (!('value' in outcome)) return outcome.point.kind === 'sleep' ? 'sleep' : 'event'
        task.path = undefined
        end = outcome.value
      }
      if (kernel.broken) return 'stuck'
      if (end === 'over') {
        this.#endStep(task)
        return 'steps'
      }
      const exit = this.#runUser(task, last)
      if (!exit) return kernel.broken ? 'stuck' : 'steps'
      if (++task.entries > kernel.limits.restarts) {
        const rip = task.registers[Register.rip]!
        kernel.breakDown(`${task.name} entered the kernel ${task.entries} times without ending its step`, rip)
        return 'stuck'
      }
      end = exit.kind === 'limit' ? undefined : this.#enter(task, exit)
    }
  }

  /** Kernel code of a task, after an exit or before a step: what it says of the step, if it is done at once, else it is the task's path now. */
  #enter(task: KernelTask, exit?: KernelExit): StepEnd | undefined {
    const kernel = this.#kernel
    const outer = kernel.current
    kernel.current = task
    task.running = true
    const end = exit ? kernelEntry(kernel, task, exit) : exitToUser(kernel, task, false)
    task.running = false
    kernel.current = outer
    this.#waiting.stir()
    if (typeof end === 'string') return end
    task.path = end
    return undefined
  }

  /** User mode up to the next exit; undefined where the step is over, or the run cannot go on. */
  #runUser(task: KernelTask, last: number): KernelExit | { readonly kind: 'limit' } | undefined {
    const kernel = this.#kernel
    const { processor } = kernel
    const before = processor.retired
    const exit = processor.run(task, this.#batch(task, last))
    const retired = processor.retired - before
    if (exit.kind === 'limit') {
      if (task.stepping) return exit
      this.#countSteps(task, retired)
      task.within = task.counted = false
      return undefined
    }
    if (!task.stepping) {
      const whole = retired - (isTrap(exit) ? 1 : 0)
      if (whole > 0) this.#countSteps(task, whole)
      if (whole > 0) task.entries = 0
      const stub = exit.kind === 'syscall' ? stubLeftBy(task) : undefined
      // The way from the `ret` to the exit is part of the step of the `ret`.
      if (stub) this.#countSteps(task, -stub.instructions)
    }
    if (exit.kind === 'missing') {
      kernel.breakDown(`the instruction ${exit.text} is not implemented`, exit.address)
      return undefined
    }
    return exit
  }

  /** Instructions that may be run at once: one inside a step, else up to the next point of time at which something happens. */
  #batch(task: KernelTask, last: number): number {
    if (task.stepping || task.counted) return 1
    const left = Math.min(last - task.steps, longestBatch)
    const deadline = this.#kernel.nextDeadline()
    const untilThen = deadline === undefined ? left : Number(deadline - this.#kernel.now)
    return Math.max(1, Math.min(left, untilThen, this.#kernel.cpuTimers.room() ?? left))
  }

  #countSteps(task: KernelTask, steps: number): void {
    const counted = task.counted ? steps - 1 : steps
    task.counted = false
    task.steps += counted
    this.#kernel.totalSteps += counted
    if (this.#kernel.cpuTimers.fire()) this.#waiting.stir()
  }

  #endStep(task: KernelTask): void {
    this.#countSteps(task, 1)
    task.within = false
  }

  /** Resumes a path up to its end, to a sleep, or to an event that is wanted. */
  #resume<T>(
    task: KernelTask | undefined,
    path: KernelPath<T>,
  ): { readonly value: T } | { readonly point: KernelPoint } {
    const kernel = this.#kernel
    const outer = kernel.current
    if (task?.point) this.#waiting.wake(task)
    kernel.deadlines.delete(task ?? path)
    this.#waiting.stir()
    for (;;) {
      kernel.current = task
      if (task) task.running = true
      const result = path.next()
      if (task) task.running = false
      kernel.current = outer
      if (result.done) return { value: result.value }
      const point = result.value
      if (point.kind === 'sleep') {
        if (task ? canResume(task, point) : point.ready()) continue
        if (task) this.#fallAsleep(task, point)
        if (point.deadline !== undefined) kernel.deadlines.set(task ?? path, point.deadline)
        return { point }
      }
      if (kernel.stopsAtEvents && this.#reported < kernel.events.length) return { point }
    }
  }

  /** A step ends when its task sleeps; what is left of it costs nothing (conformance §3.2). */
  #fallAsleep(task: KernelTask, point: SleepPoint): void {
    this.#waiting.fallAsleep(task, point)
    this.#countSteps(task, 1)
    task.counted = true
  }
}

/** Traps come after a completed instruction, which belongs to the step that the trap is in. */
function isTrap(exit: Exit): boolean {
  return exit.kind === 'syscall' || (exit.kind === 'exception' && exit.vector === 1)
}
