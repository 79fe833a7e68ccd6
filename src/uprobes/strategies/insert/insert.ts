// SPDX-License-Identifier: MIT
import type { AddressSpace, KernelPath } from '../../../kernel/kernel.ts'

/** A byte of an mm's text that is to change. */
export type TextPlace = {
  readonly mm: AddressSpace
  /** Name of the probe. */
  readonly probe: string
  /** Whether anything is going to be written there. */
  readonly changes: () => boolean
}

/** What is done around the write of a breakpoint, or of the byte that it stood for (profile choice `insert`). */
export interface Insert {
  /** Does `write`, and answers what it answers. It looks at the mapping itself: before it much may have happened. */
  change(place: TextPlace, write: KernelPath<number>): KernelPath<number>
}
