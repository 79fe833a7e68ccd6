// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import { Open, type OpenFile } from '../fs/open-file.ts'
import { Socket } from '../fs/socket.ts'
import { type Call, int, type SystemCall, unsigned } from './system-call.ts'
import { readView, writeStructure } from './user-access.ts'

const Request = { FIONREAD: 0x541b, FIONBIO: 0x5421, FIONCLEX: 0x5450, FIOCLEX: 0x5451 } as const

export const controlCalls: readonly SystemCall[] = [
  {
    number: 16,
    name: 'ioctl',
    count: 3,
    support: 'partial',
    note: 'FIONREAD, FIONBIO, FIOCLEX and FIONCLEX; no descriptor is a terminal',
    handler: ioctl,
  },
]

function ioctl({ task, arguments: [fd, request, argument] }: Call): number {
  const file = task.files.get(int(fd))
  if (!file) return -Errno.EBADF
  switch (unsigned(request)) {
    case Request.FIOCLEX:
    case Request.FIONCLEX:
      task.files.markCloseOnExec(int(fd), unsigned(request) === Request.FIOCLEX)
      return 0
    case Request.FIONBIO: {
      const view = readView(task, argument, 4)
      if (!view) return -Errno.EFAULT
      const nonblock = view.getInt32(0, true) === 0 ? 0 : Open.nonblock
      file.flags = (file.flags & ~Open.nonblock) | nonblock
      return 0
    }
    case Request.FIONREAD: {
      const waiting = bytesWaiting(file)
      if (waiting < 0) return waiting
      return writeStructure(task, argument, 4, view => view.setInt32(0, waiting, true))
    }
    default:
      return -Errno.ENOTTY
  }
}

/** How much can be read at once, or -errno. */
function bytesWaiting({ inode, position }: OpenFile): number {
  const { content } = inode
  if (content.kind === 'pipe') return content.pipe.held
  if (content.kind === 'regular') return Math.max(0, inode.size - position)
  if (content.kind !== 'special' || !(content.object instanceof Socket)) return -Errno.ENOTTY
  return content.object.backlog ? -Errno.EINVAL : content.object.readable
}
