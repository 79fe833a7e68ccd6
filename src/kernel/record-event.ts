// SPDX-License-Identifier: MIT
import type { Event } from '../events/event.ts'
import type { Kernel, KernelPath } from './kernel.ts'

/** Records an event, as a path that stops there; for paths that are put together. */
export function* recordEvent(kernel: Pick<Kernel, 'event'>, event: Event): KernelPath {
  yield kernel.event(event)
}
