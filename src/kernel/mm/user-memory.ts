// SPDX-License-Identifier: MIT
import { pageSize, userEnd } from '../../machine/machine.ts'
import { getPage } from './get-page.ts'
import { type Mm, pageOf } from './mm.ts'
import { resolveFault } from './page-fault.ts'

const wordSize = 8

/**
 * Copies from user memory, as copy_from_user: the number of bytes before the first that cannot be read. In exception context those of a page
 * that is not present are among them (pagefault_disable), here and in all that follows but `peekMemory`.
 */
export function readMemory(mm: Mm, address: number, into: Uint8Array): number {
  const memory = mm.kernel.memory
  return overPages(address, into.length, (at, done, count) => {
    let entry = mm.table.get(pageOf(at))
    if (!entry?.read) {
      if (mm.kernel.atomic || resolveFault(mm, at, 'read') !== 'mapped') return false
      entry = mm.table.get(pageOf(at))!
    }
    const offset = at % pageSize
    into.set(memory.bytes(entry.frame).subarray(offset, offset + count), done)
    return true
  })
}

/** Copies to user memory, as copy_to_user: the number of bytes before the first that cannot be written. */
export function writeMemory(mm: Mm, address: number, bytes: Uint8Array): number {
  const memory = mm.kernel.memory
  return overPages(address, bytes.length, (at, done, count) => {
    let entry = mm.table.get(pageOf(at))
    if (!entry?.write) {
      if (mm.kernel.atomic || resolveFault(mm, at, 'write') !== 'mapped') return false
      entry = mm.table.get(pageOf(at))!
    }
    memory.write(entry.frame, at % pageSize, bytes.subarray(done, done + count))
    return true
  })
}

/** A word of user memory, as get_user; undefined where it cannot be read. */
export function readWord(mm: Mm, address: number): bigint | undefined {
  const offset = address % pageSize
  if (offset <= pageSize - wordSize) {
    const frame = mm.table.frameOf(pageOf(address), 'read')
    if (frame !== undefined) return mm.kernel.memory.word(frame, offset)
  }
  const bytes = new Uint8Array(wordSize)
  return readMemory(mm, address, bytes) === wordSize
    ? new DataView(bytes.buffer).getBigUint64(0, true)
    : undefined
}

/** A word to user memory, as copy_to_user: the number of bytes before the first that cannot be written. */
export function writeWord(mm: Mm, address: number, value: bigint): number {
  const offset = address % pageSize
  if (offset <= pageSize - wordSize) {
    const frame = mm.table.frameOf(pageOf(address), 'write')
    if (frame !== undefined) {
      mm.kernel.memory.setWord(frame, offset, value)
      return wordSize
    }
  }
  const bytes = new Uint8Array(wordSize)
  new DataView(bytes.buffer).setBigUint64(0, value, true)
  return writeMemory(mm, address, bytes)
}

/** What a debugger reads: rights that an area may have are enough. Undefined when a byte of the range cannot be read. */
export function peekMemory(mm: Mm, address: number, length: number): Uint8Array | undefined {
  const memory = mm.kernel.memory
  const result = new Uint8Array(length)
  const read = overPages(address, length, (at, done, count) => {
    const frame = getPage(mm, at, 'read', true)
    if (frame < 0) return false
    const offset = at % pageSize
    result.set(memory.bytes(frame).subarray(offset, offset + count), done)
    return true
  })
  return read === length ? result : undefined
}

/** Calls `copy` for the part of the range in each page until it answers false; the number of bytes before that part. */
function overPages(
  address: number,
  length: number,
  copy: (address: number, done: number, count: number) => boolean,
): number {
  if (!(address >= 0 && address < userEnd)) return 0
  let done = 0
  while (done < length) {
    const at = address + done
    if (at >= userEnd) break
    const count = Math.min(length - done, pageSize - (at % pageSize))
    if (!copy(at, done, count)) break
    done += count
  }
  return done
}
