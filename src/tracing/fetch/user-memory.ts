// SPDX-License-Identifier: MIT
import type { AddressSpace } from '../../kernel/kernel.ts'
import { pageSize, userEnd } from '../../machine/machine.ts'

/** Longest text that is fetched, with its NUL. */
export const maximumString = 4096

/**
 * Copies from user memory as copy_from_user: what lies behind the first unreadable byte becomes zero. False when anything was
 * unreadable.
 */
export function copyFromUser(mm: AddressSpace, address: bigint, into: Uint8Array): boolean {
  const copied = isUser(address) ? mm.read(Number(address), into) : 0
  into.fill(0, copied)
  return copied === into.length
}

/** Length of a user string with its NUL; `maximumString` + 1 when none comes early enough, 0 when memory ends before it. */
export function userStringLength(mm: AddressSpace, address: bigint): number {
  let length = 0
  for (const { bytes, complete } of readPages(mm, address, maximumString)) {
    const end = bytes.indexOf(0)
    if (end >= 0) return length + end + 1
    if (!complete) return 0
    length += bytes.length
  }
  return maximumString + 1
}

/**
 * Copies a string as strncpy_from_user: the number of characters before the NUL, `into.length` when there was none, undefined
 * at an unreadable byte. Characters before that byte have been copied.
 */
export function copyUserString(mm: AddressSpace, address: bigint, into: Uint8Array): number | undefined {
  let length = 0
  for (const { bytes, complete } of readPages(mm, address, into.length)) {
    const end = bytes.indexOf(0)
    into.set(end < 0 ? bytes : bytes.subarray(0, end + 1), length)
    if (end >= 0) return length + end
    if (!complete) return undefined
    length += bytes.length
  }
  return length
}

/** Goes no further than it must: the page behind a string's end is not touched. */
function* readPages(
  mm: AddressSpace,
  address: bigint,
  limit: number,
): Generator<{ bytes: Uint8Array; complete: boolean }> {
  for (let done = 0; done < limit; ) {
    const from = address + BigInt(done)
    if (!isUser(from)) {
      yield { bytes: new Uint8Array(0), complete: false }
      return
    }
    const bytes = new Uint8Array(Math.min(limit - done, pageSize - (Number(from) % pageSize)))
    const read = mm.read(Number(from), bytes)
    yield { bytes: bytes.subarray(0, read), complete: read === bytes.length }
    done += bytes.length
  }
}

function isUser(address: bigint): boolean {
  return address >= 0n && address < BigInt(userEnd)
}
