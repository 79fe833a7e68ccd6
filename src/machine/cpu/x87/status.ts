// SPDX-License-Identifier: MIT
/**
 * The words of the x87 unit in the machine's extended state (Intel SDM 1 §8.1). Registers stand there in physical order, 16 bytes
 * each; the tag byte has a bit for each that is not empty, as in the fxsave image.
 */
import { Extended, Layout } from '../../layout.ts'
import { Vector } from '../../machine.ts'
import { Exception } from '../soft-float/environment.ts'
import type { CpuState } from '../state.ts'

export const controlAddress = Layout.extended + Extended.controlWord
export const statusAddress = Layout.extended + Extended.statusWord
export const tagAddress = Layout.extended + Extended.tagByte
/** Words of `i32`. */
export const instructionPointer = (Layout.extended + Extended.instructionPointer) >>> 2
export const dataPointer = (Layout.extended + Extended.dataPointer) >>> 2

export const Status = {
  stackFault: 0x40,
  /** An exception that is not masked waits; bit 15 is the same. */
  summary: 0x80,
  busy: 0x8000,
  C0: 0x100,
  C1: 0x200,
  C2: 0x400,
  C3: 0x4000,
} as const
const conditionBits = Status.C0 | Status.C1 | Status.C2 | Status.C3
const topShift = 11

export function control({ view }: CpuState): number {
  return view.getUint16(controlAddress, true)
}

export function status({ view }: CpuState): number {
  return view.getUint16(statusAddress, true)
}

export function setStatus({ view }: CpuState, value: number): void {
  view.setUint16(statusAddress, value, true)
}

export function top(cpu: CpuState): number {
  return (status(cpu) >>> topShift) & 7
}

export function setTop(cpu: CpuState, value: number): void {
  setStatus(cpu, (status(cpu) & ~(7 << topShift)) | ((value & 7) << topShift))
}

/** Replaces C1 only. */
export function setC1(cpu: CpuState, on: boolean): void {
  setStatus(cpu, on ? status(cpu) | Status.C1 : status(cpu) & ~Status.C1)
}

/** Replaces C0 to C3 by some of `Status`. */
export function setConditions(cpu: CpuState, conditions: number): void {
  setStatus(cpu, (status(cpu) & ~conditionBits) | conditions)
}

/** ES and B follow from the exceptions and their masks. */
export function updateSummary(cpu: CpuState): void {
  const word = status(cpu)
  const pending = (word & ~control(cpu) & 63) !== 0
  const summary = Status.summary | Status.busy
  setStatus(cpu, pending ? word | summary : word & ~summary)
}

/** #MF when an exception waits, as waiting instructions begin; else 0. */
export function checkPending(cpu: CpuState): 0 | -1 {
  if ((cpu.view.getUint8(statusAddress) & Status.summary) === 0) return 0
  return cpu.raise(Vector.MF, 0)
}

/**
 * Records exceptions. Returns false when one that keeps the result from being delivered is not masked: IE (with or without
 * stack fault), DE, ZE, and with `toMemory` OE and UE (Intel SDM 1 §8.5). Such a one hides the exceptions of the result.
 */
export function raise(cpu: CpuState, raised: number, toMemory = false): boolean {
  if (raised === 0) return true
  const unmasked = raised & ~control(cpu) & 63
  const keeps = (unmasked & (toMemory ? 31 : 7)) !== 0
  const hidden = !keeps ? 0 : (unmasked & 7) !== 0 ? resultExceptions : Exception.PE
  setStatus(cpu, status(cpu) | (raised & ~hidden))
  if (unmasked !== 0) updateSummary(cpu)
  return !keeps
}

const resultExceptions = Exception.OE | Exception.UE | Exception.PE
