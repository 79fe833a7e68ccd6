// SPDX-License-Identifier: MIT
import type { Event } from '../../src/events/event.ts'
import { event } from './judging.ts'

export const race = `title: removing a probe does not disturb a thread that is stepping
binaries:
  calc:
    asm: |
      worker:
          call add
          ret
      add:
          add  edi, 1
          ret
threads:
  A: { run: calc:worker, args: [10] }
  B: { run: calc:worker, args: [20] }
probes:
  add_in: p calc:add n=%di:s32 m=%si:s32
schedule:
  - run: A
    until: { trap: add_in }
  - run: B
    until: { step: add_in }
  - detach: add_in
  - run: A
  - run: B
expect:
  trace: [detach, trap, hit, step, stepped, exit, fault]
  events:
    - interleave:
        A:
          - trap: add_in
            as: a-trapped
          - exit: A
            value: 11
            after: gone
        B:
          - trap: add_in
          - hit: add_in
            args: { n: 20 }
          - step: add_in
            slot: $slot
            as: b-stepping
          - stepped: add_in
            slot: $slot
            after: gone
          - exit: B
            value: 21
        kernel:
          - detach: add_in
            as: gone
            after: [a-trapped, b-stepping]
  never:
    - hit: add_in
      thread: A
`

const at = { ip: { address: 0x401006n, at: 'calc:add' } }

/** What the scenario expects, in the order of its schedule. */
export const raceEvents: readonly Event[] = [
  event('A', 'trap', 'add_in', at),
  event('B', 'trap', 'add_in', at),
  event('B', 'hit', 'add_in', { ...at, args: { n: 20n, m: 0n } }),
  event('B', 'step', 'add_in', { slot: 0n }),
  event('kernel', 'detach', 'add_in'),
  event('A', 'exit', 'A', { value: 11n, code: 11n }),
  event('B', 'stepped', 'add_in', { slot: 0n }),
  event('B', 'exit', 'B', { value: 21n, code: 21n }),
]
export const lateHit: Event = event('A', 'hit', 'add_in', { ...at, args: { n: 10n, m: 0n } })
