// SPDX-License-Identifier: MIT
import type { Kernel, KernelPath } from '../../../kernel/kernel.ts'
import { stopThreads } from '../stop-threads.ts'
import type { Insert, TextPlace } from './insert.ts'

/**
 * `insert: quiesce` (spec 08 §1, 09 §5): all threads of the process are stopped, the byte is written where it is, and they go on. No thread can be
 * between bytes, or in the middle of a hit. It needs to know every thread, those that are made meanwhile too, and to wait for each: one that
 * sleeps in the kernel delays the probe, without bound where no signal wakes it; where one would, the system call is interrupted,
 * which the program may see; and all the others stand still until the last one has come. What a hit or a hook of the memory management
 * changes by itself is written at once: they cannot wait for the thread that they run in.
 */
export class Quiesce implements Insert {
  readonly #kernel: Kernel

  constructor(kernel: Kernel) {
    this.#kernel = kernel
  }

  *change({ mm, probe, changes }: TextPlace, write: KernelPath<number>): KernelPath<number> {
    const kernel = this.#kernel
    if (mm.users.size === 0 || !changes()) return yield* write
    const stop = yield* stopThreads(kernel, mm, { probe, urgent: true })
    const result = yield* write
    yield* stop.release()
    return result
  }
}
