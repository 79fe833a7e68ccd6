// SPDX-License-Identifier: MIT
import { Extended, Layout } from '../../layout.ts'
import { extended, normalized } from '../soft-float/format.ts'
import {
  finite,
  indefinite,
  infinity,
  Kind,
  nan,
  unsupported,
  type Value,
  zero,
} from '../soft-float/value.ts'
import type { CpuState } from '../state.ts'
import { raise, Status, setC1, setTop, tagAddress, top } from './status.ts'

const base = Layout.extended + Extended.x87
const specialExponent = 0x7fff
const integerBit = 1n << 63n
const bias = extended.maxExponent + 63

/** Host address of ST(i). */
export function hostOf(cpu: CpuState, index: number): number {
  return base + ((top(cpu) + index) & 7) * 16
}

export function isEmpty(cpu: CpuState, index: number): boolean {
  return (cpu.u8[tagAddress]! & (1 << ((top(cpu) + index) & 7))) === 0
}

export function setFull(cpu: CpuState, index: number): void {
  cpu.u8[tagAddress] = cpu.u8[tagAddress]! | (1 << ((top(cpu) + index) & 7))
}

export function setEmpty(cpu: CpuState, index: number): void {
  cpu.u8[tagAddress] = cpu.u8[tagAddress]! & ~(1 << ((top(cpu) + index) & 7))
}

export function pop(cpu: CpuState): void {
  setEmpty(cpu, 0)
  setTop(cpu, top(cpu) + 1)
}

/** Takes the 80 bits at a host address apart. */
export function readExtended({ view }: CpuState, at: number): Value {
  const significand = view.getBigUint64(at, true)
  const word = view.getUint16(at + 8, true)
  const sign = word >>> 15 === 0 ? 0 : 1
  const exponent = word & specialExponent
  if (exponent === 0) return significand === 0n ? zero(sign) : finite(sign, significand, 1 - bias, true)
  if (significand < integerBit) return unsupported
  if (exponent !== specialExponent) return finite(sign, significand, exponent - bias)
  return significand === integerBit ? infinity(sign) : nan(sign, significand)
}

/** Writes a value that has at most 64 bits. */
export function writeExtended({ view }: CpuState, at: number, value: Value): void {
  const sign = value.sign << 15
  switch (value.kind) {
    case Kind.zero:
      write(view, at, 0n, sign)
      break
    case Kind.infinity:
      write(view, at, integerBit, sign | specialExponent)
      break
    case Kind.finite: {
      const { significand, exponent } = normalized(value, 64, extended.minExponent)
      write(view, at, significand, sign | (significand < integerBit ? 0 : exponent + bias))
      break
    }
    default:
      write(view, at, value.significand, sign | specialExponent)
  }
}

function write(view: DataView, at: number, significand: bigint, word: number): void {
  view.setBigUint64(at, significand, true)
  view.setUint16(at + 8, word, true)
}

/** The value of ST(i), which is not empty. */
export function readRegister(cpu: CpuState, index: number): Value {
  return readExtended(cpu, hostOf(cpu, index))
}

export function writeRegister(cpu: CpuState, index: number, value: Value): void {
  writeExtended(cpu, hostOf(cpu, index), value)
  setFull(cpu, index)
}

/**
 * Makes room for a push: moves the top, unless that register is in use. Then it is a stack overflow: the masked answer has
 * pushed the indefinite number, and false is returned in any case.
 */
export function openRegister(cpu: CpuState): boolean {
  if (isEmpty(cpu, 7)) {
    setTop(cpu, top(cpu) + 7)
    return true
  }
  setC1(cpu, true)
  if (raise(cpu, 1 | Status.stackFault)) {
    setTop(cpu, top(cpu) + 7)
    writeRegister(cpu, 0, indefinite)
  }
  return false
}

/** Raises a stack underflow when one of the registers is empty; true: the masked answer (an indefinite number) is due. */
export function underflow(cpu: CpuState): boolean {
  setC1(cpu, false)
  return raise(cpu, 1 | Status.stackFault)
}
