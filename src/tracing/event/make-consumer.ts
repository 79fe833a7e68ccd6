// SPDX-License-Identifier: MIT
import type { Kernel, KernelPath } from '../../kernel/kernel.ts'
import { Register } from '../../machine/machine.ts'
import type { Consumer, HandlerVerdict, HitContext } from '../../uprobes/uprobes.ts'
import { recordHit, type TraceBuffer } from './record-hit.ts'
import type { Place, TraceEvent } from './trace-event.ts'

const SIGKILL = 9
const SI_KERNEL = 0x80

type ConsumerOf = {
  readonly event: TraceEvent
  readonly place: Place
  /** Name for events of the probe. */
  readonly probe: string
  readonly consumer?: number
}

/**
 * The consumer that counts and records. A return event is a session: its entry handler counts, its return handler records
 * (spec 05 §4.1, 07 §9).
 */
export function makeConsumer(
  kernel: Pick<Kernel, 'log' | 'forceSignal'>,
  trace: TraceBuffer,
  { event, place, probe, ...index }: ConsumerOf,
): Consumer {
  function count({ task }: HitContext): boolean {
    if (place.freed) oops(kernel, task)
    else place.hits++
    return !place.freed
  }

  function* record(context: HitContext, returning: boolean): KernelPath<void> {
    // Disabling takes the event out of the trace before its breakpoints go.
    if (!event.registered) return
    const ip = context.registers[Register.rip]!
    const addresses = returning ? { ip: context.returnAddress ?? ip, func: context.address } : { ip }
    yield* recordHit(trace, { event, place, context, addresses, ...index })
  }

  if (event.definition.kind === 'return') {
    return {
      probe,
      *handler(context): KernelPath<HandlerVerdict> {
        count(context)
        return 0
      },
      *returnHandler(context) {
        if (!place.freed) yield* record(context, true)
      },
    }
  }
  return {
    probe,
    *handler(context): KernelPath<HandlerVerdict> {
      if (count(context)) yield* record(context, false)
      return 0
    },
  }
}

/** The consumer's memory is gone: what it holds is undefined, and the task that runs into it does not survive (bug B3). */
function oops(kernel: Pick<Kernel, 'log' | 'forceSignal'>, task: HitContext['task']): void {
  kernel.log('BUG: unable to handle page fault for address: ffffffffffffffe8')
  kernel.forceSignal(task, { signal: SIGKILL, code: SI_KERNEL })
}
