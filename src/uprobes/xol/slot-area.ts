// SPDX-License-Identifier: MIT
import { type AddressSpace, Errno, type Kernel, type KernelPath } from '../../kernel/kernel.ts'
import { type Frame, pageSize, userEnd } from '../../machine/machine.ts'

/** The page of an mm in which copies of probed instructions are executed (spec 03). */
export type SlotArea = {
  readonly start: number
  readonly frame: Frame
  /** True: taken. */
  readonly slots: boolean[]
  readonly slotSize: number
}

export type SlotOptions = {
  readonly slots: number
  readonly 'slot-size': number
  /** Code that lies in slot 0 for ever; none: slot 0 is like the others. */
  readonly trampoline: Uint8Array | undefined
}

const key = Symbol('slot area')

/** The area of an mm, where it has one. It stays after a munmap by the program: the kernel does not notice (spec 03 §5). */
export function slotAreaOf(mm: AddressSpace): SlotArea | undefined {
  return mm.plugins.get(key) as SlotArea | undefined
}

/** The mm's area, made on first need; undefined where it cannot be made. */
export function* needSlotArea(
  kernel: Kernel,
  mm: AddressSpace,
  options: SlotOptions,
): KernelPath<SlotArea | undefined> {
  const area = slotAreaOf(mm)
  if (area) return area
  const start = mm.unmappedArea(userEnd - pageSize, pageSize)
  if (start !== undefined) yield* makeSlotArea(kernel, mm, start, options)
  return slotAreaOf(mm)
}

/** Makes the area at a given address, as fork needs it (spec 06 §7). 0 or a negative errno; -EEXIST where there is one, or something else lies there. */
export function* makeSlotArea(
  kernel: Kernel,
  mm: AddressSpace,
  start: number,
  options: SlotOptions,
): KernelPath<number> {
  const { memory } = kernel.machine
  if (slotAreaOf(mm)) return -Errno.EEXIST
  const frame = memory.allocate()
  if (frame === undefined) return -Errno.ENOMEM
  const { trampoline } = options
  const slots = Array.from({ length: options.slots }, (_, slot) => slot === 0 && trampoline !== undefined)
  if (trampoline) memory.write(frame, 0, trampoline)

  // Published before the mapping's own events: another thread that runs at one of them must not make a second area.
  mm.plugins.set(key, { start, frame, slots, slotSize: options['slot-size'] } satisfies SlotArea)
  const failure = yield* mm.mapSpecial({
    start,
    frames: [frame],
    name: '[uprobes]',
    flags: { execute: true, mayExecute: true, dontCopy: true, io: true, special: true },
  })
  if (failure < 0) forgetSlotArea(kernel, mm)
  return failure
}

/** Gives the area's page back: at the end of the mm. */
export function forgetSlotArea(kernel: Kernel, mm: AddressSpace): void {
  const area = slotAreaOf(mm)
  if (!area) return
  mm.plugins.delete(key)
  kernel.machine.memory.release(area.frame)
}
