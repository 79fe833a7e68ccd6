// SPDX-License-Identifier: MIT
import type { CpuState } from '../state.ts'
import type { NarrowKernel } from './arithmetic.ts'
import type { wide64 } from './arithmetic-kernels.ts'

/**
 * Kernels for operands of 8 and 16 bits. Operands are sign-extended, so a result cut to its width is the sign-extended one, and
 * the carries move up to the top of the word.
 */
export const narrowKernels: Record<keyof typeof wide64, NarrowKernel> = {
  add: (cpu, d, s, shift) => adding(cpu, d, s, shift, false),
  adc: (cpu, d, s, shift) => adding(cpu, d, s, shift, true),
  sub: (cpu, d, s, shift) => subtracting(cpu, d, s, shift, false),
  sbb: (cpu, d, s, shift) => subtracting(cpu, d, s, shift, true),
  cmp: (cpu, d, s, shift) => subtracting(cpu, d, s, shift, false),
  and: (cpu, d, s) => logic(cpu, d, (a, b) => a & b, s),
  or: (cpu, d, s) => logic(cpu, d, (a, b) => a | b, s),
  xor: (cpu, d, s) => logic(cpu, d, (a, b) => a ^ b, s),
  test: (cpu, d, s) => logic(cpu, d, (a, b) => a & b, s),
  inc: (cpu, d, _, shift) => counting(cpu, d, shift, 1),
  dec: (cpu, d, _, shift) => counting(cpu, d, shift, -1),
  neg:
    ({ i32, flags }, d, _, shift) =>
    () => {
      const b = i32[d]!
      const result = (-b << shift) >> shift
      i32[d] = result
      flags[0] = result
      flags[1] = result
      flags[2] = (b | result) << shift
      flags[3] = (b ^ result) & 16
      return 0
    },
  not:
    ({ i32 }, d) =>
    () => {
      i32[d] = ~i32[d]!
      return 0
    },
}

function adding({ i32, flags }: CpuState, d: number, s: number, shift: number, carry: boolean) {
  return () => {
    const a = i32[d]!
    const b = i32[s]!
    const result = ((a + b + (carry ? flags[2]! >>> 31 : 0)) << shift) >> shift
    i32[d] = result
    flags[0] = result
    flags[1] = result
    flags[2] = ((a & b) | ((a | b) & ~result)) << shift
    flags[3] = (a ^ b ^ result) & 16
    return 0
  }
}

function subtracting({ i32, flags }: CpuState, d: number, s: number, shift: number, borrow: boolean) {
  return () => {
    const a = i32[d]!
    const b = i32[s]!
    const result = ((a - b - (borrow ? flags[2]! >>> 31 : 0)) << shift) >> shift
    i32[d] = result
    flags[0] = result
    flags[1] = result
    flags[2] = ((~a & b) | ((~a | b) & result)) << shift
    flags[3] = (a ^ b ^ result) & 16
    return 0
  }
}

function logic({ i32, flags }: CpuState, d: number, combine: (a: number, b: number) => number, s: number) {
  return () => {
    const result = combine(i32[d]!, i32[s]!)
    i32[d] = result
    flags[0] = result
    flags[1] = result
    flags[2] = 0
    flags[3] = 0
    return 0
  }
}

/** inc and dec, which keep CF. */
function counting({ i32, flags }: CpuState, d: number, shift: number, by: 1 | -1) {
  return () => {
    const a = i32[d]!
    const result = ((a + by) << shift) >> shift
    const carry = flags[2]! & 0x8000_0000
    const overflow = by === 1 ? ~a & result : a & ~result
    i32[d] = result
    flags[0] = result
    flags[1] = result
    flags[2] = carry | (((carry >>> 1) ^ ((overflow << shift) >>> 1)) & 0x4000_0000)
    flags[3] = (a ^ result) & 16
    return 0
  }
}
