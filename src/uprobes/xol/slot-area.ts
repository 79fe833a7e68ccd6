// SPDX-License-Identifier: MIT
import { type AddressSpace, Errno, type Kernel, type KernelPath } from '../../kernel/kernel.ts'
import type { Frame } from '../../machine/machine.ts'
import { type AreaPlace, areaPlaces } from './area-places.ts'

/** The page of an mm in which copies of probed instructions are executed (spec 03). */
export type SlotArea = {
  readonly start: number
  /** `start`, as return addresses have it. */
  readonly trampoline: bigint
  readonly frame: Frame
  readonly slots: readonly Slot[]
}

/** A slot, and whether a hit owns it. The return trampoline owns slot 0 for ever. */
export type Slot = {
  readonly number: number
  readonly address: bigint
  /** In the page. */
  readonly offset: number
  taken: boolean
}

export type SlotOptions = {
  readonly slots: number
  readonly 'slot-size': number
  /** Code that lies in slot 0 for ever; none: slot 0 is like the others. */
  readonly trampoline: Uint8Array | undefined
  readonly place: keyof typeof areaPlaces
}

const key = Symbol('slot area')

/** The area of an mm, where it has one. It stays after a munmap by the program: the kernel does not notice (spec 03 §5). */
export function slotAreaOf(mm: AddressSpace): SlotArea | undefined {
  return mm.plugins.get(key) as SlotArea | undefined
}

/** Makes the area of an mm that needs it and has none; undefined where it cannot be made. */
export function* makeNeededArea(
  kernel: Kernel,
  mm: AddressSpace,
  options: SlotOptions,
): KernelPath<SlotArea | undefined> {
  const start = areaPlaces[options.place].find(mm)
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
  const slots = makeSlots(start, options)
  if (trampoline) memory.write(frame, 0, trampoline)

  // Published before the mapping's own events: another thread that runs at one of them must not make a second area.
  mm.plugins.set(key, { start, trampoline: BigInt(start), frame, slots } satisfies SlotArea)
  const { map }: AreaPlace = areaPlaces[options.place]
  const failure = map ? yield* map(mm, start, frame) : 0
  if (failure < 0) forgetSlotArea(kernel, mm)
  return failure
}

function makeSlots(start: number, options: SlotOptions): Slot[] {
  const size = options['slot-size']
  return Array.from({ length: options.slots }, (_, number) => ({
    number,
    address: BigInt(start) + BigInt(number * size),
    offset: number * size,
    taken: number === 0 && options.trampoline !== undefined,
  }))
}

/** Gives the area's page back: at the end of the mm. */
export function forgetSlotArea(kernel: Kernel, mm: AddressSpace): void {
  const area = slotAreaOf(mm)
  if (!area) return
  mm.plugins.delete(key)
  kernel.machine.memory.release(area.frame)
}
