// SPDX-License-Identifier: MIT
import type { KernelPath, Task } from '../../kernel/kernel.ts'
import { Register } from '../../machine/machine.ts'
import { handleReturn } from '../hit/handle-return.ts'
import type { HitParts } from '../hit/parts.ts'
import { Signal } from '../hit/signals.ts'
import { readWords, writeWords } from '../user-bkpt/user-memory.ts'
import { slotAreaOf } from '../xol/slot-area.ts'

/** Offset in the trampoline of the instruction behind its `syscall`: the only place that may make this call. */
const callerOffset = 0xdn
const savedBytes = 24n

/**
 * System call 335 (spec 06 §5): shows handlers the registers as they were at the `ret`, then sends the thread back through the end of the
 * trampoline. Returns rax.
 */
export function callUretprobe(parts: HitParts, task: Task): bigint | KernelPath<bigint> {
  const mm = task.mm!
  const area = slotAreaOf(mm)
  const caller = task.registers[Register.rip]!
  if (!area || caller !== area.trampoline + callerOffset) return refuse(parts, task)
  const saved = readWords(mm, task.registers[Register.rsp]!, 3)
  if (!saved) return refuse(parts, task)
  const [r11, rcx, rax] = saved
  task.registers[Register.r11] = r11!
  task.registers[Register.rcx] = rcx!
  task.registers[Register.rax] = rax!
  const stack = BigInt.asUintN(64, task.registers[Register.rsp]! + savedBytes)
  task.registers[Register.rsp] = stack
  // What rax holds is the program's: it must not be taken for a call that a signal has interrupted.
  task.systemCall = -1

  const path = handleReturn(parts, task)
  return path ? goBackLater(parts, task, path, { caller, stack }) : goBack(parts, task, { caller, stack })
}

/** Where the call was made, and rsp as handlers see it. */
type Return = { readonly caller: bigint; readonly stack: bigint }

function* goBackLater(parts: HitParts, task: Task, path: KernelPath, from: Return): KernelPath<bigint> {
  yield* path
  return goBack(parts, task, from)
}

function goBack(parts: HitParts, task: Task, { caller, stack }: Return): bigint {
  const { registers } = task
  // A handler that has moved the stack pointer gets its registers as they are.
  if (registers[Register.rsp] !== stack) return registers[Register.rax]!
  registers[Register.rsp] = stack - savedBytes
  const back = [registers[Register.r11]!, registers[Register.rcx]!, registers[Register.rip]!]
  registers[Register.rip] = caller
  if (writeWords(task.mm!, registers[Register.rsp]!, back) !== 0) return refuse(parts, task)
  registers[Register.r11] = registers[Register.rflags]!
  registers[Register.rcx] = caller
  return registers[Register.rax]!
}

function refuse({ kernel }: HitParts, task: Task): bigint {
  kernel.forceSignal(task, { signal: Signal.ILL, code: Signal.fromKernel })
  return -1n
}
