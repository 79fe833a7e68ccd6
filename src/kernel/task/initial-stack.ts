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

/** Whether strings of a program, and the pointers to them, are too much for its stack (bprm_stack_limits). */
export function isTooLong({ path, argv, env }: Pick<InitialStack, 'path' | 'argv' | 'env'>): boolean {
  const strings = [...argv, ...env, new TextEncoder().encode(path)]
  return strings.reduce((sum, text) => sum + text.length + 9, -8) > mostBytes
}

/**
 * Writes what a program finds on its stack, in Linux's order: from the top a null word, the path, the environment's and the arguments' strings;
 * then the platform's name, random bytes, the auxiliary vector and the pointers. Answers rsp, or -errno.
 */
export function writeInitialStack(mm: Mm, parts: InitialStack): bigint | number {
  const { argv, env } = parts
  const encoder = new TextEncoder()
  const strings = [...argv, ...env, encoder.encode(parts.path)]
  const length = strings.reduce((sum, text) => sum + text.length + 1, 0)
  const first = stackTop - 8 - length
  const platform = first - (first % 16) - platformName.length
  const random = platform - parts.random.length
  const words = 1 + argv.length + 1 + env.length + 1 + auxiliaryPairs * 2
  const highest = random - words * 8
  const pointer = parts.stackPointer === undefined ? highest - (highest % 16) : Number(parts.stackPointer)
  if (pointer > highest) return -Errno.EINVAL
  const bytes = new Uint8Array(stackTop - pointer)
  const pointers: number[] = []
  let at = first
  for (const text of strings) {
    bytes.set(text, at - pointer)
    pointers.push(at)
    at += text.length + 1
  }
  bytes.set(platformName, platform - pointer)
  bytes.set(parts.random, random - pointer)
  const path = pointers.pop()!
  const list = new WordList(bytes)
  list.put(argv.length)
  for (const text of pointers.slice(0, argv.length)) list.put(text)
  list.put(0)
  for (const text of pointers.slice(argv.length)) list.put(text)
  list.put(0)
  putAuxiliaryVector(list, parts, path, platform, random)
  return mm.write(pointer, bytes) === bytes.length ? BigInt(pointer) : -Errno.EFAULT
}

const platformName = new TextEncoder().encode('x86_64\0')

/** 64-bit words one after the other; addresses are below 2^53. */
class WordList {
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer)
  }

  put(value: number): void {
    this.#view.setUint32(this.#at, value % 2 ** 32, true)
    this.#view.setUint32(this.#at + 4, Math.floor(value / 2 ** 32), true)
    this.#at += 8
  }
}

/** Entries of the auxiliary vector of Linux 6.18, the end included. */
const auxiliaryPairs = 23

/**
 * As Linux 6.18 fills it, entry by entry, so that the layout is the same; what does not exist here (vdso, rseq) has the key that programs skip.
 * AT_HWCAP is edx of cpuid leaf 1 (spec guest-workload).
 */
function putAuxiliaryVector(
  list: WordList,
  parts: InitialStack,
  path: number,
  platform: number,
  random: number,
): void {
  const pair = (key: number, value: number): void => {
    list.put(key)
    list.put(value)
  }
  pair(Aux.IGNORE, 0)
  pair(Aux.MINSIGSTKSZ, 2048)
  pair(Aux.HWCAP, 0x0788_a131)
  pair(Aux.PAGESZ, 4096)
  pair(Aux.CLKTCK, 100)
  pair(Aux.PHDR, Number(parts.programHeaders))
  pair(Aux.PHENT, 56)
  pair(Aux.PHNUM, parts.headerCount)
  pair(Aux.BASE, Number(parts.interpreterBase))
  pair(Aux.FLAGS, 0)
  pair(Aux.ENTRY, Number(parts.entry))
  for (const key of [Aux.UID, Aux.EUID, Aux.GID, Aux.EGID, Aux.SECURE]) pair(key, 0)
  pair(Aux.RANDOM, random)
  pair(Aux.HWCAP2, 0)
  pair(Aux.EXECFN, path)
  pair(Aux.PLATFORM, platform)
  pair(Aux.IGNORE, 0)
  pair(Aux.IGNORE, 0)
  pair(Aux.NULL, 0)
}
