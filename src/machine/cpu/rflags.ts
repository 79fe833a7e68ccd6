// SPDX-License-Identifier: MIT
import { Register } from '../machine.ts'
import { arithmeticFlags, readFlags, writeFlags } from './flags.ts'
import type { CpuState } from './state.ts'

const word = Register.rflags * 2

/** Brings the lazy arithmetic flags into the rflags register. */
export function exportFlags({ i32, flags }: CpuState): void {
  i32[word] = (i32[word]! & ~arithmeticFlags) | readFlags(flags) | 2
}

/** Takes the arithmetic flags from the rflags register. */
export function importFlags({ i32, flags }: CpuState): void {
  writeFlags(flags, i32[word]!)
}
