// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import { release } from '../fs/descriptors.ts'
import { joinBytes } from '../fs/join-bytes.ts'
import type { OpenFile } from '../fs/open-file.ts'
import { Family, type Packet, type Socket } from '../fs/socket.ts'
import { passesCredentials } from './socket-options.ts'
import type { Call } from './system-call.ts'
import { readView, writeBytes } from './user-access.ts'

/** MSG_CMSG_CLOEXEC. */
export const closesOnExec = 0x4000_0000
/** SOL_SOCKET; SCM_RIGHTS, SCM_CREDENTIALS. */
const [ofSocket, rightsKind, credentialsKind] = [1, 1, 2]
const mostRights = 253

/** What goes along with a message: msg_control and msg_controllen. */
export type Control = { readonly control: bigint; readonly controlLength: number }

/** The open files of SCM_RIGHTS. Credentials are the sender's own, and need not be given. */
export function readRights(
  { task }: Call,
  socket: Socket,
  { control, controlLength }: Control,
): OpenFile[] | number {
  const files: OpenFile[] = []
  if (control === 0n || controlLength < 16) return files
  const view = readView(task, control, Math.min(controlLength, 65_536))
  if (!view) return -Errno.EFAULT
  for (let at = 0; at + 16 <= view.byteLength; ) {
    const length = Number(view.getBigUint64(at, true))
    if (length < 16 || at + length > view.byteLength) return -Errno.EINVAL
    const [level, kind] = [view.getInt32(at + 8, true), view.getInt32(at + 12, true)]
    if (level === ofSocket && socket.family === Family.UNIX) {
      if (kind !== rightsKind && kind !== credentialsKind) return -Errno.EINVAL
      if (kind === rightsKind)
        for (let from = at + 16; from + 4 <= at + length; from += 4) {
          const file = task.files.get(view.getInt32(from, true))
          if (!file) return -Errno.EBADF
          files.push(file)
        }
    }
    at += (length + 7) & ~7
  }
  return files.length > mostRights ? -Errno.EINVAL : files
}

/** Descriptors for the files that came along, as far as there is room, and who has sent them. */
export function writeControl(
  { task }: Call,
  socket: Socket,
  { control, controlLength }: Control,
  { rights, sender }: Packet,
  flags: number,
): { readonly length: number; readonly cut: boolean } {
  const room = control === 0n ? 0 : controlLength
  const parts: Uint8Array[] = []
  const have = () => parts.reduce((sum, part) => sum + part.length, 0)
  let cut = false
  if (passesCredentials(socket) && socket.family === Family.UNIX) {
    if (room >= 28) parts.push(controlPart(credentialsKind, [sender, 0, 0]))
    else cut = true
  }
  const fitting = Math.max(0, Math.floor((room - have() - 16) / 4))
  const descriptors: number[] = []
  for (const file of rights) {
    const descriptor = descriptors.length < fitting ? task.files.add(file, (flags & closesOnExec) !== 0) : -1
    if (descriptor >= 0) descriptors.push(descriptor)
    else {
      release(file)
      cut = true
    }
  }
  if (descriptors.length > 0) parts.push(controlPart(rightsKind, descriptors))
  const bytes = joinBytes(parts).subarray(0, room)
  return { length: writeBytes(task, control, bytes) || bytes.length, cut }
}

/** struct cmsghdr of SOL_SOCKET with numbers, up to where the next one begins. */
function controlPart(kind: number, values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer((16 + values.length * 4 + 7) & ~7))
  view.setBigUint64(0, BigInt(16 + values.length * 4), true)
  view.setInt32(8, ofSocket, true)
  view.setInt32(12, kind, true)
  for (const [index, value] of values.entries()) view.setInt32(16 + index * 4, value, true)
  return new Uint8Array(view.buffer)
}
