// SPDX-License-Identifier: MIT
import { bootKernel } from '../../src/kernel/boot-kernel.ts'
import type { BootedKernel, Inode, KernelPath, Task } from '../../src/kernel/kernel.ts'
import { createMachine } from '../../src/machine/create-machine.ts'
import { reserveMemory } from '../../src/machine/memory/machine-memory.ts'
import { assemble } from '../../src/program/assembler/assemble.ts'
import type { Image } from '../../src/program/image.ts'
import { installUprobes } from '../../src/uprobes/install-uprobes.ts'
import { type KernelProfile, profiles } from '../../src/uprobes/profile.ts'
import type { Uprobes } from '../../src/uprobes/uprobes.ts'

/** A kernel with probes and one program at /app, in which no event is recorded. */
export type BootedProgram = {
  readonly kernel: BootedKernel
  readonly uprobes: Uprobes
  readonly inode: Inode
  offset(symbol: string): bigint
  start(name: string): Task
  perform<T>(path: KernelPath<T>): T
}

const bytes = 64 << 20
const reserved = reserveMemory(bytes)

export function buildProgram(text: string): Image {
  const lines = text.split('\n')
  let start = 0
  const lineStarts = lines.map(line => (start += line.length + 1) - line.length - 1)
  const result = assemble([{ text, origin: { file: { path: 'app.s', text }, lineStarts } }], { name: 'app' })
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join('; '))
  return result.value
}

export function bootProgram(image: Image, choices: Partial<KernelProfile> = {}): BootedProgram {
  const kernel = bootKernel(createMachine({ memory: bytes, reserved }), { record: new Set() })
  const uprobes = installUprobes(kernel, { ...profiles['linux-6.18'], ...choices })
  const inode = kernel.createFile('/app', image.bytes, 0o755, image)
  return {
    kernel,
    uprobes,
    inode,
    offset: symbol => BigInt(image.symbols.find(({ name }) => name === symbol)!.fileOffset!),
    start(name) {
      const task = kernel.spawn({ name, path: '/app', argv: ['/app'], env: [] })
      if (typeof task === 'number') throw new Error(`the program does not start: ${task}`)
      return task
    },
    perform(path) {
      const outcome = kernel.perform(path, false)
      if (!outcome.done) throw new Error('the path sleeps')
      return outcome.value
    },
  }
}
