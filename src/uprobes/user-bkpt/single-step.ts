// SPDX-License-Identifier: MIT
import type { AddressSpace, Task } from '../../kernel/kernel.ts'
import { Flag, Register } from '../../machine/machine.ts'
import type { Analysis } from './analyse.ts'
import { push } from './emulate.ts'
import { removedBytes } from './rip-relative-2010.ts'

/** What a task had before its step out of line. */
export type Step = {
  readonly analysis: Analysis
  /** The probe. */
  readonly address: bigint
  /** Where the copy lies. */
  readonly slotAddress: bigint
  readonly trapNumber: number
  readonly trapFlag: boolean
  readonly scratch: bigint
}

/** thread.trap_nr while nothing has gone wrong in the slot: UPROBE_TRAP_NR. */
export const noTrap = 0xffff_ffff

/** Points the task at its slot (spec 05 §5). */
export function beginStep(task: Task, analysis: Analysis, address: bigint, slotAddress: bigint): Step {
  const { registers, trapNumber } = task
  const scratch = scratchOf(analysis)
  const step = {
    analysis,
    address,
    slotAddress,
    trapNumber,
    trapFlag: (registers[Register.rflags]! & Flag.TF) !== 0n,
    scratch: scratch === undefined ? 0n : registers[scratch]!,
  }
  if (scratch !== undefined)
    registers[scratch] = address + BigInt(analysis.length) + BigInt(absoluteOf(analysis)?.displacement ?? 0)
  registers[Register.rip] = slotAddress
  registers[Register.rflags]! |= Flag.TF
  task.trapNumber = noTrap
  return step
}

/** `restart`: the instruction has to be executed again from the probe. */
export type StepOutcome = 'done' | 'restart'

/**
 * Brings the task back from its slot after the copy has been executed (spec 05 §6.1). If the program had the trap flag set, it has a
 * SIGTRAP to get, unless there is a restart.
 */
export function finishStep(task: Task, mm: AddressSpace, step: Step): StepOutcome {
  const { registers } = task
  task.trapNumber = step.trapNumber
  restoreScratch(registers, step)
  const outcome = fixUp(registers, mm, step)
  if (outcome === 'restart') registers[Register.rip] = step.address
  const { action } = step.analysis
  const ownTrapFlag = step.trapFlag || (action.kind === 'step' && action.fixUps.trapFlag)
  if (!ownTrapFlag) registers[Register.rflags]! &= ~Flag.TF
  return outcome
}

/** Brings the task back from a copy that could not be executed (spec 05 §6.2). */
export function abortStep(task: Task, step: Step): void {
  const { registers } = task
  restoreScratch(registers, step)
  task.trapNumber = step.trapNumber
  registers[Register.rip] = step.address
  if (!step.trapFlag) registers[Register.rflags]! &= ~Flag.TF
}

function fixUp(registers: BigUint64Array, mm: AddressSpace, step: Step): StepOutcome {
  const { action, length } = step.analysis
  if (action.kind === 'branch') {
    // Only a call gets here: its emulated push failed, and in the slot it did not, because another thread made the stack grow.
    dropWord(registers)
    return 'restart'
  }
  // Nothing is fixed up after a push, which is only here where its emulation has failed: if another thread has made it work meanwhile, the
  // thread goes on in the slot.
  if (action.kind === 'push') return 'done'
  if (action.fixUps.ip)
    registers[Register.rip] = registers[Register.rip]! + step.address - step.slotAddress + missingBytes(step)
  if (action.fixUps.call) {
    dropWord(registers)
    if (!push(mm, registers, step.address + BigInt(length))) return 'restart'
  }
  return 'done'
}

function dropWord(registers: BigUint64Array): void {
  registers[Register.rsp] = registers[Register.rsp]! + 8n
}

function restoreScratch(registers: BigUint64Array, { analysis, scratch }: Step): void {
  const index = scratchOf(analysis)
  if (index !== undefined) registers[index] = scratch
}

function scratchOf({ action }: Analysis): number | undefined {
  return action.kind === 'step' ? action.scratch : undefined
}

function absoluteOf({ action }: Analysis): { readonly displacement: number } | undefined {
  return action.kind === 'step' ? action.absolute : undefined
}

/** By which the copy is shorter than the instruction. */
function missingBytes({ analysis }: Step): bigint {
  return absoluteOf(analysis) ? BigInt(removedBytes) : 0n
}
