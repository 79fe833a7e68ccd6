// SPDX-License-Identifier: MIT
import { Register, userEnd } from '../../machine/machine.ts'
import { Errno } from '../errno.ts'
import { memoryOfMachine } from '../fs/proc-machine.ts'
import { systemName } from '../fs/system-name.ts'
import { setSegmentBase } from '../task/segment-base.ts'
import { type Call, type CallResult, int, type SystemCall, unsigned } from './system-call.ts'
import { readBytes, readStringBytes, writeBytes, writeStructure } from './user-access.ts'

const Arch = { SET_GS: 0x1001, SET_FS: 0x1002, GET_FS: 0x1003, GET_GS: 0x1004 } as const
const Prctl = {
  SET_PDEATHSIG: 1,
  GET_PDEATHSIG: 2,
  GET_DUMPABLE: 3,
  SET_DUMPABLE: 4,
  SET_NAME: 15,
  GET_NAME: 16,
} as const
const root = () => 0

export const environmentCalls: readonly SystemCall[] = [
  { number: 39, name: 'getpid', count: 0, support: 'full', handler: ({ task }) => task.processId },
  { number: 63, name: 'uname', count: 1, support: 'full', handler: uname },
  { number: 99, name: 'sysinfo', count: 1, support: 'full', handler: sysinfo },
  { number: 102, name: 'getuid', count: 0, support: 'full', handler: root },
  { number: 104, name: 'getgid', count: 0, support: 'full', handler: root },
  { number: 107, name: 'geteuid', count: 0, support: 'full', handler: root },
  { number: 108, name: 'getegid', count: 0, support: 'full', handler: root },
  { number: 115, name: 'getgroups', count: 2, support: 'full', handler: root },
  { number: 118, name: 'getresuid', count: 3, support: 'full', handler: rootThrice },
  { number: 120, name: 'getresgid', count: 3, support: 'full', handler: rootThrice },
  {
    number: 157,
    name: 'prctl',
    count: 5,
    support: 'partial',
    note: 'name, death signal and dumpable',
    handler: prctl,
  },
  { number: 158, name: 'arch_prctl', count: 2, support: 'full', handler: archPrctl },
  { number: 186, name: 'gettid', count: 0, support: 'full', handler: ({ task }) => task.id },
  {
    number: 204,
    name: 'sched_getaffinity',
    count: 3,
    support: 'stub',
    note: 'one processor',
    handler: affinity,
  },
  { number: 309, name: 'getcpu', count: 3, support: 'stub', note: 'one processor', handler: getcpu },
  { number: 318, name: 'getrandom', count: 3, support: 'full', handler: getrandom },
  {
    number: 334,
    name: 'rseq',
    count: 4,
    support: 'stub',
    note: 'answers ENOSYS, which C libraries accept',
    handler: () => -Errno.ENOSYS,
  },
]

function rootThrice({ task, arguments: [real, effective, saved] }: Call): number {
  for (const address of [real, effective, saved])
    if (writeStructure(task, address, 4, () => {}) < 0) return -Errno.EFAULT
  return 0
}

function uname({ task, arguments: [buffer] }: Call): number {
  const encoder = new TextEncoder()
  const bytes = new Uint8Array(390)
  for (const [index, name] of Object.values(systemName).entries()) bytes.set(encoder.encode(name), index * 65)
  return writeBytes(task, buffer, bytes)
}

function sysinfo({ kernel, task, arguments: [buffer] }: Call): number {
  return writeStructure(task, buffer, 112, view => {
    view.setBigInt64(0, kernel.now / 1_000_000_000n, true)
    view.setBigUint64(32, memoryOfMachine.total, true)
    view.setBigUint64(40, memoryOfMachine.free, true)
    view.setUint16(80, kernel.livingTasks(), true)
    view.setUint32(104, 1, true)
  })
}

/** A name is cut to 15 bytes. */
function prctl({ task, arguments: [option, value] }: Call): CallResult {
  switch (int(option)) {
    case Prctl.SET_NAME: {
      const bytes = readStringBytes(task, value, 16, 0)
      const name = typeof bytes === 'number' ? readBytes(task, value, 15) : bytes
      if (!name) return -Errno.EFAULT
      task.command = new TextDecoder('latin1').decode(name.subarray(0, 15))
      return 0
    }
    case Prctl.GET_NAME:
      return writeBytes(task, value, nameBytes(task.command))
    case Prctl.SET_PDEATHSIG:
      if (value > 64n) return -Errno.EINVAL
      task.parentDeathSignal = int(value)
      return 0
    case Prctl.GET_PDEATHSIG:
      return writeStructure(task, value, 4, view => view.setInt32(0, task.parentDeathSignal, true))
    case Prctl.GET_DUMPABLE:
      return 1
    case Prctl.SET_DUMPABLE:
      return 0
    default:
      return -Errno.EINVAL
  }
}

function nameBytes(name: string): Uint8Array {
  const bytes = new Uint8Array(16)
  for (let at = 0; at < Math.min(name.length, 15); at++) bytes[at] = name.charCodeAt(at)
  return bytes
}

function archPrctl({ task, arguments: [code, address] }: Call): number {
  const { registers } = task
  switch (int(code)) {
    case Arch.SET_FS:
    case Arch.SET_GS:
      if (address >= BigInt(userEnd)) return -Errno.EPERM
      setSegmentBase(registers, int(code) === Arch.SET_FS ? 'fs' : 'gs', address)
      return 0
    case Arch.GET_FS:
      return writeStructure(task, address, 8, view => view.setBigUint64(0, registers[Register.fsBase]!, true))
    case Arch.GET_GS:
      return writeStructure(task, address, 8, view => view.setBigUint64(0, registers[Register.gsBase]!, true))
    default:
      return -Errno.EINVAL
  }
}

function affinity({ task, arguments: [, size, mask] }: Call): number {
  if (size < 8n || size % 8n !== 0n) return -Errno.EINVAL
  return writeStructure(task, mask, 8, view => view.setBigUint64(0, 1n, true)) || 8
}

function getcpu({ task, arguments: [cpu, node] }: Call): number {
  for (const address of [cpu, node])
    if (address !== 0n && writeStructure(task, address, 4, () => {}) < 0) return -Errno.EFAULT
  return 0
}

function getrandom({ kernel, task, arguments: [buffer, size, flags] }: Call): number {
  if (unsigned(flags) > 7) return -Errno.EINVAL
  const bytes = kernel.random.bytes(Math.min(Number(size), 1 << 20))
  return writeBytes(task, buffer, bytes) || bytes.length
}
