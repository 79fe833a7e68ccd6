// SPDX-License-Identifier: MIT
import type { KernelProfile } from '../uprobes/profile.ts'

/**
 * What built-in invariants look at, answered by the engine where no kernel write is half done. A list holds only what exists at that
 * point: no step under way, no entry.
 */
export interface InvariantView {
  /** Bytes of executable file mappings that differ from the file, but for those that the program or a `write` turn put there. */
  textDifferences(): Iterable<{
    readonly process: string
    readonly place: string
    readonly byte: number
    /** Whether the byte is part of what a live probe installs there: a breakpoint, or the call of an optimised probe. */
    readonly live: boolean
  }>
  /** Slots in use and the threads that hold them. */
  slots(): Iterable<{ readonly process: string; readonly slot: number; readonly owners: readonly string[] }>
  /** Threads that are being stepped out of line. `bounds` are those of the slot; absent where the thread holds none. */
  stepping(): Iterable<{
    readonly thread: string
    readonly ip: bigint
    readonly bounds?: { readonly start: bigint; readonly end: bigint }
  }>
  /** Threads with TF set in their registers that neither they nor a debugger set themselves. */
  trapFlags(): Iterable<{ readonly thread: string; readonly stepping: boolean }>
  /** Stack addresses of the return addresses that are replaced, the oldest first. */
  pendingReturns(): Iterable<{ readonly thread: string; readonly stack: readonly bigint[] }>
  /** Hits whose handlers have all run since the last check: consumers that ran, and those registered before the hit that want this process. */
  hits(): Iterable<{
    readonly thread: string
    readonly probe: string
    readonly registered: readonly string[]
    readonly ran: readonly string[]
  }>
  /** References and pages that were taken and given back; undefined before the end of the run. */
  balances(): Iterable<{ readonly what: string; readonly taken: number; readonly given: number }> | undefined
}

export type Invariant = {
  readonly doc: string
  /** The choices under which it holds. */
  readonly holds: (profile: KernelProfile) => boolean
  /** Known bugs of the modelled kernel (spec 10) that break it; a scenario that shows one excepts the invariant by name. */
  readonly bugs: readonly string[]
  /** What is broken, in one sentence without a dot; undefined while all is well. */
  readonly check: (view: InvariantView) => string | undefined
}

const always = (): boolean => true
const inSlots = ({ execute }: KernelProfile): boolean => execute !== 'inline' && execute !== 'emulate'

/** The built-in invariants (scenario format §6.4). Names are stable: scenarios except them by name. */
export const invariants = {
  'text-is-original-or-probed': {
    doc: 'every byte of a program’s text is the file’s own, or belongs to the breakpoint of a live probe',
    holds: always,
    bugs: ['B3', 'B7', 'B19'],
    check: view =>
      first(view.textDifferences(), ({ process, place, byte, live }) =>
        live
          ? undefined
          : `the byte at ${place} in ${process} is 0x${hexByte(byte)}, which no live probe accounts for`,
      ),
  },
  'slot-has-one-owner': {
    doc: 'no two threads hold one slot',
    holds: inSlots,
    bugs: [],
    check: view =>
      first(view.slots(), ({ process, slot, owners }) =>
        owners.length > 1 ? `slot ${slot} of ${process} is held by ${owners.join(' and ')}` : undefined,
      ),
  },
  'step-stays-in-slot': {
    doc: 'the ip of a thread that is being stepped lies in its own slot',
    // Where the trap behind the step is a signal, a thread that has left its slot is not known to have.
    holds: profile => inSlots(profile) && profile.trap === 'die-notifier',
    bugs: ['B1', 'B13'],
    check: view =>
      first(view.stepping(), ({ thread, ip, bounds }) => {
        if (!bounds) return `${thread} is being stepped and holds no slot`
        const inside = ip >= bounds.start && ip < bounds.end
        return inside ? undefined : `${thread} is being stepped at 0x${ip.toString(16)}, outside its slot`
      }),
  },
  'trap-flag-only-while-stepping': {
    doc: 'TF is clear in every thread that is not being stepped',
    holds: always,
    bugs: ['B1', 'B11'],
    check: view =>
      first(view.trapFlags(), ({ thread, stepping }) =>
        stepping ? undefined : `TF is set in ${thread}, which is not being stepped`,
      ),
  },
  'returns-leave-in-stack-order': {
    doc: 'return addresses that wait in a thread lie in stack order: the newest at the lowest address',
    holds: always,
    bugs: ['B25'],
    check: view =>
      first(view.pendingReturns(), ({ thread, stack }) => {
        const at = stack.findIndex((address, index) => index > 0 && address > stack[index - 1]!)
        return at < 0 ? undefined : `return ${at + 1} of ${thread} waits above the older return ${at}`
      }),
  },
  'hit-runs-every-consumer': {
    doc: 'every hit runs each consumer that was registered before it, once',
    holds: always,
    bugs: ['B3', 'B7'],
    check: view =>
      first(view.hits(), ({ thread, probe, registered, ran }) => {
        const missing = registered.find(consumer => !ran.includes(consumer))
        if (missing !== undefined) return `a hit of ${probe} in ${thread} did not run consumer ${missing}`
        const twice = ran.find((consumer, index) => ran.indexOf(consumer) !== index)
        return twice === undefined ? undefined : `a hit of ${probe} in ${thread} ran consumer ${twice} twice`
      }),
  },
  'counts-balance-at-the-end': {
    doc: 'at the end every reference, page and slot that was taken has been given back',
    holds: always,
    bugs: ['B3', 'B7', 'B20'],
    check: view =>
      first(view.balances() ?? [], ({ what, taken, given }) =>
        taken === given ? undefined : `${what}: taken ${taken}, given back ${given}`,
      ),
  },
} as const satisfies Record<string, Invariant>

export type InvariantName = keyof typeof invariants

/** The first complaint of a list. */
function first<T>(items: Iterable<T>, complaint: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = complaint(item)
    if (found !== undefined) return found
  }
  return undefined
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}
