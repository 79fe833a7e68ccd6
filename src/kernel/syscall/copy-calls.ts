// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import { mostBytes, readFile, writeFile } from '../fs/file-operations.ts'
import type { OpenFile } from '../fs/open-file.ts'
import type { KernelPath } from '../kernel.ts'
import { type Call, int, type SystemCall } from './system-call.ts'
import { readView, writeStructure } from './user-access.ts'

export const copyCalls: readonly SystemCall[] = [
  { number: 40, name: 'sendfile', count: 4, support: 'full', handler: sendfile },
  { number: 326, name: 'copy_file_range', count: 6, support: 'full', handler: copyRange },
]

/** Where a file is read or written: its own position, or one in memory that moves instead. */
type Place = { readonly file: OpenFile; readonly address: bigint; readonly position: number | undefined }

function placeOf({ task }: Call, descriptor: bigint, address: bigint): Place | number {
  const file = task.files.get(int(descriptor))
  if (!file) return -Errno.EBADF
  if (address === 0n) return { file, address, position: undefined }
  const position = readView(task, address, 8)?.getBigInt64(0, true)
  if (position === undefined) return -Errno.EFAULT
  return position < 0n ? -Errno.EINVAL : { file, address, position: Number(position) }
}

function* sendfile(call: Call): KernelPath<number> {
  const [output, input, offset, count] = call.arguments
  const from = placeOf(call, input, offset)
  if (typeof from === 'number') return from
  const to = placeOf(call, output, 0n)
  if (typeof to === 'number') return to
  if (!from.file.inode.regular && from.file.inode.content.kind !== 'generated') return -Errno.EINVAL
  return yield* copy(call, from, to, count)
}

function* copyRange(call: Call): KernelPath<number> {
  const [input, inputOffset, output, outputOffset, count, flags] = call.arguments
  const from = placeOf(call, input, inputOffset)
  if (typeof from === 'number') return from
  const to = placeOf(call, output, outputOffset)
  if (typeof to === 'number') return to
  if (flags !== 0n || !from.file.inode.regular || !to.file.inode.regular) return -Errno.EINVAL
  if (from.file.inode === to.file.inode) {
    const distance = Math.abs((from.position ?? from.file.position) - (to.position ?? to.file.position))
    if (distance < Number(count)) return -Errno.EINVAL
  }
  return yield* copy(call, from, to, count)
}

function* copy(call: Call, from: Place, to: Place, count: bigint): KernelPath<number> {
  const { kernel, task } = call
  if (!from.file.readable || !to.file.writable) return -Errno.EBADF
  const before = from.file.position
  const length = Number(count > BigInt(mostBytes) ? BigInt(mostBytes) : count)
  const bytes = yield* readFile(kernel, task, from.file, length, from.position)
  if (typeof bytes === 'number') return bytes
  if (bytes.length === 0) return 0
  const written = yield* writeFile(kernel, task, to.file, bytes, to.position)
  const done = Math.max(0, written)
  if (from.position === undefined) from.file.position = before + done
  for (const { address, position } of [from, to])
    if (
      position !== undefined &&
      writeStructure(task, address, 8, view => view.setBigInt64(0, BigInt(position + done), true)) < 0
    )
      return -Errno.EFAULT
  return written
}
