// SPDX-License-Identifier: MIT
import type { AddressSpace, KernelPath, Task } from '../../kernel/kernel.ts'
import { Flag, Register } from '../../machine/machine.ts'
import { recordBug } from '../known-bugs.ts'
import type { Uprobe } from '../registry/uprobe.ts'
import { emulate } from '../user-bkpt/emulate.ts'
import { breakpoint } from '../user-bkpt/instruction.ts'
import { userAddress } from '../user-bkpt/user-memory.ts'
import { slotAreaOf } from '../xol/slot-area.ts'
import { handleReturn } from './handle-return.ts'
import { Hit } from './hit.ts'
import type { HitParts } from './parts.ts'
import { recordHitEvent } from './record-hit-event.ts'
import { runHandlers } from './run-handlers.ts'
import { raiseOwnTrap, Signal } from './signals.ts'
import { needState } from './task-state.ts'

/** handle_swbp (spec 05 §4); the numbers are its steps. */
export function* handleTrap(parts: HitParts, task: Task): KernelPath<void> {
  const { kernel, registry, optimiser, execute } = parts
  const mm = task.mm!
  const address = task.registers[Register.rip]! - 1n // 1
  if (kernel.records('trap')) yield* recordTrap(parts, task, address)

  if (slotAreaOf(mm)?.trampoline === address) return yield* handleReturn(parts, task) // 2
  const uprobe = find(parts, mm, address) // 3
  if (!uprobe) return handleForeignTrap(parts, task, address)
  task.registers[Register.rip] = address // 4
  const { analysis } = uprobe
  if (!analysis) return restart(task, address) // 5
  const state = needState(task) // 6
  yield* runHandlers(parts, new Hit(task, uprobe, address)) // 7
  // It takes mmap_lock, which sleeps.
  if (analysis.optimisable && !kernel.atomic) yield* optimiser.considerAfterHit(task, uprobe, Number(address)) // 8
  if (task.registers[Register.rip] !== address) {
    task.restarting = true
    return // 9
  }

  if (emulate(analysis, mm, task.registers)) {
    for (const bug of analysis.bugs) recordBug(kernel, bug, { task, probe: uprobe.name, ip: address })
    if ((task.registers[Register.rflags]! & Flag.TF) !== 0n) raiseOwnTrap(kernel, task, uprobe.name)
    if (kernel.records('emulated'))
      yield* recordHitEvent(kernel, 'emulated', task, uprobe, task.registers[Register.rip]!)
    return // 10
  }
  registry.retain(uprobe)
  const begun = execute.begin(task, uprobe, address) // 11, 13
  if (!(typeof begun === 'boolean' ? begun : yield* begun)) restart(task, address) // 12
  if (!state.active) return registry.release(uprobe)
  const { slot } = state.active
  if (kernel.records('step'))
    yield* recordHitEvent(kernel, 'step', task, uprobe, slot?.address ?? address, slot)
}

/** The event comes before the lookup, so that a schedule can take the probe away between the two (spec 05 §9). */
function* recordTrap({ kernel, registry }: HitParts, task: Task, address: bigint): KernelPath<void> {
  const at = userAddress(address)
  const uprobe = at === undefined ? undefined : registry.lifetime.probeAt(task.mm!, at)
  if (uprobe) yield* recordHitEvent(kernel, 'trap', task, uprobe, address)
}

/** find_active_uprobe (spec 05 §3). */
function find({ registry }: HitParts, mm: AddressSpace, address: bigint): Uprobe | undefined {
  const at = userAddress(address)
  const uprobe = at === undefined ? undefined : registry.lifetime.probeAt(mm, at)
  if (!uprobe) registry.lifetime.recalculate(mm)
  return uprobe
}

/** No probe there: the program's own breakpoint, or one that has just been removed (spec 05 §9). */
function handleForeignTrap({ kernel }: HitParts, task: Task, address: bigint): void {
  const mm = task.mm!
  if (holds(mm, address, [breakpoint])) {
    if (task.trapNumber !== breakpointTrap) recordBug(kernel, 'B6', { task, ip: address })
    kernel.forceSignal(task, { signal: Signal.TRAP, code: Signal.fromKernel })
    return
  }
  if (holds(mm, address - 1n, longBreakpoint)) recordBug(kernel, 'B5', { task, ip: address })
  restart(task, address)
}

/** Number of the exception #BP. */
const breakpointTrap = 3
/** `int 3` as the two bytes of `int n`. */
const longBreakpoint = [0xcd, 0x03]

function holds(mm: AddressSpace, address: bigint, wanted: readonly number[]): boolean {
  const at = userAddress(address)
  const bytes = new Uint8Array(wanted.length)
  if (at === undefined || mm.read(at, bytes) !== bytes.length) return false
  return wanted.every((byte, index) => bytes[index] === byte)
}

/** Whatever is at the address now is executed, within the same step. */
function restart(task: Task, address: bigint): void {
  task.registers[Register.rip] = address
  task.restarting = true
}
