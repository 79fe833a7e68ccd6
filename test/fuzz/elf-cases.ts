// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bootKernel } from '../../src/kernel/boot-kernel.ts'
import { Errno } from '../../src/kernel/errno.ts'
import { createMachine } from '../../src/machine/create-machine.ts'
import { pageSize } from '../../src/machine/machine.ts'
import type { MachineMemory } from '../../src/machine/memory/machine-memory.ts'
import { readElf } from '../../src/program/elf/read-elf.ts'
import { assembleProgram } from '../kernel/boot.ts'
import { checkMemory } from './check-memory.ts'
import { drive, endingText, killAll } from './drive.ts'
import type { FuzzCase } from './fuzz.ts'
import { mutateElf } from './mutate-elf.ts'
import { Random } from './random.ts'

const programs = ['insn-alu', 'fetch-strings', 'fetch-pie-offsets']

/** Damaged ELF files, read, started and run for up to 2,000 steps. */
export function elfCases(memory: MachineMemory): FuzzCase {
  const originals = [
    ...programs.map(name => readFileSync(join(import.meta.dirname, '../conformance/data', name, 'prog'))),
    assembleProgram(selfMade).bytes,
  ].map(bytes => new Uint8Array(bytes))
  return (seed, number) => {
    const random = new Random(seed, number)
    return runElf(memory, mutateElf(random.pick(originals), random))
  }
}

/** Writes into all its segments and waits for a child. */
const selfMade = `
_start:
  mov eax, 57
  syscall
  test eax, eax
  jz child
  mov edi, eax
  xor esi, esi
  xor edx, edx
  xor r10d, r10d
  mov eax, 61
  syscall
child:
  mov rax, [rip + word]
  mov [rip + word], rax
  mov [rip + space + 4096], rax
  push rax
  xor edi, edi
  mov eax, 231
  syscall
.data
word: .quad 5
.bss
space: .zero 8192
`

function runElf(memory: MachineMemory, bytes: Uint8Array): string {
  const read = readElf(bytes, 'prog')
  const machine = createMachine({ memory: memory.frames * pageSize, reserved: memory })
  const kernel = bootKernel(machine, { record: new Set() })
  const inode = kernel.createFile('/prog', bytes, 0o755)
  const task = kernel.spawn({ name: 'T', path: '/prog', argv: ['/prog'], env: ['A=B'] })
  if (!read.ok && task !== -Errno.ENOEXEC) throw new Error(`a refused file answers ${task}`)
  const result =
    typeof task === 'number'
      ? `spawn ${task}${read.ok ? '' : ` ${read.diagnostics[0]!.code}`}`
      : endingText(drive(kernel, 2000))
  checkMemory(kernel)
  if (result.startsWith('broken')) return result
  killAll(kernel)
  const kept = machine.memory.used - kernel.ownPages - inode.cachedPages
  if (kept !== 0) throw new Error(`${kept} pages are never freed, after: ${result}`)
  return result
}
