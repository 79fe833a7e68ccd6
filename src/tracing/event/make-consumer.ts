// SPDX-License-Identifier: MIT
import type { Kernel, KernelPath } from '../../kernel/kernel.ts'
import { Register } from '../../machine/machine.ts'
import type { Consumer, HandlerVerdict, HitContext } from '../../uprobes/uprobes.ts'
import { recordHit, type TraceBuffer } from './record-hit.ts'
import type { Place, TraceEvent } from './trace-event.ts'

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
  kernel: Pick<Kernel, 'log' | 'crash'>,
  trace: TraceBuffer,
  { event, place, probe, ...index }: ConsumerOf,
): Consumer {
  function record(context: HitContext, returning: boolean): KernelPath<void> | undefined {
    // Disabling takes the event out of the trace before its breakpoints go.
    if (!event.registered) return undefined
    const ip = context.registers[Register.rip]!
    const addresses = returning ? { ip: context.returnAddress ?? ip, func: context.address } : { ip }
    return recordHit(trace, { event, place, probe, context, addresses, ...index })
  }

  if (event.definition.kind === 'return') {
    return {
      probe,
      handler(context) {
        if (place.freed) return normalAfter(oops(kernel, trace, probe, context))
        place.hits++
        return 0
      },
      returnHandler(context) {
        return place.freed ? oops(kernel, trace, probe, context) : record(context, true)
      },
    }
  }
  return {
    probe,
    handler(context) {
      if (place.freed) return normalAfter(oops(kernel, trace, probe, context))
      place.hits++
      const path = record(context, false)
      return path ? normalAfter(path) : 0
    },
  }
}

function* normalAfter(path: KernelPath<void>): KernelPath<HandlerVerdict> {
  yield* path
  return 0
}

/** The consumer's memory is gone: what it holds is undefined, and nothing goes on behind running into it (bug B3). */
function* oops(
  kernel: Pick<Kernel, 'log' | 'crash'>,
  { tell }: TraceBuffer,
  probe: string,
  { task, registers }: HitContext,
): KernelPath<void> {
  const note = 'a hit has called a consumer whose memory is freed'
  tell('B3', { task, probe, ip: registers[Register.rip]!, note })
  kernel.log('BUG: unable to handle page fault for address: ffffffffffffffe8')
  const advice = 'disable an event before one of its places is deleted'
  yield kernel.crash(
    'B3',
    `a hit of ${probe} by ${task.name} has called a consumer whose memory is freed; ${advice}`,
  )
}
