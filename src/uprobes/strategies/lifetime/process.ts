// SPDX-License-Identifier: MIT
import type { Lifetime } from '../../registry/lifetime.ts'
import { BoundPlaces } from './bound-places.ts'

/**
 * Profile choice `lifetime: process`: a probe is an address of a process until exec or exit. Needs no hook in the memory management, and is
 * wrong as soon as the text goes before the process: the registration is stale, a breakpoint of other code at its address is taken for
 * the probe's, one that mremap has moved belongs to nobody, and removal fails with -EINVAL (spec 08 §1, §2).
 */
export class ProcessLifetime extends BoundPlaces implements Lifetime {
  leaving(): void {}
}
