// SPDX-License-Identifier: MIT
import type { AddressSpace } from '../../kernel/kernel.ts'
import { userEnd } from '../../machine/machine.ts'

const end = BigInt(userEnd)
const wordSize = 8

/** A user address as the mm takes it; undefined for what no user address can be. */
export function userAddress(address: bigint): number | undefined {
  return address >= 0n && address < end ? Number(address) : undefined
}

/** Reads a 64-bit word as copy_from_user does, or undefined at a fault. */
export function readWord(mm: AddressSpace, address: bigint): bigint | undefined {
  const start = userAddress(address)
  return start === undefined ? undefined : mm.readWord(start)
}

/** Reads words that follow each other, or undefined at a fault. */
export function readWords(mm: AddressSpace, address: bigint, count: number): bigint[] | undefined {
  const start = userAddress(address)
  if (start === undefined) return undefined
  const words: bigint[] = []
  for (let n = 0; n < count; n++) {
    const word = mm.readWord(start + n * wordSize)
    if (word === undefined) return undefined
    words.push(word)
  }
  return words
}

/** Writes a 64-bit word as copy_to_user does. Returns the number of bytes that were not written. */
export function writeWord(mm: AddressSpace, address: bigint, word: bigint): number {
  const start = userAddress(address)
  return wordSize - (start === undefined ? 0 : mm.writeWord(start, word))
}

/** Writes words that follow each other. Returns the number of bytes that were not written. */
export function writeWords(mm: AddressSpace, address: bigint, words: readonly bigint[]): number {
  const start = userAddress(address)
  if (start === undefined) return words.length * wordSize
  for (let n = 0; n < words.length; n++) {
    const written = mm.writeWord(start + n * wordSize, words[n]!)
    if (written < wordSize) return (words.length - n) * wordSize - written
  }
  return 0
}
