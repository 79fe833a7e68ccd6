// SPDX-License-Identifier: MIT
import type { Machine } from '../machine/machine.ts'
import type { Image } from '../program/image.ts'
import type { BootOptions } from './boot-options.ts'
import { Errno } from './errno.ts'
import type {
  BootedKernel,
  Inode,
  KernelPath,
  KernelPoint,
  SignalInfo,
  SpawnOptions,
  Stop,
  Task,
} from './kernel.ts'
import { KernelCore } from './kernel-core.ts'
import { mapsText } from './mm/maps-text.ts'
import { Runner, type RunOptions } from './run/runner.ts'
import type { Ending, KernelTask } from './task/kernel-task.ts'
import { spawnProgram } from './task/spawn-program.ts'

/** Bytes of a file that are read at once. */
const largestRead = 2 ** 30

/** A kernel with its runner: what the engine drives. */
export class Booted extends KernelCore implements BootedKernel {
  readonly #runner: Runner

  constructor(machine: Machine, options: BootOptions) {
    super(machine, options)
    this.#runner = new Runner(this)
  }

  createFile(path: string, bytes: Uint8Array, mode = 0o755, image?: Image): Inode {
    const inode = this.files.putFile(path, bytes, mode)
    inode.image = image
    return inode
  }

  readFile(path: string): Uint8Array | number {
    const inode = this.files.lookup(path)
    if (typeof inode === 'number') return inode
    if (inode.size > largestRead) return -Errno.EFBIG
    return inode.regular ? inode.read(0, inode.size) : -Errno.EACCES
  }

  spawn(options: SpawnOptions): Task | number {
    const outcome = this.#runner.perform(spawnProgram(this, options), false)
    if (!outcome.done) throw new Error('starting a program cannot sleep')
    return outcome.value
  }

  run(task: Task, options: RunOptions): { readonly made: number; readonly stop: Stop } {
    return this.#runner.run(task as KernelTask, options)
  }

  perform<T>(
    path: KernelPath<T>,
    stopAtEvents: boolean,
  ): { readonly done: true; readonly value: T } | { readonly done: false; readonly point: KernelPoint } {
    return this.#runner.perform(path, stopAtEvents)
  }

  override sendSignal(task: Task, info: SignalInfo): number {
    const result = super.sendSignal(task, info)
    this.#runner.settle()
    return result
  }

  runnable(task: Task): boolean {
    return this.#runner.runnable(task as KernelTask)
  }

  advanceClock(): boolean {
    const earliest = this.nextDeadline()
    if (earliest === undefined) return false
    if (earliest > this.now) this.skipped += earliest - this.now
    this.timers.fire(this.now)
    return true
  }

  steps(task: Task): number {
    return (task as KernelTask).steps
  }

  output(descriptor: 1 | 2): Uint8Array {
    return this.outputs.read(descriptor)
  }

  maps(task: Task): string {
    const { mm } = task as KernelTask
    return mm ? mapsText(mm) : ''
  }

  ending(task: Task): Ending | undefined {
    return (task as KernelTask).ending
  }
}
