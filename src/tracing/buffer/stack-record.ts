// SPDX-License-Identifier: MIT
import { buildHeader } from '../record/build-record.ts'
import { type Arrival, kernelFrames } from './kernel-frames.ts'

/** TRACE_STACK: the number of the kernel's own event for stack traces. */
export const stackId = 4
const callersAt = 16
const arrivals = Object.keys(kernelFrames) as readonly Arrival[]

/**
 * The record that the trigger `stacktrace` writes: common fields, the number of callers, and their addresses, which are here the
 * arrival and the place in its list of frames.
 */
export function stackRecord(taskId: number, arrival: Arrival): Uint8Array {
  const frames = kernelFrames[arrival]
  const record = new Uint8Array(callersAt + 8 * frames.length)
  const view = new DataView(record.buffer)
  buildHeader(record, stackId, taskId)
  view.setInt32(8, frames.length, true)
  frames.forEach((_, index) => {
    view.setUint32(callersAt + 8 * index, index, true)
    view.setUint32(callersAt + 8 * index + 4, arrivals.indexOf(arrival), true)
  })
  return record
}

/** The functions of a stack record, the innermost first. */
export function stackFrames(record: Uint8Array): readonly string[] {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength)
  return kernelFrames[arrivals[view.getUint32(callersAt + 4, true)]!]
}
