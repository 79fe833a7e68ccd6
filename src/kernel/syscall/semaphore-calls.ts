// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { KernelPath } from '../kernel.ts'
import type { Process } from '../task/process.ts'
import { commandOf, fillPermissions, Ipc, type IpcObject, seconds, setPermissions } from './ipc-objects.ts'
import { type Call, int, type SystemCall, unsigned } from './system-call.ts'
import { readTimespec } from './time-values.ts'
import { readView, writeStructure } from './user-access.ts'

type Semaphore = { value: number; lastUser: number }
type Operation = { readonly index: number; readonly change: number; readonly flags: number }
/** A call that waits, and the operation that it cannot do. */
type Waiter = { blocked: Operation }

export type SemaphoreArray = IpcObject & {
  readonly semaphores: readonly Semaphore[]
  readonly waiters: Set<Waiter>
  /** What is added to each semaphore when a process ends (SEM_UNDO). */
  readonly undo: Map<Process, number[]>
  operated: bigint
}

const most = { value: 32_767, semaphores: 32_000, operations: 500 } as const
const undoFlag = 0x1000
const Control = {
  GETPID: 11,
  GETVAL: 12,
  GETALL: 13,
  GETNCNT: 14,
  GETZCNT: 15,
  SETVAL: 16,
  SETALL: 17,
} as const

export const semaphoreCalls: readonly SystemCall[] = [
  { number: 64, name: 'semget', count: 3, support: 'full', handler: get },
  { number: 65, name: 'semop', count: 3, support: 'full', handler: call => operate(call, undefined) },
  {
    number: 66,
    name: 'semctl',
    count: 4,
    support: 'partial',
    note: 'no IPC_INFO, SEM_INFO and SEM_STAT',
    handler: control,
  },
  { number: 220, name: 'semtimedop', count: 4, support: 'full', handler: operateInTime },
]

function get({ kernel, arguments: [key, countBits, flags] }: Call): number {
  const count = int(countBits)
  if (count < 0 || count > most.semaphores) return -Errno.EINVAL
  return kernel.ipc.semaphores.open(kernel, key, unsigned(flags), {
    make(common) {
      if (count === 0) return -Errno.EINVAL
      const semaphores = Array.from({ length: count }, () => ({ value: 0, lastUser: 0 }))
      return { ...common, semaphores, waiters: new Set(), undo: new Map(), operated: 0n }
    },
    refuses: known => (count > known.semaphores.length ? Errno.EINVAL : 0),
  })
}

function* operateInTime(call: Call): KernelPath<number> {
  const [, , , address] = call.arguments
  const time = address === 0n ? undefined : readTimespec(call.task, address)
  if (typeof time === 'number') return time
  return yield* operate(call, time === undefined ? undefined : call.kernel.now + time)
}

/** All operations together, or none as long as one of them cannot be done. */
function* operate({ kernel, task, arguments: a }: Call, deadline: bigint | undefined): KernelPath<number> {
  const count = unsigned(a[2])
  if (count === 0) return -Errno.EINVAL
  if (count > most.operations) return -Errno.E2BIG
  const view = readView(task, a[1], count * 6)
  if (!view) return -Errno.EFAULT
  const operations = Array.from({ length: count }, (_, index) => ({
    index: view.getUint16(index * 6, true),
    change: view.getInt16(index * 6 + 2, true),
    flags: view.getUint16(index * 6 + 4, true),
  }))
  const array = kernel.ipc.semaphores.find(a[0])
  if (!array) return -Errno.EINVAL
  if (operations.some(({ index }) => index >= array.semaphores.length)) return -Errno.EFBIG

  const late = () => deadline !== undefined && kernel.now >= deadline
  for (let waiter: Waiter | undefined; ; ) {
    const outcome = tryAll(array, operations)
    if (outcome === 'done') break
    if (typeof outcome === 'number') return outcome
    if ((outcome.flags & Ipc.NOWAIT) !== 0) return -Errno.EAGAIN
    waiter = { blocked: outcome }
    array.waiters.add(waiter)
    const ready = () => array.removed || late() || !isBlocked(array, waiter!.blocked)
    const point = { kind: 'sleep', reason: 'semop', interruptible: true, ready } as const
    yield deadline === undefined ? point : { ...point, deadline }
    array.waiters.delete(waiter)
    if (array.removed) return -Errno.EIDRM
    if (!ready()) return -Errno.EINTR
    if (late() && isBlocked(array, outcome)) return -Errno.EAGAIN
  }
  array.operated = kernel.timeOfDay
  for (const { index, change, flags } of operations) {
    array.semaphores[index]!.lastUser = task.processId
    if ((flags & undoFlag) !== 0) undoOf(array, task.process)[index]! -= change
  }
  return 0
}

function undoOf({ undo, semaphores }: SemaphoreArray, process: Process): number[] {
  const known = undo.get(process) ?? semaphores.map(() => 0)
  undo.set(process, known)
  return known
}

function isBlocked({ semaphores }: SemaphoreArray, { index, change }: Operation): boolean {
  const { value } = semaphores[index]!
  return change === 0 ? value !== 0 : value + change < 0
}

/** What cannot be done yet, with everything as it was; or -ERANGE. */
function tryAll(array: SemaphoreArray, operations: readonly Operation[]): 'done' | Operation | number {
  const before = array.semaphores.map(({ value }) => value)
  const restore = () => {
    for (const [index, value] of before.entries()) array.semaphores[index]!.value = value
  }
  for (const operation of operations) {
    const semaphore = array.semaphores[operation.index]!
    const tooHigh = semaphore.value + operation.change > most.value
    if (tooHigh || isBlocked(array, operation)) {
      restore()
      return tooHigh ? -Errno.ERANGE : operation
    }
    semaphore.value += operation.change
  }
  return 'done'
}

/** A process has ended: what it has done with SEM_UNDO is taken back. */
export function undoSemaphores({ all }: { readonly all: readonly SemaphoreArray[] }, process: Process): void {
  for (const array of all) {
    for (const [index, change] of (array.undo.get(process) ?? []).entries()) {
      const semaphore = array.semaphores[index]!
      semaphore.value = Math.max(0, Math.min(most.value, semaphore.value + change))
    }
    array.undo.delete(process)
  }
}

function control(call: Call): number {
  const { kernel, task, arguments: a } = call
  const array = kernel.ipc.semaphores.find(a[0])
  if (!array) return -Errno.EINVAL
  const { semaphores, waiters } = array
  switch (commandOf(a[2])) {
    case Ipc.RMID:
      kernel.ipc.semaphores.remove(array)
      return 0
    case Ipc.SET:
      return setPermissions(call, array, a[3])
    case Ipc.STAT:
      return writeStructure(task, a[3], 104, view => {
        fillPermissions(view, array)
        view.setBigUint64(48, seconds(array.operated), true)
        view.setBigUint64(64, seconds(array.changed), true)
        view.setBigUint64(80, BigInt(semaphores.length), true)
      })
    case Control.GETALL:
      return writeStructure(task, a[3], semaphores.length * 2, view => {
        for (const [index, { value }] of semaphores.entries()) view.setUint16(index * 2, value, true)
      })
    case Control.SETALL: {
      const view = readView(task, a[3], semaphores.length * 2)
      if (!view) return -Errno.EFAULT
      return setValues(
        call,
        array,
        semaphores.map((_, index) => view.getUint16(index * 2, true)),
      )
    }
  }
  const index = int(a[1])
  const one = semaphores[index]
  if (!one) return -Errno.EINVAL
  const waiting = (isForZero: boolean) =>
    [...waiters].filter(({ blocked }) => blocked.index === index && (blocked.change === 0) === isForZero)
      .length
  switch (commandOf(a[2])) {
    case Control.GETVAL:
      return one.value
    case Control.GETPID:
      return one.lastUser
    case Control.GETNCNT:
      return waiting(false)
    case Control.GETZCNT:
      return waiting(true)
    case Control.SETVAL:
      return setValues(
        call,
        array,
        semaphores.map(({ value }, at) => (at === index ? int(a[3]) : value)),
      )
    default:
      return -Errno.EINVAL
  }
}

/** What was to be undone is forgotten for those that are set. */
function setValues({ kernel, task }: Call, array: SemaphoreArray, values: readonly number[]): number {
  if (values.some(value => value < 0 || value > most.value)) return -Errno.ERANGE
  for (const [index, value] of values.entries()) {
    const semaphore = array.semaphores[index]!
    if (semaphore.value === value) continue
    semaphore.value = value
    semaphore.lastUser = task.processId
    for (const undo of array.undo.values()) undo[index] = 0
  }
  array.changed = kernel.timeOfDay
  return 0
}
