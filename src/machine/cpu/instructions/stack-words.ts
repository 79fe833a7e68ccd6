// SPDX-License-Identifier: MIT
import { Layout } from '../../layout.ts'
import { Vector } from '../../machine.ts'
import type { Operation } from '../operation.ts'
import type { CpuState } from '../state.ts'
import { finish, finishAt, quickWrite, translateWrite } from '../translation.ts'

const rsp = 8
const rspHigh = 9
const a = Layout.scratchA >>> 2

/** Pushes 8 bytes from a word of `i32`. */
export function pushWord(cpu: CpuState, s: number): Operation {
  const { i32, view } = cpu
  return () => {
    const old = i32[rsp]!
    const low = (old - 8) | 0
    const high = old >>> 0 < 8 ? (i32[rspHigh]! - 1) | 0 : i32[rspHigh]!
    const at = quickWrite(cpu, i32, low, high, 8, 12)
    if (at < 0) return -1
    view.setInt32(at, i32[s]!, true)
    view.setInt32(at + 4, i32[s + 1]!, true)
    i32[rsp] = low
    i32[rspHigh] = high
    return finishAt(cpu, at)
  }
}

/** Pushes 2 bytes from the word of `Layout.scratchA`. */
export function pushShort(cpu: CpuState): Operation {
  const { i32, view } = cpu
  return () => {
    const old = i32[rsp]!
    const low = (old - 2) | 0
    const high = old >>> 0 < 2 ? (i32[rspHigh]! - 1) | 0 : i32[rspHigh]!
    const at = translateWrite(cpu, low, high, 2, Vector.SS)
    if (at < 0) return -1
    view.setInt16(at, i32[a]!, true)
    i32[rsp] = low
    i32[rspHigh] = high
    return finish(cpu)
  }
}

/** Moves rsp, by less than 2^31 bytes up or down. */
export function advance(i32: Int32Array, bytes: number): void {
  const old = i32[rsp]!
  const low = (old + bytes) | 0
  i32[rsp] = low
  if (bytes >= 0) {
    if (low >>> 0 < old >>> 0) i32[rspHigh] = i32[rspHigh]! + 1
  } else if (low >>> 0 > old >>> 0) i32[rspHigh] = i32[rspHigh]! - 1
}
