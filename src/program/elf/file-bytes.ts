// SPDX-License-Identifier: MIT
/** A file that is read piece by piece: a program can be far larger than what somebody wants to know of it. */
export type FileBytes = {
  readonly size: number
  /** The bytes from an offset on; fewer than asked for where the file ends. Not to be changed, and valid until the next read. */
  read(offset: number, length: number): Uint8Array
}

/** A file that is in memory already. */
export function fileBytes(bytes: Uint8Array): FileBytes {
  return {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  }
}
