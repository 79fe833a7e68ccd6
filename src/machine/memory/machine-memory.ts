// SPDX-License-Identifier: MIT

import type { CpuState } from '../cpu/state.ts'
import { Layout } from '../layout.ts'
import { pageSize } from '../machine.ts'

/** The part of the global that is used here; the types of Node do not have it. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer }
}

/**
 * The one memory of a worker, reserved at its full size and kept from boot to boot: growing it would detach every view.
 * The operating system provides its pages when they are first touched.
 */
export type MachineMemory = {
  readonly buffer: ArrayBuffer
  readonly u8: Uint8Array
  readonly i16: Int16Array
  readonly i32: Int32Array
  readonly u64: BigUint64Array
  readonly f32: Float32Array
  readonly f64: Float64Array
  readonly view: DataView
  /** Guest frames that fit. */
  readonly frames: number
  /** Frames from this one on have never been used, so they are zero. */
  pristine: number
  /** Of the machine that was created last: the next one of the same model takes its decoded code over. */
  state: CpuState | undefined
}

/**
 * Reserves memory for machines with up to `bytes` of physical memory (a multiple of 64 KiB, at most 2 GiB − 1 MiB). Only
 * the machine that was created last may be used.
 */
export function reserveMemory(bytes: number): MachineMemory {
  if (bytes <= 0 || bytes % 0x1_0000 !== 0 || bytes > 0x8000_0000 - Layout.frames)
    throw new RangeError(`${bytes} bytes of machine memory`)
  const pages = (bytes + Layout.frames) / 0x1_0000
  const { buffer } = new WebAssembly.Memory({ initial: pages, maximum: pages })
  return {
    buffer,
    u8: new Uint8Array(buffer),
    i16: new Int16Array(buffer),
    i32: new Int32Array(buffer),
    u64: new BigUint64Array(buffer),
    f32: new Float32Array(buffer),
    f64: new Float64Array(buffer),
    view: new DataView(buffer),
    frames: bytes / pageSize,
    pristine: Layout.frames / pageSize,
    state: undefined,
  }
}
