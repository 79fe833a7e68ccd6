// SPDX-License-Identifier: MIT
import type { Vma } from '../../../kernel/kernel.ts'
import type { Lifetime } from '../../registry/lifetime.ts'
import { BoundPlaces } from './bound-places.ts'

/**
 * Profile choice `lifetime: vma`: a probe ends with the mapping that it is in. Needs hooks in munmap and mremap, and no list of processes;
 * what is mapped at the same place later is not probed, and removing the probe then is nothing to be done: 0 without a word (spec 08 §7).
 */
export class VmaLifetime extends BoundPlaces implements Lifetime {
  /** Pages that move must not take breakpoints along that nobody would know. */
  leaving(vma: Vma, start: number, end: number, why: 'unmap' | 'move'): void {
    this.unbind(vma, start, end, why === 'move')
  }
}
