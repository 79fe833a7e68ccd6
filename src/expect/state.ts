// SPDX-License-Identifier: MIT
import type { Value } from '../events/value.ts'

/**
 * A question about the machine, answered by the engine at one point; the expectation floor compares the answer with patterns.
 * Every function returns undefined when the thing does not exist; the caller says so at the author's text.
 */
export interface MachineState {
  /** Result of a thread, where it has ended. */
  exit(thread: string): Value | undefined
  ip(thread: string): Value | undefined
  register(thread: string, name: string): bigint | undefined
  /** Memory at a place (`calc:counter`, `stack:A+8`, number), in every process that maps it: one answer a process. */
  memory(place: string, length: number): readonly { readonly process: string; readonly bytes: Uint8Array }[]
  /** Whether the byte at a place is the file's own or a breakpoint; `other` when it is neither. */
  text(
    place: string,
  ): readonly { readonly process: string; readonly state: 'original' | 'breakpoint' | 'other' }[]
  page(place: string): readonly { readonly process: string; readonly state: 'private' | 'file' | 'absent' }[]
  /** `executions` and `missed` are counted only where a check of the plan asks for one of them. */
  probe(name: string):
    | {
        readonly hits: bigint
        readonly executions: bigint
        readonly missed: bigint
        readonly attached: boolean
      }
    | undefined
  slotsInUse(): bigint
  /** Records in the kernel's ring buffer, and those that it lost. */
  buffer(): { readonly entries: bigint; readonly overrun: bigint; readonly dropped: bigint }
  returnDepth(thread: string): bigint | undefined
  /** Names of the mappings of a process (by task name). */
  mappings(task: string): readonly string[] | undefined
  /** Bounds of a named region for `within:`: `xol`, `stack:A`, a binary's name. Several where several processes have one. */
  region(name: string): readonly { readonly start: bigint; readonly end: bigint }[]
}
