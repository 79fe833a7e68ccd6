// SPDX-License-Identifier: MIT
import type { KernelPath } from '../../../kernel/kernel.ts'
import type { Insert, TextPlace } from './insert.ts'

/**
 * `insert: page-flip` (spec 04 §5, 08 §5): the byte is written into a copy of the page, which then takes the place of the page in one go. A
 * change of one byte is whole for whoever fetches it, so nobody is stopped: a thread that has fetched the old byte executes it once more.
 * It cannot change several bytes that belong together, and a thread may be anywhere in its hit when its probe goes.
 */
export class PageFlip implements Insert {
  change(_place: TextPlace, write: KernelPath<number>): KernelPath<number> {
    return write
  }
}
