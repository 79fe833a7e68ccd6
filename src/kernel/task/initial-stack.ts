// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { Mm } from '../mm/mm.ts'

/** First address above the stack (STACK_TOP). */
export const stackTop = 0x7fff_ffff_f000
/** Arguments and environment together: a quarter of the stack's limit. */
const mostBytes = 2 * 1024 * 1024

/** Keys of the auxiliary vector. */
export const Aux = {
  NULL: 0,
  IGNORE: 1,
  PHDR: 3,
  PHENT: 4,
  PHNUM: 5,
  PAGESZ: 6,
  BASE: 7,
  FLAGS: 8,
  ENTRY: 9,
  UID: 11,
  EUID: 12,
  GID: 13,
  EGID: 14,
  PLATFORM: 15,
  HWCAP: 16,
  CLKTCK: 17,
  SECURE: 23,
  RANDOM: 25,
  HWCAP2: 26,
  EXECFN: 31,
  MINSIGSTKSZ: 51,
} as const

export type InitialStack = {
  readonly path: string
  readonly argv: readonly Uint8Array[]
  readonly env: readonly Uint8Array[]
  /** 16 bytes for AT_RANDOM. */
  readonly random: Uint8Array
  readonly programHeaders: bigint
  readonly headerCount: number
  readonly interpreterBase: bigint
  readonly entry: bigint
  /** Fixed rsp, for recorded runs. */
  readonly stackPointer?: bigint | undefined
}

/**
 * Writes what a program finds on its stack, in Linux's order: from the top a null word, the path, the environment's and the arguments' strings;
 * then the platform's name, random bytes, the auxiliary vector and the pointers. Answers rsp, or -errno.
 */
export function writeInitialStack(mm: Mm, parts: InitialStack): bigint | number {
  const encoder = new TextEncoder()
  let at = stackTop - 8
  const put = (bytes: Uint8Array): number => {
    at -= bytes.length
    return mm.write(at, bytes) === bytes.length ? at : 0
  }
  const total = [...parts.argv, ...parts.env].reduce((sum, text) => sum + text.length + 9, 0)
  if (total > mostBytes) return -Errno.E2BIG
  const path = put(ended(encoder.encode(parts.path)))
  const env = parts.env
    .toReversed()
    .map(text => put(ended(text)))
    .toReversed()
  const argv = parts.argv
    .toReversed()
    .map(text => put(ended(text)))
    .toReversed()
  at -= at % 16
  const platform = put(ended(encoder.encode('x86_64')))
  const random = put(parts.random)
  const auxiliary = auxiliaryVector(parts, path, platform, random)
  const items = 1 + argv.length + 1 + env.length + 1
  let pointer = at - auxiliary.length * 8 - items * 8
  pointer -= pointer % 16
  if (parts.stackPointer !== undefined) {
    if (Number(parts.stackPointer) > pointer) return -Errno.EINVAL
    pointer = Number(parts.stackPointer)
  }
  const words = [argv.length, ...argv, 0, ...env, 0].map(BigInt).concat(auxiliary)
  const bytes = new Uint8Array(BigUint64Array.from(words).buffer)
  return mm.write(pointer, bytes) === bytes.length ? BigInt(pointer) : -Errno.EFAULT
}

function ended(text: Uint8Array): Uint8Array {
  const result = new Uint8Array(text.length + 1)
  result.set(text)
  return result
}

/**
 * As Linux 6.18 fills it, entry by entry, so that the layout is the same; what does not exist here (vdso, rseq) has the key that programs skip.
 * AT_HWCAP is edx of cpuid leaf 1 (spec guest-workload).
 */
function auxiliaryVector(parts: InitialStack, path: number, platform: number, random: number): bigint[] {
  const pairs: [number, bigint | number][] = [
    [Aux.IGNORE, 0],
    [Aux.MINSIGSTKSZ, 2048],
    [Aux.HWCAP, 0x0788_a131],
    [Aux.PAGESZ, 4096],
    [Aux.CLKTCK, 100],
    [Aux.PHDR, parts.programHeaders],
    [Aux.PHENT, 56],
    [Aux.PHNUM, parts.headerCount],
    [Aux.BASE, parts.interpreterBase],
    [Aux.FLAGS, 0],
    [Aux.ENTRY, parts.entry],
    [Aux.UID, 0],
    [Aux.EUID, 0],
    [Aux.GID, 0],
    [Aux.EGID, 0],
    [Aux.SECURE, 0],
    [Aux.RANDOM, random],
    [Aux.HWCAP2, 0],
    [Aux.EXECFN, path],
    [Aux.PLATFORM, platform],
    [Aux.IGNORE, 0],
    [Aux.IGNORE, 0],
    [Aux.NULL, 0],
  ]
  return pairs.flatMap(([key, value]) => [BigInt(key), BigInt(value)])
}
