// SPDX-License-Identifier: MIT
import type { AddressSpace } from '../../../kernel/kernel.ts'
import { signalName } from '../../../kernel/signal/signal-numbers.ts'
import { mappingFlags, openFlags, protectionFlags } from './call-flags.ts'
import type { ArgumentKind } from './call-signatures.ts'
import { quoteBytes } from './quote-bytes.ts'

/** Bytes of a buffer that are shown, strings of a list, and bytes of a path at most. */
const shownBytes = 32
const shownTexts = 32
const longestPath = 4096
const pageSize = 4096

type Values = readonly bigint[]

/** An argument as a C programmer would write it; undefined for one that is not passed. `result`: of the call, once it is done. */
export function showArgument(
  kind: ArgumentKind | undefined,
  index: number,
  values: Values,
  mm: AddressSpace | undefined,
  result?: bigint,
): string | undefined {
  const value = values[index]!
  const low = Number(BigInt.asIntN(32, value))
  switch (kind) {
    case undefined:
      return plain(value)
    case 'number':
      return String(low)
    case 'size':
      return BigInt.asIntN(64, value).toString()
    case 'pointer':
      return pointer(value)
    case 'hexadecimal':
      return value === 0n ? '0' : `0x${value.toString(16)}`
    case 'octal':
      return octal(low)
    case 'folder':
      return low === -100 ? 'AT_FDCWD' : String(low)
    case 'text':
      return text(mm, value, longestPath)
    case 'texts':
      return texts(mm, value)
    case 'variables':
      return variables(mm, value)
    case 'bytes':
      return bytes(mm, value, values[index + 1]!)
    case 'out-bytes':
      return result !== undefined && result >= 0n ? bytes(mm, value, result) : pointer(value)
    case 'out-text':
      return result !== undefined && result >= 0n ? text(mm, value, longestPath) : pointer(value)
    case 'open-flags':
      return openFlags(low)
    case 'mode':
      return (Number(BigInt.asIntN(32, values[index - 1]!)) & 0o20000100) !== 0 ? octal(low) : undefined
    case 'protection':
      return protectionFlags(low)
    case 'mapping':
      return mappingFlags(low)
    case 'signal':
      return low === 0 ? '0' : signalName(low)
  }
}

/** Small numbers with their sign, all else as an address. */
function plain(value: bigint): string {
  const signed = BigInt.asIntN(64, value)
  const low = BigInt.asIntN(32, value)
  if (signed >= -4096n && signed < 65_536n) return signed.toString()
  // An int in a register whose upper half is not used.
  if (value < 1n << 32n && low < 0n && low >= -4096n) return low.toString()
  return `0x${value.toString(16)}`
}

function pointer(value: bigint): string {
  return value === 0n ? 'NULL' : `0x${value.toString(16)}`
}

function octal(value: number): string {
  return value === 0 ? '0' : `0${(value >>> 0).toString(8)}`
}

function bytes(mm: AddressSpace | undefined, address: bigint, length: bigint): string {
  const whole = BigInt.asIntN(64, length)
  const count = Number(whole < 0n || whole > shownBytes ? BigInt(shownBytes) : whole)
  const found = mm?.peek(Number(address), count)
  return found ? quoteBytes(found, whole > count) : pointer(address)
}

function text(mm: AddressSpace | undefined, address: bigint, most: number): string {
  const parts: number[] = []
  for (let at = Number(address); parts.length < most; ) {
    const piece = mm?.peek(at, Math.min(most - parts.length, pageSize - (at % pageSize)))
    if (!piece) return pointer(address)
    const end = piece.indexOf(0)
    parts.push(...(end < 0 ? piece : piece.subarray(0, end)))
    if (end >= 0) return quoteBytes(Uint8Array.from(parts), false)
    at += piece.length
  }
  return quoteBytes(Uint8Array.from(parts), true)
}

/** Pointers up to a NULL; undefined where they cannot be read. */
function list(mm: AddressSpace | undefined, address: bigint, most: number): bigint[] | undefined {
  const found: bigint[] = []
  for (let at = Number(address); found.length <= most; at += 8) {
    const word = mm?.peek(at, 8)
    if (!word) return undefined
    const value = new DataView(word.buffer, word.byteOffset).getBigUint64(0, true)
    if (value === 0n) break
    found.push(value)
  }
  return found
}

function texts(mm: AddressSpace | undefined, address: bigint): string {
  const found = address === 0n ? undefined : list(mm, address, shownTexts)
  if (!found) return pointer(address)
  const shown = found.slice(0, shownTexts).map(each => text(mm, each, shownBytes))
  return `[${[...shown, ...(found.length > shownTexts ? ['...'] : [])].join(', ')}]`
}

function variables(mm: AddressSpace | undefined, address: bigint): string {
  const found = address === 0n ? undefined : list(mm, address, 65_536)
  if (!found) return pointer(address)
  return `${pointer(address)} /* ${found.length} var${found.length === 1 ? '' : 's'} */`
}
