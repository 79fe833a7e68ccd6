// SPDX-License-Identifier: MIT
import type { AddressSpace, Kernel, KernelPath } from '../../kernel/kernel.ts'
import { makeNeededArea, type Slot, type SlotArea, type SlotOptions, slotAreaOf } from './slot-area.ts'

/** Takes the lowest free slot and puts the copy into it (spec 03 §2). Undefined where there is no area yet, or none is free. */
export function takeFreeSlot(kernel: Kernel, mm: AddressSpace, copy: Uint8Array): Slot | undefined {
  const area = slotAreaOf(mm)
  const slot = area?.slots.find(isFree)
  if (!area || !slot) return undefined
  slot.taken = true
  fillSlot(kernel, area, slot, copy)
  return slot
}

export function fillSlot(kernel: Kernel, area: SlotArea, slot: Slot, copy: Uint8Array): void {
  kernel.machine.memory.write(area.frame, slot.offset, copy)
}

/**
 * The same where the area has to be made first, or a slot has to become free: no signal ends that sleep. Undefined where there is no area.
 */
export function* waitForSlot(
  kernel: Kernel,
  mm: AddressSpace,
  copy: Uint8Array,
  options: SlotOptions,
): KernelPath<Slot | undefined> {
  const area = slotAreaOf(mm) ?? (yield* makeNeededArea(kernel, mm, options))
  if (!area) return undefined
  const ready = (): boolean => area.slots.some(isFree)
  while (!ready() && !kernel.atomic)
    yield { kind: 'sleep', reason: 'waits for a slot', interruptible: false, ready }
  return takeFreeSlot(kernel, mm, copy)
}

/** Gives a slot back; its bytes stay. */
export function freeSlot(slot: Slot): void {
  slot.taken = false
}

/** Slots that hits own now. */
export function slotsInUse(area: SlotArea, hasTrampoline: boolean): number {
  return area.slots.filter(({ taken }) => taken).length - (hasTrampoline ? 1 : 0)
}

function isFree({ taken }: Slot): boolean {
  return !taken
}
