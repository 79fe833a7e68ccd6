// SPDX-License-Identifier: MIT
import { type Exit, Vector } from '../machine.ts'
import type { CpuState } from './state.ts'

/** The instructions that were asked for are done. */
export const limitExit: Exit = { kind: 'limit' }
export const syscallExit: Exit = { kind: 'syscall' }
export const debugExit: Exit = { kind: 'exception', vector: Vector.DB, error: 0, address: 0n }
const breakpointExit: Exit = { kind: 'exception', vector: Vector.BP, error: 0, address: 0n }

/** The exception that the state holds, with the address of a page fault. */
export function faultExit({ faultVector, faultError, faultLow, faultHigh }: CpuState): Exit {
  if (faultVector === Vector.BP) return breakpointExit
  const address = faultVector === Vector.PF ? (BigInt(faultHigh >>> 0) << 32n) | BigInt(faultLow >>> 0) : 0n
  return { kind: 'exception', vector: faultVector, error: faultError, address }
}
