// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Operand } from '../../decode/instruction.ts'
import type { Family } from '../../instructions/family.ts'
import { type Compiler, locateAligned, locateForRead } from '../../operands.ts'
import { deliver, denormalsAreZero, mxcsrWord } from '../mxcsr.ts'
import { isXmm } from '../packed.ts'
import { roundInteger } from '../round-integer.ts'

/** SSE4.1: rounding to integers that stay floating-point numbers. */
export const rounding: Family = [
  [Mnemonic.Roundss, roundLanes(4, 1)],
  [Mnemonic.Roundsd, roundLanes(8, 1)],
  [Mnemonic.Roundps, roundLanes(4, 4)],
  [Mnemonic.Roundpd, roundLanes(8, 2)],
]

/** Bits of the immediate (Intel SDM 2, ROUNDPD). */
const useMxcsr = 4
const suppressInexact = 8

function roundLanes(bytes: 4 | 8, count: 1 | 2 | 4): Compiler {
  return (cpu, { operands }) => {
    const [target, source, immediate] = operands as [Operand, Operand, Operand]
    if (!isXmm(target) || immediate.kind !== 'immediate') return undefined
    const control = Number(immediate.value & 15n)
    const from = count === 1 ? locateForRead(cpu, source, bytes) : locateAligned(cpu, source, 16, false)
    const t = target.host
    const { i32, u8, view } = cpu
    return () => {
      const s = from()
      if (s < 0) return -1
      const mxcsr = i32[mxcsrWord]!
      const mode = (control & useMxcsr) === 0 ? control & 3 : (mxcsr >>> 13) & 3
      let raised = 0
      for (let at = 0; at < count * bytes; at += bytes) {
        const x = read(view, s + at, bytes)
        if (Number.isNaN(x)) raised |= isQuiet(u8, s + at, bytes) ? 0 : 1
        else if (
          round(x, mode, bytes, mxcsr) !== flushed(x, bytes, mxcsr) &&
          (control & suppressInexact) === 0
        )
          raised |= 0x20
      }
      if (deliver(cpu, raised) < 0) return -1
      for (let at = 0; at < count * bytes; at += bytes) {
        const x = read(view, s + at, bytes)
        if (Number.isNaN(x)) copyQuiet(u8, t + at, s + at, bytes)
        else if (bytes === 4) view.setFloat32(t + at, round(x, mode, bytes, mxcsr), true)
        else view.setFloat64(t + at, round(x, mode, bytes, mxcsr), true)
      }
      return 0
    }
  }
}

function read(view: DataView, at: number, bytes: 4 | 8): number {
  return bytes === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true)
}

function isQuiet(u8: Uint8Array, at: number, bytes: 4 | 8): boolean {
  return (u8[at + bytes - 2]! & quietBit(bytes)) !== 0
}

function copyQuiet(u8: Uint8Array, target: number, source: number, bytes: 4 | 8): void {
  u8.copyWithin(target, source, source + bytes)
  u8[target + bytes - 2] = u8[target + bytes - 2]! | quietBit(bytes)
}

/** In the last byte but one. */
function quietBit(bytes: 4 | 8): number {
  return bytes === 4 ? 0x40 : 8
}

/** A result of zero has the sign of the number. */
function round(x: number, mode: number, bytes: 4 | 8, mxcsr: number): number {
  const result = roundInteger(flushed(x, bytes, mxcsr), mode)
  return result === 0 && (x < 0 || Object.is(x, -0)) ? -0 : result
}

/** Denormals are zero where MXCSR says so; they raise no DE here. */
function flushed(x: number, bytes: 4 | 8, mxcsr: number): number {
  if ((mxcsr & denormalsAreZero) === 0) return x
  return Math.abs(x) < (bytes === 8 ? 2 ** -1022 : 2 ** -126) ? 0 : x
}
