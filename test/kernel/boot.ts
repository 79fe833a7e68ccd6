// SPDX-License-Identifier: MIT
import type { EventKind } from '../../src/events/event-kinds.ts'
import { type BootOptions, bootKernel } from '../../src/kernel/boot-kernel.ts'
import type { BootedKernel, SpawnOptions, Stop } from '../../src/kernel/kernel.ts'
import type { KernelTask } from '../../src/kernel/task/kernel-task.ts'
import { createMachine } from '../../src/machine/create-machine.ts'
import { Register } from '../../src/machine/machine.ts'
import { assemble } from '../../src/program/assembler/assemble.ts'
import type { Image } from '../../src/program/image.ts'
import { findSymbol } from '../../src/program/symbols.ts'

export type Guest = {
  readonly kernel: BootedKernel
  readonly task: KernelTask
  readonly image: Image
  address(symbol: string): number
  /** All tasks in turn until none is left or none can go on. */
  finish(steps?: number): void
  /** `steps` steps of a task at most; how many were made and why it stopped. */
  step(task: KernelTask, steps?: number): { readonly made: number; readonly stop: Stop }
  /** Single steps of the first task until it stands at a symbol, or a condition holds. */
  stepTo(symbol: string): void
  stepUntil(condition: () => boolean): void
  word(symbol: string, task?: KernelTask): bigint
  output(): string
}

/** A program in Intel syntax; `call(n, …)` lines of the tests are `mov eax, n` and `syscall`. */
export function assembleProgram(text: string): Image {
  const lineStarts = [0, ...[...text.matchAll(/\n/g)].map(match => match.index + 1)]
  const origin = { file: { path: 'test.s', text }, lineStarts }
  const result = assemble([{ text, origin }], { name: 'prog' })
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join('\n'))
  return result.value
}

/** Boots a kernel with a program as `/prog`, before its first instruction. */
export function boot(
  text: string,
  options: BootOptions & {
    readonly kinds?: readonly EventKind[]
    readonly spawn?: Partial<SpawnOptions>
  } = {},
): Guest {
  const image = assembleProgram(text)
  const { kinds, spawn, ...rest } = options
  const record = new Set<EventKind>(kinds ?? ['signal', 'fault', 'exit'])
  const kernel = bootKernel(createMachine({ memory: 16 * 1024 * 1024 }), { record, ...rest })
  kernel.createFile('/prog', image.bytes, 0o755, image)
  const task = kernel.spawn({ name: 'T', path: '/prog', argv: ['/prog'], env: [], ...spawn })
  if (typeof task === 'number') throw new Error(`the program cannot be started: ${task}`)
  return guest(kernel, task as KernelTask, image)
}

function guest(kernel: BootedKernel, first: KernelTask, image: Image): Guest {
  const address = (symbol: string): number => Number(findSymbol(image, symbol)!.address)
  const tasks = () => kernel.tasks as readonly KernelTask[]
  const stepUntil = (condition: () => boolean): void => {
    for (let steps = 0; !condition(); steps++) {
      const { stop } = kernel.run(first, { steps: 1, stopAtEvents: false })
      if (stop.kind !== 'steps' || steps > 10_000) throw new Error(`not reached: ${stop.kind}`)
    }
  }
  return {
    kernel,
    stepUntil,
    stepTo: symbol => stepUntil(() => first.registers[Register.rip] === BigInt(address(symbol))),
    task: first,
    image,
    address,
    finish(steps = 1000) {
      for (let round = 0; round < 100_000; round++) {
        const ready = tasks().filter(task => task.state !== 'dead' && kernel.runnable(task))
        if (ready.length === 0 && !kernel.advanceClock()) return
        for (const task of ready) {
          const { stop } = kernel.run(task, { steps, stopAtEvents: false })
          if (stop.kind === 'broken') throw new Error(stop.message)
        }
      }
    },
    step: (task, steps = 1) => kernel.run(task, { steps, stopAtEvents: false }),
    word(symbol, task = first) {
      const bytes = task.mm!.peek(address(symbol), 8)!
      return new DataView(bytes.buffer).getBigUint64(0, true)
    },
    output: () => new TextDecoder().decode(kernel.output(1)),
  }
}

/** Events of the given kinds as `kind subject` with the named fields. */
export function eventTexts(kernel: BootedKernel, ...fields: readonly string[]): string[] {
  return kernel.events.map(({ kind, thread, fields: all }) =>
    [
      `${thread} ${kind}`,
      ...fields.filter(name => name in all).map(name => `${name}=${show(all[name])}`),
    ].join(' '),
  )
}

function show(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
  return typeof value === 'object' && value !== null && 'at' in value ? String(value.at) : String(value)
}
