// SPDX-License-Identifier: MIT
import { bootKernel } from '../../src/kernel/boot-kernel.ts'
import { createMachine } from '../../src/machine/create-machine.ts'
import { pageSize, Register } from '../../src/machine/machine.ts'
import type { MachineMemory } from '../../src/machine/memory/machine-memory.ts'
import { findSymbol } from '../../src/program/symbols.ts'
import { assembleProgram } from '../kernel/boot.ts'
import { checkMemory } from './check-memory.ts'
import { drive, endingText, killAll } from './drive.ts'
import type { FuzzCase } from './fuzz.ts'
import { Random } from './random.ts'

/** System call numbers that are asked for: a few more than Linux 6.18 has in its first range. */
export const callNumbers = 461
/** The same call is made so many times in a case, each time with other arguments. */
const attempts = 6

const argumentRegisters = [
  Register.rdi,
  Register.rsi,
  Register.rdx,
  Register.r10,
  Register.r8,
  Register.r9,
] as const

/** Every system call with arguments that are random, edge values, or places in the program's memory. */
export function callCases(memory: MachineMemory): FuzzCase {
  const image = assembleProgram(program)
  const { address: data } = findSymbol(image, 'data')!
  const { address: start } = findSymbol(image, '_start')!
  return (seed, number) => {
    const random = new Random(seed, number)
    const machine = createMachine({ memory: memory.frames * pageSize, reserved: memory })
    const kernel = bootKernel(machine, {
      record: new Set(),
      limits: { tasks: 16, output: 65536, files: 1 << 20 },
    })
    const bytes = image.bytes.slice()
    const inode = kernel.createFile('/prog', bytes, 0o755)
    const task = kernel.spawn({ name: 'T', path: '/prog', argv: ['/prog'], env: [] })
    if (typeof task === 'number') throw new Error(`the program does not start: ${task}`)
    const stack = task.registers[Register.rsp]!
    let result = 'steps'
    for (let left = attempts; left > 0 && result === 'steps'; left--) {
      task.registers[Register.rax] = BigInt(number % callNumbers)
      for (const register of argumentRegisters)
        task.registers[register] = random.pick([
          data + BigInt(random.below(4096)),
          data & ~0xfffn,
          stack,
          BigInt(random.below(8)),
          BigInt(random.below(8)),
          random.word(),
        ])
      task.registers[Register.rip] = start
      result = endingText(drive(kernel, 20))
      checkMemory(kernel)
    }
    if (result.startsWith('broken')) return result
    killAll(kernel)
    checkMemory(kernel)
    const kept = machine.memory.used - kernel.ownPages - inode.cachedPages
    if (kept !== 0) throw new Error(`${kept} pages are never freed, after: ${result}`)
    return result
  }
}

/** The data is what calls may find useful: a path, numbers, addresses of itself. */
const program = `
_start:
  syscall
again:
  jmp again
.data
.balign 4096
data: .asciz "/prog"
.balign 64
${'.quad data, 1, 4096, data + 64, 0, 3, data + 2048, 0x8000000000000000\n'.repeat(31)}
.balign 4096
.zero 4096
`
