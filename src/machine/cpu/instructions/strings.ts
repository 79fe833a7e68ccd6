// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import { Layout } from '../../layout.ts'
import { Register, Vector } from '../../machine.ts'
import type { Instruction } from '../decode/instruction.ts'
import { isEqual } from '../flags.ts'
import type { Compiler } from '../operands.ts'
import type { Operation } from '../operation.ts'
import type { CpuState } from '../state.ts'
import { finish, translateRead, translateWrite } from '../translation.ts'
import { wide32, wide64 } from './arithmetic-kernels.ts'
import { narrowKernels } from './arithmetic-narrow.ts'
import type { Family } from './family.ts'
import { copyRun, fillRun, type Run } from './string-runs.ts'

const rax = 0
const rcx = 2
const rsi = 12
const rdi = 14
const a = Layout.scratchA >>> 2
const b = Layout.scratchB >>> 2
const rflags = Register.rflags * 2

/** String instructions, alone and repeated: every iteration is complete before the next begins, and counts as one. */
export const strings: Family = [
  [Mnemonic.Movsb, string(moveOne, { run: copyRun })],
  [Mnemonic.Movsw, string(moveOne, { run: copyRun })],
  // With a repeat prefix or none it is the string instruction: its operands are strings.
  [Mnemonic.Movsq, string(moveOne, { run: copyRun })],
  [Mnemonic.Stosb, string(storeOne, { run: fillRun })],
  [Mnemonic.Stosw, string(storeOne, { run: fillRun })],
  [Mnemonic.Stosd, string(storeOne, { run: fillRun })],
  [Mnemonic.Stosq, string(storeOne, { run: fillRun })],
  [Mnemonic.Lodsb, string(loadOne)],
  [Mnemonic.Lodsw, string(loadOne)],
  [Mnemonic.Lodsd, string(loadOne)],
  [Mnemonic.Lodsq, string(loadOne)],
  [Mnemonic.Scasb, string(scanOne, { compares: true })],
  [Mnemonic.Scasw, string(scanOne, { compares: true })],
  [Mnemonic.Scasd, string(scanOne, { compares: true })],
  [Mnemonic.Scasq, string(scanOne, { compares: true })],
  [Mnemonic.Cmpsb, string(compareOne, { compares: true })],
  [Mnemonic.Cmpsw, string(compareOne, { compares: true })],
  [Mnemonic.Cmpsq, string(compareOne, { compares: true })],
]

/** movsd and cmpsd, whose mnemonics SSE2 has too: that family asks here when the operands are strings. */
export const moveDoubleString: Compiler = string(moveOne, { run: copyRun })
export const compareDoubleString: Compiler = string(compareOne, { compares: true })

/** Does one iteration without counting it: 0, or -1. */
type One = (cpu: CpuState, instruction: Instruction) => () => number

function string(one: One, { compares = false, run }: { compares?: boolean; run?: Run } = {}): Compiler {
  return (cpu, instruction) => {
    const iteration = one(cpu, instruction)
    const { repeat, stringNarrow: narrow } = instruction
    if (repeat === '') return iteration
    const until = !compares ? undefined : repeat === 'repe'
    return repeated(cpu, iteration, narrow, until, run?.(cpu, instruction))
  }
}

/**
 * A repeated string instruction does up to `cpu.budget` iterations (1 unless the processor's loop allows more), says in
 * `cpu.iterations` how many, and returns 5 while some are left. `whileEqual` is what repe and repne ask of ZF after a comparison.
 */
function repeated(
  cpu: CpuState,
  iteration: () => number,
  narrow: boolean,
  whileEqual: boolean | undefined,
  run: ((most: number) => number) | undefined,
): Operation {
  const { i32, flags } = cpu
  return () => {
    cpu.iterations = 0
    for (;;) {
      const high = narrow ? 0 : i32[rcx + 1]!
      const low = i32[rcx]!
      if ((low | high) === 0) {
        // A count of zero from the start is one instruction that does nothing.
        cpu.iterations = 1
        return 0
      }
      const left = cpu.budget - cpu.iterations
      let done = 1
      if (run !== undefined && left > 1) done = run(high === 0 ? Math.min(left, low >>> 0) : left)
      else if (iteration() < 0) done = -1
      if (done === 0) done = iteration() < 0 ? -1 : 1
      if (done < 0) return -1
      step(i32, rcx, -done, narrow)
      cpu.iterations += done
      if ((i32[rcx]! | (narrow ? 0 : i32[rcx + 1]!)) === 0) return 0
      if (whileEqual !== undefined && isEqual(flags) !== whileEqual) return 0
      if (cpu.iterations >= cpu.budget) return 5
    }
  }
}

/** Adds to a pointer or count register. */
export function step(i32: Int32Array, word: number, by: number, narrow: boolean): void {
  const old = i32[word]!
  const low = (old + by) | 0
  i32[word] = low
  if (narrow) i32[word + 1] = 0
  else if (by < 0) {
    if (old >>> 0 < -by) i32[word + 1] = i32[word + 1]! - 1
  } else if (low >>> 0 < old >>> 0) i32[word + 1] = i32[word + 1]! + 1
}

/** Where the source of a string is: host address, or -1. */
export function source(cpu: CpuState, instruction: Instruction, bytes: number): number {
  const { i32 } = cpu
  const low = i32[rsi]!
  const high = instruction.stringNarrow ? 0 : i32[rsi + 1]!
  const sum = (low + i32[instruction.stringSegment]!) | 0
  const carry = sum >>> 0 < low >>> 0 ? 1 : 0
  return translateRead(cpu, sum, (high + i32[instruction.stringSegment + 1]! + carry) | 0, bytes, Vector.GP)
}

function direction(i32: Int32Array, bytes: number): number {
  return (i32[rflags]! & 0x400) === 0 ? bytes : -bytes
}

function moveOne(cpu: CpuState, instruction: Instruction): () => number {
  const { i32, u8 } = cpu
  const { elementBytes: bytes, stringNarrow: narrow } = instruction
  return () => {
    const from = source(cpu, instruction, bytes)
    if (from < 0) return -1
    const to = translateWrite(cpu, i32[rdi]!, narrow ? 0 : i32[rdi + 1]!, bytes, Vector.GP)
    if (to < 0) return -1
    u8.copyWithin(to, from, from + bytes)
    const by = direction(i32, bytes)
    step(i32, rsi, by, narrow)
    step(i32, rdi, by, narrow)
    return finish(cpu)
  }
}

function storeOne(cpu: CpuState, { elementBytes: bytes, stringNarrow: narrow }: Instruction): () => number {
  const { i32, u8 } = cpu
  return () => {
    const to = translateWrite(cpu, i32[rdi]!, narrow ? 0 : i32[rdi + 1]!, bytes, Vector.GP)
    if (to < 0) return -1
    u8.copyWithin(to, rax, bytes)
    step(i32, rdi, direction(i32, bytes), narrow)
    return finish(cpu)
  }
}

function loadOne(cpu: CpuState, instruction: Instruction): () => number {
  const { i32, u8 } = cpu
  const { elementBytes: bytes, stringNarrow: narrow } = instruction
  return () => {
    const from = source(cpu, instruction, bytes)
    if (from < 0) return -1
    u8.copyWithin(rax, from, from + bytes)
    if (bytes === 4) i32[1] = 0
    step(i32, rsi, direction(i32, bytes), narrow)
    return 0
  }
}

function scanOne(cpu: CpuState, { elementBytes: bytes, stringNarrow: narrow }: Instruction): () => number {
  const { i32 } = cpu
  const compare = comparison(cpu, bytes)
  return () => {
    const from = translateRead(cpu, i32[rdi]!, narrow ? 0 : i32[rdi + 1]!, bytes, Vector.GP)
    if (from < 0) return -1
    load(cpu, a, rax, bytes)
    load(cpu, b, from, bytes)
    compare()
    step(i32, rdi, direction(i32, bytes), narrow)
    return 0
  }
}

/** No manual says which operand faults first. The AMD processor of the recordings reads (%rdi) first, but (%rsi) in `repe cmpsb`. */
function compareOne(cpu: CpuState, instruction: Instruction): () => number {
  const { i32 } = cpu
  const { elementBytes: bytes, stringNarrow: narrow, repeat } = instruction
  const compare = comparison(cpu, bytes)
  const loadSource = (): boolean => {
    const from = source(cpu, instruction, bytes)
    if (from >= 0) load(cpu, a, from, bytes)
    return from >= 0
  }
  const loadOther = (): boolean => {
    const from = translateRead(cpu, i32[rdi]!, narrow ? 0 : i32[rdi + 1]!, bytes, Vector.GP)
    if (from >= 0) load(cpu, b, from, bytes)
    return from >= 0
  }
  const inOrder = repeat === 'repe' && bytes === 1
  const [first, second] = inOrder ? [loadSource, loadOther] : [loadOther, loadSource]
  return () => {
    if (!first() || !second()) return -1
    compare()
    const by = direction(i32, bytes)
    step(i32, rsi, by, narrow)
    step(i32, rdi, by, narrow)
    return 0
  }
}

function comparison(cpu: CpuState, bytes: number): Operation {
  if (bytes === 8) return wide64.cmp(cpu, a, b)
  return bytes === 4 ? wide32.cmp(cpu, a, b) : narrowKernels.cmp(cpu, a, b, 32 - 8 * bytes)
}

function load({ i32, view }: CpuState, word: number, at: number, bytes: number): void {
  if (bytes === 1) i32[word] = view.getInt8(at)
  else if (bytes === 2) i32[word] = view.getInt16(at, true)
  else i32[word] = view.getInt32(at, true)
  if (bytes === 8) i32[word + 1] = view.getInt32(at + 4, true)
}
