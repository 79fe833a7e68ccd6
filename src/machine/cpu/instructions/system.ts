// SPDX-License-Identifier: MIT
import { Register as IcedRegister, Mnemonic } from 'iced-x86'
import { Register, Vector } from '../../machine.ts'
import type { Instruction } from '../decode/instruction.ts'
import { type Compiler, locateForRead } from '../operands.ts'
import type { Operation } from '../operation.ts'
import { exportFlags } from '../rflags.ts'
import type { CpuState } from '../state.ts'
import { cpuid } from './cpuid.ts'
import type { Family } from './family.ts'

const rip = Register.rip * 2
const rflags = Register.rflags * 2
const rcx = 2
const r11 = 22

const nothing: Compiler = () => () => 0
/** Instructions of the operating system: #GP in user mode. */
export const forbidden: Compiler = cpu => () => cpu.raise(Vector.GP, 0)
export const undefinedOpcode: Compiler = cpu => () => cpu.raise(Vector.UD, 0)

/** Instructions that talk to the system, and those that do nothing. */
export const system: Family = [
  [Mnemonic.Nop, nothing],
  [Mnemonic.Reservednop, nothing],
  [Mnemonic.Endbr64, nothing],
  [Mnemonic.Endbr32, nothing],
  // Without shadow stacks these leave their register as it is: an unwinder asks whether there is one.
  [Mnemonic.Rdsspd, nothing],
  [Mnemonic.Rdsspq, nothing],
  [Mnemonic.Pause, nothing],
  [Mnemonic.Prefetchnta, nothing],
  [Mnemonic.Prefetcht0, nothing],
  [Mnemonic.Prefetcht1, nothing],
  [Mnemonic.Prefetcht2, nothing],
  [Mnemonic.Prefetch, nothing],
  [Mnemonic.Prefetchw, nothing],
  [Mnemonic.Prefetchwt1, nothing],
  [Mnemonic.Prefetchit0, nothing],
  [Mnemonic.Prefetchit1, nothing],
  [Mnemonic.Cldemote, nothing],
  [Mnemonic.Lfence, nothing],
  [Mnemonic.Mfence, nothing],
  [Mnemonic.Sfence, nothing],
  [Mnemonic.Clflush, flushLine],
  [Mnemonic.Syscall, syscall],
  [Mnemonic.Int3, cpu => trap(cpu, Vector.BP)],
  [Mnemonic.Int1, cpu => trap(cpu, Vector.DB)],
  [Mnemonic.Int, softwareInterrupt],
  [Mnemonic.Ud0, undefinedOpcode],
  [Mnemonic.Ud1, undefinedOpcode],
  [Mnemonic.Ud2, undefinedOpcode],
  [Mnemonic.Hlt, forbidden],
  [Mnemonic.Cli, forbidden],
  [Mnemonic.Sti, forbidden],
  [Mnemonic.In, forbidden],
  [Mnemonic.Out, forbidden],
  [Mnemonic.Insb, forbidden],
  [Mnemonic.Insw, forbidden],
  [Mnemonic.Insd, forbidden],
  [Mnemonic.Outsb, forbidden],
  [Mnemonic.Outsw, forbidden],
  [Mnemonic.Outsd, forbidden],
  [Mnemonic.Cpuid, cpuid],
  [Mnemonic.Rdpmc, forbidden],
  [Mnemonic.Rdtsc, () => () => 8],
]

const existing = new Set<number>([
  IcedRegister.CR0,
  IcedRegister.CR2,
  IcedRegister.CR3,
  IcedRegister.CR4,
  IcedRegister.CR8,
  IcedRegister.DR0,
  IcedRegister.DR1,
  IcedRegister.DR2,
  IcedRegister.DR3,
  IcedRegister.DR4,
  IcedRegister.DR5,
  IcedRegister.DR6,
  IcedRegister.DR7,
])

/** A move from or to a control or debug register by its number in the decoder: user mode must not, and some do not exist. */
export function controlRegister(cpu: CpuState, number: number): Operation {
  const vector = existing.has(number) ? Vector.GP : Vector.UD
  return () => cpu.raise(vector, 0)
}

/** Caches are not modelled; the address is checked like that of a load. */
function flushLine(cpu: CpuState, { operands }: Instruction): Operation {
  const locate = locateForRead(cpu, operands[0]!, 1)
  return () => (locate() < 0 ? -1 : 0)
}

function syscall(cpu: CpuState, { nextLow, nextHigh }: Instruction): Operation {
  const { i32 } = cpu
  return () => {
    exportFlags(cpu)
    i32[rcx] = nextLow
    i32[rcx + 1] = nextHigh
    i32[r11] = i32[rflags]! & ~0x1_0000
    i32[r11 + 1] = 0
    i32[rip] = nextLow
    i32[rip + 1] = nextHigh
    return 4
  }
}

function trap(cpu: CpuState, vector: number): Operation {
  return () => {
    cpu.raise(vector, 0)
    return -4
  }
}

/** A gate that user mode may not use: the error code names it (Intel SDM 3A §6.13). */
function softwareInterrupt(cpu: CpuState, { operands }: Instruction): Operation {
  const [operand] = operands
  const vector = operand?.kind === 'immediate' ? Number(operand.value & 0xffn) : 0
  return () => cpu.raise(Vector.GP, vector * 8 + 2)
}
