// SPDX-License-Identifier: MIT
import { type Exit, PageFault, Register, userEnd, Vector } from '../../machine/machine.ts'
import type { KernelPath, SignalInfo } from '../kernel.ts'
import type { KernelCore } from '../kernel-core.ts'
import { pageOf } from '../mm/mm.ts'
import { type Access, type FaultOutcome, resolveFault } from '../mm/page-fault.ts'
import { Signal } from '../signal/signal-numbers.ts'
import type { KernelTask } from '../task/kernel-task.ts'
import { floatingPointCode } from './floating-point-code.ts'
import { runAtomically } from './run-atomically.ts'
import { overflowVector } from './software-interrupt.ts'

type Exception = Extract<Exit, { kind: 'exception' }>

/** RF: a fault saves it set (Intel SDM 3B §19.3.1.1), and so signal frames show it; a trap does not. */
const resumeFlag = 0x1_0000n
const traps: ReadonlySet<number> = new Set([Vector.DB, Vector.BP, overflowVector])

/** `repaired`: the instruction is tried again. `done`: it is not; a signal may be pending, or a plug-in has claimed the trap. */
export type ExceptionOutcome = 'repaired' | 'done'

export const siKernel = 0x80

/** What an exception of user mode becomes: nothing, work for a plug-in, or a signal with the code and address that Linux gives it. */
export function handleException(
  kernel: KernelCore,
  task: KernelTask,
  exception: Exception,
): ExceptionOutcome | KernelPath<ExceptionOutcome> {
  switch (exception.vector) {
    case Vector.PF:
      return pageFault(kernel, task, exception)
    case Vector.BP:
      return notify(kernel, task, 'int3') ?? raise(kernel, task, exception)
    case Vector.DB:
      return notify(kernel, task, 'debug') ?? raise(kernel, task, exception)
    default:
      return raise(kernel, task, exception)
  }
}

/** The die-notifier chain: the first that says `stop` has it (spec 01 §3). Undefined: nobody. */
function notify(
  kernel: KernelCore,
  task: KernelTask,
  trap: 'int3' | 'debug',
): 'done' | KernelPath<'done'> | undefined {
  for (const notifier of kernel.hooks.dieNotifiers) {
    const verdict = notifier(trap, task)
    if (verdict === 'done') continue
    return verdict === 'stop' ? 'done' : doneBy(runAtomically(kernel, task, verdict.path))
  }
  return undefined
}

function* doneBy(path: KernelPath): KernelPath<'done'> {
  yield* path
  return 'done'
}

function* raise(kernel: KernelCore, task: KernelTask, exception: Exception): KernelPath<'done'> {
  const signal = signalOf(kernel, task, exception)
  yield* recordFault(kernel, task, exception)
  if (signal) {
    if (!traps.has(exception.vector)) task.registers[Register.rflags]! |= resumeFlag
    task.trapNumber = exception.vector
    task.errorCode = exception.error
    kernel.forceSignal(task, signal)
  }
  return 'done'
}

/** Codes and addresses of arch/x86/kernel/traps.c; traps without a code of their own are sent as SI_KERNEL without an address. */
function signalOf(kernel: KernelCore, task: KernelTask, { vector }: Exception): SignalInfo | undefined {
  const rip = task.registers[Register.rip]!
  switch (vector) {
    case Vector.DB:
      return { signal: Signal.SIGTRAP, code: 2, address: rip }
    case Vector.BP:
      return { signal: Signal.SIGTRAP, code: siKernel }
    case Vector.UD:
      return { signal: Signal.SIGILL, code: 2, address: trapAddress(kernel, task) }
    case Vector.DE:
      return { signal: Signal.SIGFPE, code: 1, address: trapAddress(kernel, task) }
    case Vector.MF:
    case Vector.XM: {
      kernel.saveExtended(task)
      const code = floatingPointCode(task.context.extended, vector)
      return code === 0 ? undefined : { signal: Signal.SIGFPE, code, address: trapAddress(kernel, task) }
    }
    case Vector.AC:
      return { signal: Signal.SIGBUS, code: 1, address: 0n }
    case Vector.SS:
      return { signal: Signal.SIGBUS, code: siKernel }
    default:
      return { signal: Signal.SIGSEGV, code: siKernel }
  }
}

function trapAddress(kernel: KernelCore, task: KernelTask): bigint {
  for (const hook of kernel.hooks.trapAddress) {
    const address = hook(task)
    if (address !== undefined) return address
  }
  return task.registers[Register.rip]!
}

function pageFault(
  kernel: KernelCore,
  task: KernelTask,
  exception: Exception,
): ExceptionOutcome | KernelPath<'done'> {
  const { address, error } = exception
  const outcome: FaultOutcome =
    address < BigInt(userEnd) ? resolveFault(task.mm!, Number(address), accessOf(error)) : 'unmapped'
  if (outcome === 'mapped') return 'repaired'
  return outcome === 'memory' ? 'done' : raisePageFault(kernel, task, exception, outcome)
}

function* raisePageFault(
  kernel: KernelCore,
  task: KernelTask,
  exception: Exception,
  outcome: FaultOutcome,
): KernelPath<'done'> {
  const { address } = exception
  const error = errorCode(task, exception)
  yield* recordFault(kernel, task, { ...exception, error })
  task.registers[Register.rflags]! |= resumeFlag
  task.trapNumber = Vector.PF
  task.errorCode = error
  task.faultAddress = address
  const beyond = outcome === 'beyond'
  kernel.forceSignal(task, {
    signal: beyond ? Signal.SIGBUS : Signal.SIGSEGV,
    code: beyond || outcome === 'denied' ? 2 : 1,
    address,
  })
  return 'done'
}

function accessOf(error: number): Access {
  if ((error & PageFault.WRITE) !== 0) return 'write'
  return (error & PageFault.FETCH) !== 0 ? 'execute' : 'read'
}

/**
 * The error code as programs see it: pages without any right are not present for the processor, and addresses of the kernel always look
 * protected (set_signal_archinfo).
 */
function errorCode(task: KernelTask, { address, error }: Exception): number {
  const code = error | PageFault.USER
  if (address >= BigInt(userEnd)) return code | PageFault.PRESENT
  const entry = task.mm!.table.get(pageOf(Number(address)))
  return entry && !entry.user ? code & ~PageFault.PRESENT : code
}

const exceptionNames: Readonly<Record<number, string>> = {
  [overflowVector]: '#OF',
  [Vector.DE]: '#DE',
  [Vector.DB]: '#DB',
  [Vector.BP]: '#BP',
  [Vector.UD]: '#UD',
  [Vector.SS]: '#SS',
  [Vector.GP]: '#GP',
  [Vector.PF]: '#PF',
  [Vector.MF]: '#MF',
  [Vector.AC]: '#AC',
  [Vector.XM]: '#XM',
}

function* recordFault(kernel: KernelCore, task: KernelTask, exception: Exception): KernelPath {
  if (!kernel.records('fault')) return
  const { vector, error, address } = exception
  yield kernel.event({
    kind: 'fault',
    thread: task.name,
    fields: {
      exception: exceptionNames[vector] ?? `#${vector}`,
      ip: kernel.place(task.mm, task.registers[Register.rip]!),
      ...(vector === Vector.PF ? { address: kernel.place(task.mm, address) } : {}),
      error: BigInt(error),
    },
  })
}
