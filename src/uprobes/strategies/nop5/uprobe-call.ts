// SPDX-License-Identifier: MIT
import { Errno, type KernelPath, type Task } from '../../../kernel/kernel.ts'
import { Register } from '../../../machine/machine.ts'
import type { HitParts } from '../../hit/parts.ts'
import { runHandlers } from '../../hit/run-handlers.ts'
import { Signal } from '../../hit/signals.ts'
import { needState } from '../../hit/task-state.ts'
import { readWords, userAddress, writeWords } from '../../user-bkpt/user-memory.ts'
import type { CallTrampolines } from './call-trampolines.ts'

const callLength = 5n
/** rax, r11, rcx and the return address of the call. */
const savedBytes = 32n

/**
 * System call 336 (spec 05 §7): a hit of an optimised probe. Handlers see the registers as they were before the call that stands in the
 * place of the nop. The four saved words may lie in the program's red zone (bug B4). Returns rax.
 */
export function* callUprobe(trampolines: CallTrampolines, parts: HitParts, task: Task): KernelPath<bigint> {
  const mm = task.mm!
  const caller = task.registers[Register.rip]!
  const at = userAddress(caller)
  if (at === undefined || !trampolines.contains(mm, at)) return BigInt(-Errno.ENXIO)
  const saved = readWords(mm, task.registers[Register.rsp]!, 4)
  if (!saved) return refuse(parts, task)
  const [rax, r11, rcx, returnAddress] = saved as [bigint, bigint, bigint, bigint]
  const address = BigInt.asUintN(64, returnAddress - callLength)
  const stack = BigInt.asUintN(64, task.registers[Register.rsp]! + savedBytes)
  set(task, { rax, r11, rcx, rip: address, rsp: stack })

  const place = userAddress(address)
  const uprobe = place === undefined ? undefined : parts.registry.probeAt(mm, place)
  if (uprobe) {
    needState(task)
    yield* runHandlers(parts, task, uprobe, address, { optimised: true })
  } else parts.registry.recalculate(mm)

  const { registers } = task
  if (registers[Register.rsp] !== stack) {
    if (registers[Register.rip] === address) registers[Register.rip] = returnAddress
    return registers[Register.rax]!
  }
  const target = registers[Register.rip] === address ? returnAddress : registers[Register.rip]!
  const back = [registers[Register.rax]!, registers[Register.r11]!, registers[Register.rcx]!, target]
  set(task, { rip: caller, rsp: stack - savedBytes })
  if (writeWords(mm, registers[Register.rsp]!, back) !== 0) return refuse(parts, task)
  set(task, { r11: registers[Register.rflags]!, rcx: caller })
  return 0n
}

function set(task: Task, values: Partial<Record<keyof typeof Register, bigint>>): void {
  for (const [name, value] of Object.entries(values))
    task.registers[Register[name as keyof typeof Register]] = value
}

function refuse({ kernel }: HitParts, task: Task): bigint {
  kernel.forceSignal(task, { signal: Signal.ILL, code: Signal.fromKernel })
  return -1n
}
