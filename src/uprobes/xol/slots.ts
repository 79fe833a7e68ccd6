// SPDX-License-Identifier: MIT
import type { AddressSpace, Kernel, KernelPath } from '../../kernel/kernel.ts'
import type { PhysicalMemory } from '../../machine/machine.ts'
import { needSlotArea, type SlotArea, type SlotOptions } from './slot-area.ts'

/** A slot that one hit of one thread owns. */
export type Slot = { readonly area: SlotArea; readonly number: number; readonly address: number }

/**
 * Takes the lowest free slot and puts the copy into it. With none free it sleeps, and no signal ends that (spec 03 §2). Undefined where
 * there is no area.
 */
export function* takeSlot(
  kernel: Kernel,
  mm: AddressSpace,
  copy: Uint8Array,
  options: SlotOptions,
): KernelPath<Slot | undefined> {
  const area = yield* needSlotArea(kernel, mm, options)
  if (!area) return undefined
  const isFree = (): boolean => area.slots.includes(false)
  while (!isFree()) yield { kind: 'sleep', reason: 'waits for a slot', interruptible: false, ready: isFree }
  const number = area.slots.indexOf(false)
  area.slots[number] = true
  fill(kernel.machine.memory, area, number, copy)
  return { area, number, address: area.start + number * area.slotSize }
}

/** A slot that holds the copy already is left alone, so that its decoded code stays. */
function fill(memory: PhysicalMemory, { frame, slotSize }: SlotArea, number: number, copy: Uint8Array): void {
  const offset = number * slotSize
  const present = memory.bytes(frame)
  if (copy.some((byte, index) => present[offset + index] !== byte)) memory.write(frame, offset, copy)
}

/** Gives a slot back; its bytes stay. */
export function freeSlot({ area, number }: Slot): void {
  area.slots[number] = false
}

/** Slots that hits own now. */
export function slotsInUse(area: SlotArea, hasTrampoline: boolean): number {
  return area.slots.filter(Boolean).length - (hasTrampoline ? 1 : 0)
}
