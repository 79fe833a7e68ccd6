// SPDX-License-Identifier: MIT
import type { AddressSpace } from '../../kernel/kernel.ts'
import { userEnd } from '../../machine/machine.ts'

const end = BigInt(userEnd)

/** A user address as the mm takes it; undefined for what no user address can be. */
export function userAddress(address: bigint): number | undefined {
  return address >= 0n && address < end ? Number(address) : undefined
}

/** Reads 64-bit words as copy_from_user does, or undefined at a fault. */
export function readWords(mm: AddressSpace, address: bigint, count: number): bigint[] | undefined {
  const start = userAddress(address)
  const bytes = new Uint8Array(8 * count)
  if (start === undefined || mm.read(start, bytes) !== bytes.length) return undefined
  return Array.from(new BigUint64Array(bytes.buffer))
}

/** Writes 64-bit words as copy_to_user does. Returns the number of bytes that were not written. */
export function writeWords(mm: AddressSpace, address: bigint, words: readonly bigint[]): number {
  const start = userAddress(address)
  const bytes = new Uint8Array(BigUint64Array.from(words).buffer)
  return bytes.length - (start === undefined ? 0 : mm.write(start, bytes))
}
