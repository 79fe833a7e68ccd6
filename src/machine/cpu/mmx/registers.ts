// SPDX-License-Identifier: MIT
import { Extended, Layout } from '../../layout.ts'
import type { Operand, OtherOperand } from '../decode/instruction.ts'
import { type Locate, locateForRead } from '../operands.ts'
import type { CpuState } from '../state.ts'
import { setTop, tagAddress } from '../x87/status.ts'

/**
 * MMX registers are the significands of the x87 ones, by physical number (Intel SDM 1 §9.2.2). Every instruction on them but
 * emms begins with `checkPending` and, once nothing can fault, calls `enterMmx`; one that writes a register ends with `writeMmx`.
 */
export function mmxHost(number: number): number {
  return Layout.extended + Extended.x87 + 16 * number
}

export function isMmx(operand: Operand | undefined): operand is OtherOperand & { kind: 'mm' } {
  return operand?.kind === 'mm'
}

/** Like `locateForRead`, for operands that may be MMX registers too. */
export function locateMmx(cpu: CpuState, operand: Operand, bytes: number): Locate {
  if (!isMmx(operand)) return locateForRead(cpu, operand, bytes)
  const host = mmxHost(operand.number)
  return () => host
}

/** The stack begins at register 0 and is full (Intel SDM 3A §13.1.1). */
export function enterMmx(cpu: CpuState): void {
  setTop(cpu, 0)
  cpu.u8[tagAddress] = 0xff
}

/** A register that has been written has sign and exponent all ones: as a floating-point number it is a NaN. */
export function writeMmx(cpu: CpuState, host: number, low: number, high: number): void {
  const { i32, view } = cpu
  enterMmx(cpu)
  i32[host >>> 2] = low
  i32[(host >>> 2) + 1] = high
  view.setUint16(host + 8, 0xffff, true)
}
