// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { OpenFile } from '../fs/open-file.ts'
import type { KernelPath } from '../kernel.ts'
import { type Call, int, unsigned } from './system-call.ts'
import { readBytes, writeBytes } from './user-access.ts'

const Poll = { IN: 1, OUT: 4, ERR: 8, HUP: 16, NVAL: 32 } as const

/** poll: files and devices are always ready, pipes when there is something to do at their end. */
export function* poll({ kernel, task, arguments: [list, count, timeout] }: Call): KernelPath<number> {
  const entries = unsigned(count)
  if (entries > kernel.limits.openFiles) return -Errno.EINVAL
  const bytes = readBytes(task, list, entries * 8)
  if (!bytes) return -Errno.EFAULT
  const view = new DataView(bytes.buffer)
  const look = () => {
    let found = 0
    for (let at = 0; at < entries * 8; at += 8) {
      const wanted = view.getUint16(at + 4, true) | Poll.ERR | Poll.HUP | Poll.NVAL
      const descriptor = view.getInt32(at, true)
      const now = descriptor < 0 ? 0 : pollEvents(task.files.get(descriptor)) & wanted
      view.setUint16(at + 6, now, true)
      if (now !== 0) found++
    }
    return found
  }
  const milliseconds = int(timeout)
  if (look() === 0 && milliseconds !== 0) {
    const deadline = milliseconds < 0 ? undefined : kernel.now + BigInt(milliseconds) * 1_000_000n
    const late = () => deadline !== undefined && kernel.now >= deadline
    yield {
      kind: 'sleep',
      reason: 'poll',
      interruptible: true,
      ready: () => look() > 0 || late(),
      ...(deadline === undefined ? {} : { deadline }),
    }
    if (look() === 0 && !late()) return -Errno.EINTR
  }
  const found = look()
  return writeBytes(task, list, bytes) < 0 ? -Errno.EFAULT : found
}

function pollEvents(file: OpenFile | undefined): number {
  if (!file) return Poll.NVAL
  if (file.inode.content.kind !== 'pipe') return Poll.IN | Poll.OUT
  const { pipe: ends } = file.inode.content
  if (file.writable) return (ends.room > 0 ? Poll.OUT : 0) | (ends.readers === 0 ? Poll.ERR : 0)
  return (ends.held > 0 ? Poll.IN : 0) | (ends.writers === 0 ? Poll.HUP : 0)
}
