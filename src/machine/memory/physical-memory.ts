// SPDX-License-Identifier: MIT
import { Layout } from '../layout.ts'
import { type Frame, type PhysicalMemory, pageShift, pageSize } from '../machine.ts'
import type { MachineMemory } from './machine-memory.ts'

const firstFrame = Layout.frames >>> pageShift

/**
 * Frames with reference counts. A frame's number is its place in the machine's memory, so its host address is the number
 * times 4096. Frames are handed out in the same order in every boot: the last one freed first, then the lowest fresh one.
 * `changed` is told of bytes that are about to be replaced, so that code decoded from them is dropped.
 */
export function createPhysicalMemory(
  memory: MachineMemory,
  limit: number,
  changed: (frame: Frame, offset: number, length: number) => void,
): PhysicalMemory {
  const { u8, view } = memory
  const references: number[] = []
  const free: Frame[] = []
  let fresh = firstFrame
  let used = 0

  const count = (frame: Frame): number => {
    const value = references[frame - firstFrame]
    if (!value) throw new RangeError(`frame ${frame} is not in use`)
    return value
  }

  return {
    get used() {
      return used
    },
    allocate() {
      const frame = free.pop() ?? (fresh < firstFrame + limit ? fresh++ : undefined)
      if (frame === undefined) return undefined
      if (frame < memory.pristine) u8.fill(0, frame * pageSize, (frame + 1) * pageSize)
      else memory.pristine = frame + 1
      references[frame - firstFrame] = 1
      used++
      return frame
    },
    retain(frame) {
      references[frame - firstFrame] = count(frame) + 1
    },
    release(frame) {
      const left = count(frame) - 1
      references[frame - firstFrame] = left
      if (left > 0) return
      changed(frame, 0, pageSize)
      free.push(frame)
      used--
    },
    references: frame => references[frame - firstFrame] ?? 0,
    bytes: frame => u8.subarray(frame * pageSize, (frame + 1) * pageSize),
    write(frame, offset, bytes) {
      if (offset < 0 || offset + bytes.length > pageSize) throw new RangeError('a write leaves its frame')
      const start = frame * pageSize + offset
      // Writing what is there already, as a kernel does with breakpoints and slots, must not cost decoded code.
      if (holds(u8, start, bytes)) return
      changed(frame, offset, bytes.length)
      u8.set(bytes, start)
    },
    word: (frame, offset) => view.getBigUint64(frame * pageSize + offset, true),
    setWord(frame, offset, value) {
      if (offset < 0 || offset > pageSize - 8) throw new RangeError('a write leaves its frame')
      const at = frame * pageSize + offset
      if (view.getBigUint64(at, true) === value) return
      changed(frame, offset, 8)
      view.setBigUint64(at, value, true)
    },
  }
}

function holds(memory: Uint8Array, start: number, bytes: Uint8Array): boolean {
  for (let n = 0; n < bytes.length; n++) if (memory[start + n] !== bytes[n]) return false
  return true
}
