// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { KernelPath } from '../kernel.ts'
import { commandOf, fillPermissions, Ipc, type IpcObject, seconds, setPermissions } from './ipc-objects.ts'
import { type Call, type SystemCall, unsigned } from './system-call.ts'
import { readBytes, readView, writeBytes, writeStructure } from './user-access.ts'

type Message = { readonly type: bigint; readonly bytes: Uint8Array }

export type MessageQueue = IpcObject & {
  messages: readonly Message[]
  /** Bytes that may wait (MSGMNB). */
  room: number
  sent: bigint
  received: bigint
  lastSender: number
  lastReceiver: number
}

/** MSGMAX and MSGMNB. */
const longest = 8192
const usualRoom = 16_384
const Receive = { NOERROR: 0o10000, EXCEPT: 0o20000, COPY: 0o40000 } as const

export const messageCalls: readonly SystemCall[] = [
  { number: 68, name: 'msgget', count: 2, support: 'full', handler: get },
  { number: 69, name: 'msgsnd', count: 4, support: 'full', handler: send },
  { number: 70, name: 'msgrcv', count: 5, support: 'partial', note: 'no MSG_COPY', handler: receive },
  {
    number: 71,
    name: 'msgctl',
    count: 3,
    support: 'partial',
    note: 'IPC_STAT, IPC_SET, IPC_RMID',
    handler: control,
  },
]

function get({ kernel, arguments: [key, flags] }: Call): number {
  const empty = { messages: [], room: usualRoom, sent: 0n, received: 0n, lastSender: 0, lastReceiver: 0 }
  return kernel.ipc.queues.open(kernel, key, unsigned(flags), {
    make: common => ({ ...common, ...empty }),
    refuses: () => 0,
  })
}

function held({ messages }: MessageQueue): number {
  return messages.reduce((sum, { bytes }) => sum + bytes.length, 0)
}

function* send({ kernel, task, arguments: [id, address, size, flags] }: Call): KernelPath<number> {
  const length = Number(size)
  if (length > longest) return -Errno.EINVAL
  const type = readView(task, address, 8)?.getBigInt64(0, true)
  const bytes = readBytes(task, address + 8n, length)
  if (type === undefined || !bytes) return -Errno.EFAULT
  const queue = kernel.ipc.queues.find(id)
  if (!queue || type < 1n) return -Errno.EINVAL
  const fits = () => held(queue) + length <= queue.room && queue.messages.length < queue.room
  while (!fits()) {
    if ((unsigned(flags) & Ipc.NOWAIT) !== 0) return -Errno.EAGAIN
    const ready = () => fits() || queue.removed
    yield { kind: 'sleep', reason: 'msgsnd', interruptible: true, ready }
    if (queue.removed) return -Errno.EIDRM
    if (!ready()) return -Errno.EINTR
  }
  queue.messages = [...queue.messages, { type, bytes }]
  queue.sent = kernel.timeOfDay
  queue.lastSender = task.processId
  return 0
}

function* receive({ kernel, task, arguments: a }: Call): KernelPath<number> {
  const [id, address, size, typeBits, flagBits] = a
  const queue = kernel.ipc.queues.find(id)
  const flags = unsigned(flagBits)
  const type = BigInt.asIntN(64, typeBits)
  if (!queue || size >= 1n << 63n) return -Errno.EINVAL
  if ((flags & Receive.COPY) !== 0) return -Errno.ENOSYS
  const choose = () => chosen(queue.messages, type, (flags & Receive.EXCEPT) !== 0)
  let message = choose()
  while (!message) {
    if ((flags & Ipc.NOWAIT) !== 0) return -Errno.ENOMSG
    const ready = () => choose() !== undefined || queue.removed
    yield { kind: 'sleep', reason: 'msgrcv', interruptible: true, ready }
    if (queue.removed) return -Errno.EIDRM
    message = choose()
    if (!message) return -Errno.EINTR
  }
  const { bytes } = message
  if (bytes.length > Number(size) && (flags & Receive.NOERROR) === 0) return -Errno.E2BIG
  queue.messages = queue.messages.filter(other => other !== message)
  queue.received = kernel.timeOfDay
  queue.lastReceiver = task.processId
  const part = bytes.subarray(0, Math.min(bytes.length, Number(size)))
  const head = writeStructure(task, address, 8, view => view.setBigInt64(0, message.type, true))
  return head || writeBytes(task, address + 8n, part) || part.length
}

/** 0: the first; above: the first of that type, or of any other; below: the first of the lowest type that is not higher. */
function chosen(messages: readonly Message[], type: bigint, others: boolean): Message | undefined {
  if (type === 0n) return messages[0]
  if (type > 0n) return messages.find(message => (message.type === type) !== others)
  const low = messages.filter(message => message.type <= -type)
  return low.reduce<Message | undefined>(
    (best, message) => (best && best.type <= message.type ? best : message),
    undefined,
  )
}

function control(call: Call): number {
  const { kernel, task, arguments: a } = call
  const queue = kernel.ipc.queues.find(a[0])
  if (!queue) return -Errno.EINVAL
  switch (commandOf(a[1])) {
    case Ipc.RMID:
      kernel.ipc.queues.remove(queue)
      return 0
    case Ipc.SET: {
      const room = readView(task, a[2], 120)?.getBigUint64(88, true)
      if (room === undefined) return -Errno.EFAULT
      queue.room = Number(room)
      return setPermissions(call, queue, a[2])
    }
    case Ipc.STAT:
      return writeStructure(task, a[2], 120, view => fillStatus(view, queue))
    default:
      return -Errno.EINVAL
  }
}

/** struct msqid64_ds. */
function fillStatus(view: DataView, queue: MessageQueue): void {
  fillPermissions(view, queue)
  const times = [queue.sent, queue.received, queue.changed].map(seconds)
  const counts = [held(queue), queue.messages.length, queue.room].map(BigInt)
  for (const [index, value] of [...times, ...counts].entries()) view.setBigUint64(48 + index * 8, value, true)
  view.setUint32(96, queue.lastSender, true)
  view.setUint32(100, queue.lastReceiver, true)
}
