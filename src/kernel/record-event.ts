// SPDX-License-Identifier: MIT
import type { Event } from '../events/event.ts'
import type { Kernel, KernelPath, KernelPoint } from './kernel.ts'

/** Records an event. A path that stops there, where somebody may want to go on with another task. */
export function recordEvent(
  kernel: Pick<Kernel, 'event' | 'stopsAtEvents'>,
  event: Event,
): KernelPath | undefined {
  const point = kernel.event(event)
  return kernel.stopsAtEvents ? stopAt(point) : undefined
}

function* stopAt(point: KernelPoint): KernelPath {
  yield point
}
