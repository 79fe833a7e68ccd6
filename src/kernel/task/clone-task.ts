// SPDX-License-Identifier: MIT
import { Register } from '../../machine/machine.ts'
import { Errno } from '../errno.ts'
import type { KernelPath } from '../kernel.ts'
import type { KernelCore } from '../kernel-core.ts'
import { copyAddressSpace } from '../mm/copy-address-space.ts'
import { Mm } from '../mm/mm.ts'
import { isKilled } from '../signal/send-signal.ts'
import { KernelTask, noAlternateStack } from './kernel-task.ts'
import { Process } from './process.ts'
import { setSegmentBase } from './segment-base.ts'
import { childName } from './task-names.ts'

export const CloneFlag = {
  VM: 0x100n,
  FS: 0x200n,
  FILES: 0x400n,
  SIGHAND: 0x800n,
  VFORK: 0x4000n,
  PARENT: 0x8000n,
  THREAD: 0x1_0000n,
  SETTLS: 0x8_0000n,
  PARENT_SETTID: 0x10_0000n,
  CHILD_CLEARTID: 0x20_0000n,
  CHILD_SETTID: 0x100_0000n,
  CLEAR_SIGHAND: 0x1_0000_0000n,
} as const

export type CloneArguments = {
  readonly flags: bigint
  readonly exitSignal: number
  /** New rsp; 0: the parent's. */
  readonly stack: bigint
  readonly parentId: bigint
  readonly childId: bigint
  readonly tls: bigint
}

/** clone, clone3, fork and vfork: the new task's id or -errno. A parent of a vfork sleeps until the child lets go of the mm. */
export function* cloneTask(
  kernel: KernelCore,
  parent: KernelTask,
  options: CloneArguments,
): KernelPath<number> {
  const has = (flag: bigint) => (options.flags & flag) !== 0n
  if (has(CloneFlag.SIGHAND) && !has(CloneFlag.VM)) return -Errno.EINVAL
  if (has(CloneFlag.THREAD) && !has(CloneFlag.SIGHAND)) return -Errno.EINVAL
  if (has(CloneFlag.CLEAR_SIGHAND) && has(CloneFlag.SIGHAND)) return -Errno.EINVAL
  if (kernel.livingTasks() >= kernel.limits.tasks) {
    kernel.breakDown(`more than ${kernel.limits.tasks} tasks are alive`)
    return -Errno.EAGAIN
  }
  const mm = has(CloneFlag.VM) ? parent.mm! : yield* duplicate(kernel, parent)
  const thread = has(CloneFlag.THREAD)
  const child = makeTask(kernel, parent, mm, options)
  if (has(CloneFlag.PARENT_SETTID)) writeId(parent.mm!, options.parentId, child.id)
  if (has(CloneFlag.CHILD_SETTID)) writeId(mm, options.childId, child.id)
  if (has(CloneFlag.CHILD_CLEARTID)) child.clearChildId = options.childId
  const vfork = has(CloneFlag.VFORK)
  for (const hook of kernel.hooks.fork) hook(parent, child, { sharesMm: has(CloneFlag.VM), vfork })
  let done = false
  if (vfork) child.vforkDone = () => (done = true)
  kernel.addTask(child)
  if (kernel.records('fork')) {
    const type = thread ? 'thread' : vfork ? 'vfork' : 'process'
    yield kernel.event({ kind: 'fork', thread: parent.name, fields: { child: child.name, type } })
  }
  if (vfork && !done && !isKilled(parent))
    yield { kind: 'sleep', reason: 'vfork', interruptible: false, killable: true, ready: () => done }
  return child.id
}

/** dup_mm, under the lock that keeps registrations out (spec 04 §9). */
function* duplicate(kernel: KernelCore, parent: KernelTask): KernelPath<Mm> {
  if (kernel.registering > 0) {
    const ready = () => kernel.registering === 0
    // A registration that stops threads counts this one in, or both would wait for ever.
    yield { kind: 'sleep', reason: 'a registration is going on', interruptible: false, stopped: true, ready }
  }
  const copy = new Mm(kernel, kernel.nextMm())
  kernel.forking = true
  copyAddressSpace(parent.mm!, copy)
  for (const hook of kernel.hooks.duplicateMm) hook(parent.mm!, copy)
  kernel.forking = false
  return copy
}

function makeTask(
  kernel: KernelCore,
  parent: KernelTask,
  mm: Mm,
  { flags, exitSignal, stack, tls }: CloneArguments,
): KernelTask {
  const has = (flag: bigint) => (flags & flag) !== 0n
  const thread = has(CloneFlag.THREAD)
  const id = kernel.nextId()
  const process = thread ? parent.process : childProcess(parent, id, flags, exitSignal)
  const context = kernel.machine.newContext()
  kernel.saveExtended(parent)
  context.extended.set(parent.context.extended)
  context.registers.set(parent.registers)
  const child = new KernelTask({
    id,
    process,
    name: childName(parent, thread),
    command: parent.command,
    mm,
    context,
    creator: parent,
    noticed: kernel.noticed,
    files: has(CloneFlag.FILES) ? parent.files : parent.files.copy(),
    folder: has(CloneFlag.FS) ? parent.folder : { ...parent.folder },
  })
  if (has(CloneFlag.FILES)) parent.files.users++
  if (!thread) {
    process.leader = child
    kernel.processes.set(id, process)
  }
  child.blocked = parent.blocked
  child.policy = parent.policy
  child.trapNumber = parent.trapNumber
  child.errorCode = parent.errorCode
  child.faultAddress = parent.faultAddress
  // An alternate stack belongs to a copy of the memory, or to a child that borrows all of it (vfork).
  const keepsStack = !has(CloneFlag.VM) || has(CloneFlag.VFORK)
  child.alternateStack = keepsStack ? parent.alternateStack : noAlternateStack
  child.registers[Register.rax] = 0n
  if (stack !== 0n) child.registers[Register.rsp] = stack
  if (has(CloneFlag.SETTLS)) setSegmentBase(child.registers, 'fs', tls)
  return child
}

function childProcess(parent: KernelTask, id: number, flags: bigint, exitSignal: number): Process {
  const own = parent.process
  const has = (flag: bigint) => (flags & flag) !== 0n
  const father = has(CloneFlag.PARENT) ? own.parent : own
  const signal = has(CloneFlag.PARENT) ? own.exitSignal : exitSignal
  const actions = has(CloneFlag.SIGHAND) ? own.actions : own.actions.copy()
  if (has(CloneFlag.CLEAR_SIGHAND)) actions.reset()
  const process = new Process(id, father, signal, actions)
  for (const [resource, limit] of own.limits) process.limits.set(resource, limit)
  process.group = own.group
  process.session = own.session
  father?.children.push(process)
  return process
}

function writeId(mm: Mm, address: bigint, id: number): void {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setInt32(0, id, true)
  mm.write(Number(address), bytes)
}
