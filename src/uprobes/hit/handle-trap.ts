// SPDX-License-Identifier: MIT
import { after } from '../../kernel/after.ts'
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
import { Signal } from './signals.ts'
import { needState, stateOf } from './task-state.ts'

/** handle_swbp (spec 05 §4); the numbers are its steps. A path only where something is recorded or may have to wait. */
export function handleTrap(parts: HitParts, task: Task): KernelPath<void> | undefined {
  const address = task.registers[Register.rip]! - 1n // 1
  // What the processor could fetch lies at a user address.
  const place = Number(address)
  const path = recordTrap(parts, task, address, place)
  return path ? takeHitAfter(path, parts, task, address, place) : takeHit(parts, task, address, place)
}

function* takeHitAfter(
  path: KernelPath,
  parts: HitParts,
  task: Task,
  address: bigint,
  place: number,
): KernelPath<void> {
  yield* path
  const rest = takeHit(parts, task, address, place)
  if (rest) yield* rest
}

/** Steps 2 to 7. */
function takeHit(parts: HitParts, task: Task, address: bigint, place: number): KernelPath<void> | undefined {
  const mm = task.mm!
  if (slotAreaOf(mm)?.trampoline === address) return handleReturn(parts, task) // 2
  const uprobe = find(parts, mm, place) // 3
  if (!uprobe) return handleForeignTrap(parts, task, address)
  task.registers[Register.rip] = address // 4
  if (!uprobe.analysis) return restart(task, address) // 5
  needState(task) // 6
  const hit = new Hit(task, uprobe, address, place)
  return after(runHandlers(parts, hit), optimise, parts, hit) // 7
}

/** Step 8. */
function optimise(parts: HitParts, hit: Hit): KernelPath<void> | undefined {
  const { mm, uprobe, place } = hit
  // It takes mmap_lock, which sleeps.
  const may = uprobe.analysis!.optimisable && !parts.kernel.atomic
  const path = may ? parts.optimiser.considerAfterHit(mm, uprobe, place) : undefined
  return after(path, execute, parts, hit)
}

/** Steps 9 and 10. */
function execute(parts: HitParts, hit: Hit): KernelPath<void> | undefined {
  const { kernel } = parts
  const { task, uprobe, address, registers } = hit
  const { bugs } = uprobe.analysis!
  if (registers[Register.rip] !== address) {
    task.restarting = true
    return undefined // 9
  }
  if (!emulate(uprobe.analysis!, hit.mm, registers)) return executeElsewhere(parts, hit)
  for (const bug of bugs) recordBug(kernel, bug, { task, probe: uprobe.name, ip: address })
  if ((registers[Register.rflags]! & Flag.TF) !== 0n) parts.ownTrap(kernel, task, uprobe.name)
  return recordHitEvent(kernel, 'emulated', task, uprobe, registers[Register.rip]!) // 10
}

/** Steps 11 to 13. */
function executeElsewhere(parts: HitParts, hit: Hit): KernelPath<void> | undefined {
  const { task, uprobe, address } = hit
  const begun = parts.execute.begin(task, uprobe, address)
  return typeof begun === 'boolean' ? executeOn(parts, hit, begun) : executeLater(parts, hit, begun)
}

function* executeLater(parts: HitParts, hit: Hit, begun: KernelPath<boolean>): KernelPath<void> {
  const path = executeOn(parts, hit, yield* begun)
  if (path) yield* path
}

function executeOn(
  parts: HitParts,
  { task, uprobe, address }: Hit,
  begun: boolean,
): KernelPath<void> | undefined {
  if (!begun) {
    task.registers[Register.rip] = address // 12
    task.turnedBack = true
  }
  const active = stateOf(task)?.active
  if (!active) return undefined
  const { slot } = active
  return recordHitEvent(parts.kernel, 'step', task, uprobe, slot?.address ?? address, slot)
}

/** The event comes before the lookup, so that a schedule can take the probe away between the two (spec 05 §9). */
function recordTrap(
  { kernel, registry }: HitParts,
  task: Task,
  address: bigint,
  place: number,
): KernelPath<void> | undefined {
  const uprobe = kernel.records('trap') ? registry.lifetime.probeAt(task.mm!, place) : undefined
  return uprobe && recordHitEvent(kernel, 'trap', task, uprobe, address)
}

/** find_active_uprobe (spec 05 §3). */
function find({ registry }: HitParts, mm: AddressSpace, place: number): Uprobe | undefined {
  const uprobe = registry.lifetime.probeAt(mm, place)
  if (!uprobe) registry.lifetime.recalculate(mm)
  return uprobe
}

/** No probe there: the program's own breakpoint, or one that has just been removed (spec 05 §9). */
function handleForeignTrap({ kernel }: HitParts, task: Task, address: bigint): undefined {
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
function restart(task: Task, address: bigint): undefined {
  task.registers[Register.rip] = address
  task.restarting = true
}
