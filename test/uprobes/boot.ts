// SPDX-License-Identifier: MIT
import { allKinds } from '../../src/events/event-kinds.ts'
import { bootKernel } from '../../src/kernel/boot-kernel.ts'
import type { BootedKernel, Inode, KernelPath, Task } from '../../src/kernel/kernel.ts'
import { createMachine } from '../../src/machine/create-machine.ts'
import { Register } from '../../src/machine/machine.ts'
import { assemble } from '../../src/program/assembler/assemble.ts'
import type { Image } from '../../src/program/image.ts'
import { installUprobes } from '../../src/uprobes/install-uprobes.ts'
import { type KernelProfile, profiles } from '../../src/uprobes/profile.ts'
import type { Consumer, HitContext, Uprobes } from '../../src/uprobes/uprobes.ts'

/** A booted kernel with one assembled program under /app, and what tests ask of it. */
export type Booted = {
  readonly kernel: BootedKernel
  readonly uprobes: Uprobes
  readonly inode: Inode
  /** One line for each handler call: `add_in 0x401000`, `add_out 0x401010 <- 0x401000`. */
  readonly hits: string[]
  start(): Task
  address(symbol: string): bigint
  offset(symbol: string): bigint
  consumer(name: string, more?: Partial<Consumer>): Consumer
  returnConsumer(name: string): Consumer
  attach(symbol: string, consumer: Consumer, counter?: string): number
  detach(symbol: string, consumer: Consumer): void
  perform<T>(path: KernelPath<T>): T
  /** Bytes of a task's memory at a symbol, as hex. */
  bytes(task: Task, symbol: string, length: number): string
  /** Runs a task until it is dead or asleep: no program here takes 20,000 steps. */
  finish(task: Task): void
  step(task: Task, steps?: number): void
  /** Steps until a task stands at an address. */
  stepTo(task: Task, address: bigint): void
  /** Runs up to and including the next event of a kind. */
  until(task: Task, kind: string): void
  register(task: Task, name: keyof typeof Register): bigint
  /** Recorded events as `kind probe place`. */
  events(...kinds: string[]): string[]
}

/** System call of an assembled program, behind which it has two threads, on one stack. */
export const makeThread = `
        mov eax, 56         # clone(VM | FS | FILES | SIGHAND | THREAD)
        mov edi, 0x10f00
        xor esi, esi
        xor edx, edx
        xor r10d, r10d
        xor r8d, r8d
        syscall
`

export function boot(program: string, overrides: Partial<KernelProfile> = {}): Booted {
  const image = build(program)
  const machine = createMachine({ memory: 2 << 20 })
  const kernel = bootKernel(machine, { record: new Set(allKinds) })
  const uprobes = installUprobes(kernel, { ...profiles['linux-6.18'], ...overrides })
  const inode = kernel.createFile('/app', image.bytes, 0o755)
  const hits: string[] = []
  const symbol = (name: string): { address: bigint; fileOffset: number } => {
    const found = image.symbols.find(candidate => candidate.name === name)
    if (found?.fileOffset === undefined) throw new Error(`no symbol ${name}`)
    return { address: found.address, fileOffset: found.fileOffset }
  }
  const perform = <T>(path: KernelPath<T>): T => {
    const outcome = kernel.perform(path, false)
    if (!outcome.done) throw new Error('the path sleeps')
    return outcome.value
  }
  const run = (task: Task, steps: number, stopAtEvents: boolean): string | undefined => {
    const { stop } = kernel.run(task, { steps, stopAtEvents })
    if (stop.kind === 'broken') throw new Error(stop.message)
    return stop.kind === 'event' ? stop.event.kind : undefined
  }
  const consumer = (name: string, more: Partial<Consumer> = {}): Consumer => ({
    probe: name,
    *handler({ registers }: HitContext) {
      hits.push(`${name} ${hex(registers[Register.rip]!)}`)
      return 0
    },
    ...more,
  })
  return {
    kernel,
    uprobes,
    inode,
    hits,
    start() {
      const task = kernel.spawn({ name: 'app', path: '/app', argv: ['/app'], env: [] })
      if (typeof task === 'number') throw new Error(`spawn: ${task}`)
      return task
    },
    address: name => symbol(name).address,
    offset: name => BigInt(symbol(name).fileOffset),
    consumer,
    returnConsumer: name =>
      consumer(name, {
        *handler() {
          return 0
        },
        *returnHandler({ returnAddress, address }) {
          hits.push(`${name} ${hex(returnAddress!)} <- ${hex(address)}`)
        },
      }),
    attach: (name, attached, counter) =>
      perform(
        uprobes.register(
          inode,
          BigInt(symbol(name).fileOffset),
          counter === undefined ? 0n : BigInt(symbol(counter).fileOffset),
          attached,
        ),
      ),
    detach: (name, attached) => perform(uprobes.unregister(inode, BigInt(symbol(name).fileOffset), attached)),
    perform,
    bytes(task, name, length) {
      const bytes = task.mm!.peek(Number(symbol(name).address), length)
      return Array.from(bytes ?? [], byte => byte.toString(16).padStart(2, '0')).join(' ')
    },
    finish(task) {
      run(task, 20_000, false)
    },
    step(task, steps = 1) {
      run(task, steps, false)
    },
    stepTo(task, address) {
      for (let count = 0; count < 10_000; count++) {
        if (task.registers[Register.rip] === address) return
        run(task, 1, false)
      }
      throw new Error(`never at ${hex(address)}`)
    },
    until(task, kind) {
      for (let count = 0; count < 10_000; count++) if (run(task, 1, true) === kind) return
      throw new Error(`no event ${kind}`)
    },
    register: (task, name) => task.registers[Register[name]]!,
    events: (...kinds) =>
      kernel.events
        .filter(({ kind }) => kinds.includes(kind))
        .map(({ kind, fields }) => {
          const ip = fields['ip'] as { address: bigint } | undefined
          return [kind, fields['probe'] ?? fields['signal'] ?? fields['text'], ip && hex(ip.address)]
            .filter(Boolean)
            .join(' ')
        }),
  }
}

/** Programs that have been assembled: most are booted by several tests. */
const images = new Map<string, Image>()

function build(text: string): Image {
  const known = images.get(text)
  if (known) return known
  const file = { path: 'app.s', text }
  const lineStarts = text
    .split('\n')
    .map((_, line, lines) => lines.slice(0, line).join('\n').length + (line > 0 ? 1 : 0))
  const result = assemble([{ text, origin: { file, lineStarts } }], { name: 'app' })
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join('; '))
  images.set(text, result.value)
  return result.value
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`
}
