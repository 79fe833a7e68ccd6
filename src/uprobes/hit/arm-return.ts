// SPDX-License-Identifier: MIT
import { after } from '../../kernel/after.ts'
import type { KernelPath, Task } from '../../kernel/kernel.ts'
import { Register } from '../../machine/machine.ts'
import type { Uprobe } from '../registry/uprobe.ts'
import { readWord, writeWord } from '../user-bkpt/user-memory.ts'
import { makeNeededArea, slotAreaOf } from '../xol/slot-area.ts'
import type { HitParts } from './parts.ts'
import { Signal, warn } from './signals.ts'
import { needState, type TaskState } from './task-state.ts'

/** Pending returns of a thread: MAX_URETPROBE_DEPTH. */
const deepest = 64
/** What the kernel's reader of the return address answers for a failure, and therefore cannot tell from this very address. */
const noAddress = 2n ** 64n - 1n

/** prepare_uretprobe (spec 06 §3): replaces the return address by the trampoline's and remembers the true one. */
export function armReturn(
  parts: HitParts,
  task: Task,
  uprobe: Uprobe,
  sessions: ReadonlySet<number>,
): KernelPath<void> | undefined {
  const { kernel, slots } = parts
  if (!slots.trampoline) return undefined
  const mm = task.mm!
  const path = slotAreaOf(mm) ? undefined : makeNeededArea(kernel, mm, slots)
  return after(path, armIn, parts, { task, uprobe, sessions })
}

type Arming = { readonly task: Task; readonly uprobe: Uprobe; readonly sessions: ReadonlySet<number> }

function armIn(parts: HitParts, { task, uprobe, sessions }: Arming): undefined {
  const { kernel } = parts
  const area = slotAreaOf(task.mm!)
  if (!area) return
  const { returns, dropped } = needState(task)
  if (returns.length >= deepest) {
    parts.nestedness.log(
      `uprobe: omit uretprobe due to nestedness limit pid/tgid=${task.id}/${task.processId}`,
    )
    return
  }
  const { trampoline } = area
  const found = hijack(parts, task, trampoline)
  if (found === undefined || found === noAddress) return
  const chained = found === trampoline
  const stack = task.registers[Register.rsp]!
  dropDead({ returns, dropped }, stack, chained)
  dropped.delete(stack)
  const before = returns.at(-1)
  if (chained && !before) {
    warn(kernel, task, 'handle tail call')
    return
  }
  returns.push({
    uprobe,
    function: task.registers[Register.rip]!,
    stack,
    returnAddress: chained ? before!.returnAddress : found,
    chained,
    sessions,
  })
}

/** The word at rsp, replaced by the trampoline's address unless it is that already; undefined where it cannot be. */
function hijack({ kernel }: HitParts, task: Task, trampoline: bigint): bigint | undefined {
  const mm = task.mm!
  const stack = task.registers[Register.rsp]!
  const found = readWord(mm, stack)
  if (found === undefined || found === trampoline) return found
  const left = writeWord(mm, stack, trampoline)
  if (left === 0) return found
  if (left < 8) {
    const ip = task.registers[Register.rip]!.toString(16)
    kernel.log(`return address clobbered: pid=${task.id}, %sp=0x${stack.toString(16)}, %ip=0x${ip}`)
    kernel.forceSignal(task, { signal: Signal.SEGV, code: Signal.fromKernel })
  }
  return undefined
}

/** Frames that a longjmp has left: they can no longer return, as the stack is above them. No handler runs for them. */
function dropDead(
  { returns, dropped }: Pick<TaskState, 'returns' | 'dropped'>,
  stack: bigint,
  chained: boolean,
): void {
  for (;;) {
    const top = returns.at(-1)
    if (!top || stack < top.stack || (chained && stack === top.stack)) return
    returns.pop()
    dropped.add(top.stack)
  }
}
