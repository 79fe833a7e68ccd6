// SPDX-License-Identifier: MIT
import type { AddressSpace, Kernel, KernelPath, KernelPoint, Task } from '../../kernel/kernel.ts'

/** Threads that stand still until they are released. */
export type Stop = {
  release(): KernelPath<void>
  /** The same where a path cannot yield: the event is no point at which somebody else may run. */
  releaseAtOnce(): void
}

export type StopOptions = {
  /** Name of the probe on whose account it is. */
  readonly probe: string
  /** The thread that goes on: the one that is in the middle of a hit. */
  readonly except?: Task
  /** Nothing else is to be done before they have stopped. */
  readonly urgent?: boolean
}

/**
 * Stops the threads of an mm, and waits until they have stopped; before that, until those go on that somebody else has stopped. The events
 * `quiesce` and `resumed` say how many, and for how long.
 */
export function* stopThreads(
  kernel: Kernel,
  mm: AddressSpace,
  { probe, except, urgent = false }: StopOptions,
): KernelPath<Stop> {
  const waiting = (reason: string, ready: () => boolean): KernelPoint => ({
    kind: 'sleep',
    reason,
    interruptible: false,
    urgent,
    // Who waits for its turn to stop the others stands still for whoever has it.
    stopped: true,
    ready,
  })
  const free = (): boolean => !kernel.isStopping(mm)
  while (!free()) yield waiting('waits until other threads go on', free)
  const stop = kernel.stopThreads(mm, 'stopped for a probe', except)
  const { now, totalSteps } = kernel
  const thread = kernel.currentName()
  if (kernel.records('quiesce'))
    yield kernel.event({ kind: 'quiesce', thread, fields: { probe, threads: BigInt(stop.count) } })
  const complete = (): boolean => stop.complete
  if (!complete()) yield waiting('waits for threads to stop', complete)
  const resumed = () => {
    const steps = BigInt(kernel.totalSteps - totalSteps)
    return { kind: 'resumed', thread, fields: { probe, steps, time: kernel.now - now } } as const
  }
  return {
    *release() {
      stop.release()
      if (kernel.records('resumed')) yield kernel.event(resumed())
    },
    releaseAtOnce() {
      stop.release()
      kernel.record(resumed())
    },
  }
}
