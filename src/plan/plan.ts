// SPDX-License-Identifier: MIT
import type { Span } from '../diagnostics/source-file.ts'
import type { OutsideFolder } from '../kernel/fs/outside-tree.ts'
import type { Image } from '../program/image.ts'
import type { Expectation, HandlerAction, Scenario, ScheduleSource, Turn } from '../scenario/scenario.ts'
import type { Definition } from '../tracing/definition.ts'
import type { KernelProfile } from '../uprobes/profile.ts'
import type { Library } from './libraries.ts'

/** A process that the boot makes. */
export type PlannedProcess = {
  /** Name of its initial task. */
  readonly name: string
  readonly binary: string
  /** Path of the program in the guest's tree: `/BINARY`. */
  readonly path: string
  readonly argv: readonly string[]
  readonly env: readonly string[]
  readonly stdin: string
  readonly files: ReadonlyMap<string, string>
  /** Threads started by `run:`, in file order; the first is the initial task. Empty for `exec:`. */
  readonly threads: readonly PlannedThread[]
}

export type PlannedThread = {
  readonly name: string
  readonly symbol: string
  readonly address: bigint
}

export type PlannedProbe = {
  readonly name: string
  readonly span: Span
  readonly binary: string
  readonly definition: Definition
  readonly attach: 'start' | 'entry' | 'later'
  readonly consumers: number
  readonly filter?: { readonly text: string; readonly span: Span }
  /** In the order written. */
  readonly triggers?: readonly string[]
  /** `set-ip` places as addresses. */
  readonly handler: readonly (HandlerAction & { readonly address?: bigint })[]
  readonly only?: readonly string[]
  /** It stands in the middle of an instruction (bug B14). */
  readonly insideInstruction?: true
}

/** Everything a run needs: names resolved, programs built, definitions parsed. Immutable; boots any number of times. */
export type Plan = {
  readonly scenario: Scenario
  readonly profile: KernelProfile
  /** By binary name; those started by `run:` contain the start stub. */
  readonly images: ReadonlyMap<string, Image>
  /** Files of the root folder that places are named of. */
  readonly libraries: readonly Library[]
  /** What programs see as `/`, beside what the scenario puts there. */
  readonly root?: OutsideFolder
  readonly processes: readonly PlannedProcess[]
  readonly probes: ReadonlyMap<string, PlannedProbe>
  /** Patterns with every `place` resolved to an address. */
  readonly schedule: ScheduleSource
  readonly actions: readonly Turn[]
  readonly expect: Expectation
  /** `binary:symbol+offset` → link-time address; undefined when it names nothing. */
  address(place: string): bigint | undefined
  /** A binary, or a library as it is written or called, with its path without links in the guest's tree. */
  file(binary: string): { readonly image: Image; readonly path: string } | undefined
}
