// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import { evaluate, type LazyFlags } from '../flags.ts'
import type { Kernels } from './arithmetic.ts'

/**
 * Arithmetic that decides a conditional branch in the same closure: outcomes 1 (taken) and 2. The flags are set as ever. A
 * condition is a table of 16 bits, indexed by what the result says: bit 0 zero, 1 below (CF), 2 sign, 3 less (SF ≠ OF).
 */
export function fusedKernels(mnemonic: Mnemonic, condition: number): Kernels | undefined {
  const family = families.get(mnemonic)
  // OF and PF alone are not in the index.
  if (family === undefined || condition < 2 || condition === 10 || condition === 11) return undefined
  return family(tableOf(condition))
}

const families = new Map<Mnemonic, (table: number) => Kernels>([
  [Mnemonic.Cmp, compare],
  [Mnemonic.Test, test],
  [Mnemonic.Dec, decrement],
  [Mnemonic.Sub, subtract],
])

/** The condition for each of the 16 states, by way of the flags themselves. */
function tableOf(condition: number): number {
  const flags: LazyFlags = new Int32Array(4)
  let table = 0
  for (let state = 0; state < 16; state++) {
    const sign = (state >>> 2) & 1
    const overflow = sign ^ (state >>> 3)
    const below = (state >>> 1) & 1
    // ZF with SF is not possible, and asks for the inversion of SF.
    flags[0] = state & 1 ? 0 : 1
    flags[2] = (below << 31) | ((below ^ overflow) << 30)
    flags[3] = sign << 31
    if (evaluate(flags, condition)) table |= 1 << state
  }
  return table
}

/** 1 where the table says so, else 2; `carries` as in `flags[2]`, `top` the high half of the result. */
function decide(table: number, rest: number, carries: number, top: number): number {
  const state =
    (rest === 0 ? 1 : 0) |
    ((carries >>> 31) << 1) |
    ((top >>> 31) << 2) |
    (((top ^ carries ^ (carries << 1)) >>> 31) << 3)
  return 2 - ((table >>> state) & 1)
}

function compare(table: number): Kernels {
  return {
    writes: false,
    wide64:
      ({ i32, flags }, d, s) =>
      () => {
        const al = i32[d]!
        const ah = i32[d + 1]!
        const bl = i32[s]!
        const bh = i32[s + 1]!
        const low = (al - bl) | 0
        const high = (ah - bh - (al >>> 0 < bl >>> 0 ? 1 : 0)) | 0
        const carries = (~ah & bh) | ((~ah | bh) & high)
        flags[0] = low
        flags[1] = high
        flags[2] = carries
        flags[3] = (al ^ bl ^ low) & 16
        return decide(table, low | high, carries, high)
      },
    wide32:
      ({ i32, flags }, d, s) =>
      () => {
        const a = i32[d]!
        const b = i32[s]!
        const result = (a - b) | 0
        const carries = (~a & b) | ((~a | b) & result)
        flags[0] = result
        flags[1] = result
        flags[2] = carries
        flags[3] = (a ^ b ^ result) & 16
        return decide(table, result, carries, result)
      },
    narrow:
      ({ i32, flags }, d, s, shift) =>
      () => {
        const a = i32[d]!
        const b = i32[s]!
        const result = ((a - b) << shift) >> shift
        const carries = ((~a & b) | ((~a | b) & result)) << shift
        flags[0] = result
        flags[1] = result
        flags[2] = carries
        flags[3] = (a ^ b ^ result) & 16
        return decide(table, result, carries, result)
      },
  }
}

function test(table: number): Kernels {
  return {
    writes: false,
    wide64:
      ({ i32, flags }, d, s) =>
      () => {
        const low = i32[d]! & i32[s]!
        const high = i32[d + 1]! & i32[s + 1]!
        flags[0] = low
        flags[1] = high
        flags[2] = 0
        flags[3] = 0
        return decide(table, low | high, 0, high)
      },
    wide32: ({ i32, flags }, d, s) => testWords(i32, flags, d, s, table),
    narrow: ({ i32, flags }, d, s) => testWords(i32, flags, d, s, table),
  }
}

function testWords(i32: Int32Array, flags: LazyFlags, d: number, s: number, table: number): () => number {
  return () => {
    const result = i32[d]! & i32[s]!
    flags[0] = result
    flags[1] = result
    flags[2] = 0
    flags[3] = 0
    return decide(table, result, 0, result)
  }
}

function subtract(table: number): Kernels {
  return {
    ...compare(table),
    writes: true,
    wide64:
      ({ i32, flags }, d, s) =>
      () => {
        const al = i32[d]!
        const ah = i32[d + 1]!
        const bl = i32[s]!
        const bh = i32[s + 1]!
        const low = (al - bl) | 0
        const high = (ah - bh - (al >>> 0 < bl >>> 0 ? 1 : 0)) | 0
        const carries = (~ah & bh) | ((~ah | bh) & high)
        i32[d] = low
        i32[d + 1] = high
        flags[0] = low
        flags[1] = high
        flags[2] = carries
        flags[3] = (al ^ bl ^ low) & 16
        return decide(table, low | high, carries, high)
      },
    wide32:
      ({ i32, flags }, d, s) =>
      () => {
        const a = i32[d]!
        const b = i32[s]!
        const result = (a - b) | 0
        const carries = (~a & b) | ((~a | b) & result)
        i32[d] = result
        i32[d + 1] = 0
        flags[0] = result
        flags[1] = result
        flags[2] = carries
        flags[3] = (a ^ b ^ result) & 16
        return decide(table, result, carries, result)
      },
  }
}

function decrement(table: number): Kernels {
  return {
    ...compare(table),
    writes: true,
    wide64:
      ({ i32, flags }, d) =>
      () => {
        const al = i32[d]!
        const ah = i32[d + 1]!
        const low = (al - 1) | 0
        const high = al === 0 ? (ah - 1) | 0 : ah
        const carry = flags[2]! & 0x8000_0000
        const carries = carry | (((carry >>> 1) ^ ((ah & ~high) >>> 1)) & 0x4000_0000)
        i32[d] = low
        i32[d + 1] = high
        flags[0] = low
        flags[1] = high
        flags[2] = carries
        flags[3] = (al ^ low) & 16
        return decide(table, low | high, carries, high)
      },
    wide32:
      ({ i32, flags }, d) =>
      () => {
        const a = i32[d]!
        const result = (a - 1) | 0
        const carry = flags[2]! & 0x8000_0000
        const carries = carry | (((carry >>> 1) ^ ((a & ~result) >>> 1)) & 0x4000_0000)
        i32[d] = result
        i32[d + 1] = 0
        flags[0] = result
        flags[1] = result
        flags[2] = carries
        flags[3] = (a ^ result) & 16
        return decide(table, result, carries, result)
      },
  }
}
