// SPDX-License-Identifier: MIT
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { FileBytes } from '../program/elf/file-bytes.ts'

/** Read at once: neighbouring places cost one system call. */
const blockSize = 1 << 16

/** Opens a file to look into; a text says why it cannot be. Pieces that are larger than a block are read by themselves. */
export function openProgramFile(path: string): { file: FileBytes; close(): void } | string {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch (error) {
    return (error as Error).message
  }
  const status = fstatSync(descriptor)
  if (!status.isFile()) {
    closeSync(descriptor)
    return `${path} is no file`
  }
  const block = new Uint8Array(blockSize)
  let [start, end] = [0, 0]
  const read = (offset: number, length: number): Uint8Array => {
    if (offset >= start && offset + length <= end)
      return block.subarray(offset - start, offset - start + length)
    if (length > blockSize / 2) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, status.size - offset)))
      return bytes.subarray(0, readFully(descriptor, bytes, offset))
    }
    start = offset
    end = offset + readFully(descriptor, block, offset)
    return block.subarray(0, Math.min(length, end - start))
  }
  return { file: { size: status.size, read }, close: () => closeSync(descriptor) }
}

function readFully(descriptor: number, bytes: Uint8Array, offset: number): number {
  let done = 0
  for (;;) {
    const count = readSync(descriptor, bytes, done, bytes.length - done, offset + done)
    done += count
    if (count === 0 || done === bytes.length) return done
  }
}
