// SPDX-License-Identifier: MIT
import type { KernelPath, Task } from '../../../kernel/kernel.ts'
import { Register } from '../../../machine/machine.ts'
import { OptimisedHit } from '../../hit/hit.ts'
import type { HitParts } from '../../hit/parts.ts'
import { runHandlers } from '../../hit/run-handlers.ts'
import { Signal } from '../../hit/signals.ts'
import { needState } from '../../hit/task-state.ts'
import { recordBug } from '../../known-bugs.ts'
import { readWords, userAddress, writeWords } from '../../user-bkpt/user-memory.ts'
import type { CallForm } from './call-form.ts'
import type { CallTrampolines } from './call-trampolines.ts'
import type { RedZone } from './red-zone.ts'

/** rax, r11, rcx and the return address of the call. */
const savedBytes = 32n

/** How optimised probes are made, as their system call needs it. */
export type UprobeCallOptions = {
  readonly form: CallForm
  readonly trampolines: CallTrampolines
  readonly redZone: RedZone
  /** Answer to whoever is no trampoline. */
  readonly errno: number
}

/**
 * System call 336 (spec 05 §7): a hit of an optimised probe. Handlers see the registers as they were before what stands in the place of
 * the nop. The four saved words may lie in the program's red zone (bug B4). Returns rax.
 */
export function callUprobe(
  options: UprobeCallOptions,
  parts: HitParts,
  task: Task,
): bigint | KernelPath<bigint> {
  const { form, trampolines, errno } = options
  const mm = task.mm!
  const caller = task.registers[Register.rip]!
  const at = userAddress(caller)
  if (at === undefined || !trampolines.contains(mm, at)) return BigInt(-errno)
  const saved = readWords(mm, task.registers[Register.rsp]!, 4)
  if (!saved) return refuse(parts, task)
  const [rax, r11, rcx, returnAddress] = saved as [bigint, bigint, bigint, bigint]
  const address = BigInt.asUintN(64, returnAddress - BigInt(form.length))
  const pushed = savedBytes + BigInt(form.spared)
  const stack = BigInt.asUintN(64, task.registers[Register.rsp]! + pushed)
  const { registers } = task
  registers[Register.rax] = rax
  registers[Register.r11] = r11
  registers[Register.rcx] = rcx
  registers[Register.rip] = address
  registers[Register.rsp] = stack
  task.systemCall = -1

  const call: OptimisedCall = { caller, returnAddress, address, stack, pushed }
  const path = takeHit(options, parts, task, call)
  return path ? goBackLater(parts, task, path, call) : goBack(parts, task, call)
}

/** Who called, and what the program's registers were before. */
type OptimisedCall = {
  readonly caller: bigint
  readonly returnAddress: bigint
  /** The probe. */
  readonly address: bigint
  readonly stack: bigint
  /** Bytes that the call and the trampoline have put below `stack`. */
  readonly pushed: bigint
}

function takeHit(
  { form, redZone }: UprobeCallOptions,
  parts: HitParts,
  task: Task,
  { address, returnAddress }: OptimisedCall,
): KernelPath<void> | undefined {
  const mm = task.mm!
  const place = userAddress(address)
  const uprobe = place === undefined ? undefined : parts.registry.lifetime.probeAt(mm, place)
  if (place === undefined || !uprobe) {
    parts.registry.lifetime.recalculate(mm)
    return undefined
  }
  needState(task)
  const lost = { registers: task.registers, lost: Number(savedBytes) }
  if (form.spared === 0 && parts.kernel.records('bug') && redZone.isMissed(uprobe, mm, returnAddress, lost))
    recordBug(parts.kernel, 'B4', { task, probe: uprobe.name, ip: address })
  return runHandlers(parts, new OptimisedHit(task, uprobe, address, place))
}

function* goBackLater(
  parts: HitParts,
  task: Task,
  path: KernelPath,
  call: OptimisedCall,
): KernelPath<bigint> {
  yield* path
  return goBack(parts, task, call)
}

function goBack(parts: HitParts, task: Task, call: OptimisedCall): bigint {
  const { caller, returnAddress, address, stack, pushed } = call
  const { registers } = task
  if (registers[Register.rsp] !== stack) {
    if (registers[Register.rip] === address) registers[Register.rip] = returnAddress
    return registers[Register.rax]!
  }
  const target = registers[Register.rip] === address ? returnAddress : registers[Register.rip]!
  const back = [registers[Register.rax]!, registers[Register.r11]!, registers[Register.rcx]!, target]
  registers[Register.rip] = caller
  registers[Register.rsp] = stack - pushed
  if (writeWords(task.mm!, registers[Register.rsp]!, back) !== 0) return refuse(parts, task)
  registers[Register.r11] = registers[Register.rflags]!
  registers[Register.rcx] = caller
  return 0n
}

function refuse({ kernel }: HitParts, task: Task): bigint {
  kernel.forceSignal(task, { signal: Signal.ILL, code: Signal.fromKernel })
  return -1n
}
