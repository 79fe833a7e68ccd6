// SPDX-License-Identifier: MIT
import type { AddressSpace, KernelPath } from '../../../kernel/kernel.ts'

/** Waits until nobody changes the mappings of an mm (mmap_lock). */
export function* settled(mm: AddressSpace): KernelPath<void> {
  const ready = (): boolean => !mm.mappingsChange
  while (!ready()) yield { kind: 'sleep', reason: 'waits for mmap_lock', interruptible: false, ready }
}
