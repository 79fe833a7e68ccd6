// SPDX-License-Identifier: MIT
import { bootKernel } from '../../src/kernel/boot-kernel.ts'
import { createMachine } from '../../src/machine/create-machine.ts'
import { pageSize, Register } from '../../src/machine/machine.ts'
import type { MachineMemory } from '../../src/machine/memory/machine-memory.ts'
import { viewOf } from '../../src/program/elf/elf-format.ts'
import { findSymbol } from '../../src/program/symbols.ts'
import { assembleProgram } from '../kernel/boot.ts'
import { checkMemory } from './check-memory.ts'
import { drive, endingText, killAll } from './drive.ts'
import type { FuzzCase } from './fuzz.ts'
import { Random } from './random.ts'
import { validInstructions } from './valid-instructions.ts'

const codeSize = 256
/** A step for each byte: most cases have ended by then, and the others run in circles. */
const mostSteps = 256

/** Random code of 256 bytes with data and a stack, run for up to 256 steps: every other case is made of valid instructions. */
export function codeCases(memory: MachineMemory, poolSize: number): FuzzCase {
  const pool = validInstructions(poolSize)
  const image = assembleProgram(frame)
  const place = (symbol: string) => {
    const { address, fileOffset } = findSymbol(image, symbol)!
    return { address, fileOffset: fileOffset! }
  }
  const [code, mask, data] = [place('code'), place('mask'), place('data')]
  return (seed, number) => {
    const random = new Random(seed, number)
    const bytes = image.bytes.slice()
    bytes.set(number % 2 === 0 ? random.bytes(codeSize) : sequence(pool, random), code.fileOffset)
    for (let part = 0; part < 4096; part += 512) bytes.set(random.bytes(64), data.fileOffset + part)
    const signals = random.below(2 ** 32)
    viewOf(bytes).setUint32(mask.fileOffset, signals, true)
    const places = { code: code.address, data: data.address }
    return runCode(memory, bytes, places, stepsBefore(signals), random)
  }
}

/** A handler for each signal of `mask`: it steps over one byte of the code. */
const frame = `
_start:
  mov r12d, 1
next:
  bt [rip + mask], r12d
  jnc skip
  mov edi, r12d
  lea rsi, [rip + action]
  xor edx, edx
  mov r10d, 8
  mov eax, 13
  syscall
skip:
  inc r12d
  cmp r12d, 32
  jb next
  jmp code
handler:
  inc qword ptr [rdx + 168]
  ret
restorer:
  mov eax, 15
  syscall
.balign 4096
code: .zero ${codeSize}
  .zero ${4096 - codeSize}
.data
.balign 16
mask: .quad 0
action: .quad handler, 0x44000004, restorer, 0
.balign 4096
data: .zero 4096
.bss
.zero 8192
`

/** Steps that the frame makes up to the code: 5 for each signal, and 6 more for each that gets a handler. */
function stepsBefore(signals: number): number {
  let handled = 0
  for (let signal = 1; signal < 32; signal++) if ((signals & (1 << signal)) !== 0) handled++
  return 1 + 31 * 5 + handled * 6 + 1
}

function sequence(pool: readonly Uint8Array[], random: Random): Uint8Array {
  const bytes = new Uint8Array(codeSize)
  for (let at = 0; ; ) {
    const next = random.oneIn(24) ? systemCall(random) : random.pick(pool)
    if (at + next.length > codeSize) return bytes
    bytes.set(next, at)
    at += next.length
  }
}

/** mov eax, NUMBER; syscall. Half of the numbers are those that do the most damage. */
function systemCall(random: Random): Uint8Array {
  const number = random.oneIn(2)
    ? random.pick([9, 10, 11, 12, 15, 25, 56, 57, 58, 59, 131])
    : random.below(461)
  return Uint8Array.of(0xb8, number & 255, number >> 8, 0, 0, 0x0f, 0x05)
}

function runCode(
  memory: MachineMemory,
  bytes: Uint8Array,
  { code, data }: { readonly code: bigint; readonly data: bigint },
  stepsBefore: number,
  random: Random,
): string {
  const machine = createMachine({
    memory: memory.frames * pageSize,
    reserved: memory,
    cpu: 'x86-64-v2',
  })
  const kernel = bootKernel(machine, { record: new Set() })
  const inode = kernel.createFile('/prog', bytes, 0o755)
  const task = kernel.spawn({ name: 'T', path: '/prog', argv: ['/prog'], env: [] })
  if (typeof task === 'number') throw new Error(`the program does not start: ${task}`)
  kernel.run(task, { steps: stepsBefore, stopAtEvents: false })
  if (task.registers[Register.rip] !== code) throw new Error('the code is not reached')
  const stack = task.registers[Register.rsp]!
  for (let register = 0; register < 16; register++) {
    const value = random.pick([data + BigInt(random.below(4096) & ~15), stack, code, random.word(), data])
    if (register !== Register.rsp || random.oneIn(8)) task.registers[register] = value
  }
  const result = endingText(drive(kernel, mostSteps))
  checkMemory(kernel)
  if (result.startsWith('broken')) return result
  killAll(kernel)
  const kept = machine.memory.used - kernel.ownPages - inode.cachedPages
  if (kept !== 0) throw new Error(`${kept} pages are never freed, after: ${result}`)
  return result
}
