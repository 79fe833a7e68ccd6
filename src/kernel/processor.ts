// SPDX-License-Identifier: MIT
import type { Cpu, Exit, PageTable } from '../machine/machine.ts'
import type { KernelTask } from './task/kernel-task.ts'

/**
 * Whose state the CPU holds. A task's general registers are copied out at every return from user mode, so kernel paths and plug-ins
 * always find them in one place; the extended state moves only when another task is loaded.
 */
export class Processor {
  readonly #cpu: Cpu
  #loaded: KernelTask | undefined
  #table: PageTable | undefined

  constructor(cpu: Cpu) {
    this.#cpu = cpu
  }

  /** Instructions that have been completed since boot. */
  get retired(): number {
    return this.#cpu.retired
  }

  /** Runs a task in user mode. */
  run(task: KernelTask, limit: number): Exit {
    const cpu = this.#current(task)
    const exit = cpu.run(limit)
    task.context.registers.set(cpu.registers)
    return exit
  }

  /** Does one instruction for a task, as if its bytes lay at rip. */
  interpret(task: KernelTask, bytes: Uint8Array): Exit {
    const cpu = this.#current(task)
    const exit = cpu.interpret(bytes)
    task.context.registers.set(cpu.registers)
    return exit
  }

  /** Brings a task's saved state up to date. */
  save(task: KernelTask): void {
    if (this.#loaded !== task) return
    this.#cpu.registers.set(task.context.registers)
    this.#cpu.save(task.context)
  }

  /** The saved state of a task is the truth from now on. */
  forget(task: KernelTask): void {
    if (this.#loaded !== task) return
    this.save(task)
    this.#loaded = undefined
  }

  /** Gives a task the state of a processor after exec. */
  reset(task: KernelTask): void {
    if (this.#loaded && this.#loaded !== task) this.save(this.#loaded)
    this.#cpu.reset()
    this.#cpu.save(task.context)
    this.#loaded = task
  }

  /** The CPU with a task's registers and mm in it. */
  #current(task: KernelTask): Cpu {
    const cpu = this.#cpu
    if (this.#loaded !== task) this.#load(task)
    else cpu.registers.set(task.context.registers)
    const { table } = task.mm!
    if (table !== this.#table) {
      cpu.use(table)
      this.#table = table
    }
    return cpu
  }

  #load(task: KernelTask): void {
    if (this.#loaded) this.save(this.#loaded)
    this.#cpu.restore(task.context)
    this.#loaded = task
  }
}
