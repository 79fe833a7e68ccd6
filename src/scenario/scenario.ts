// SPDX-License-Identifier: MIT
import type { SourceFile, Span } from '../diagnostics/source-file.ts'
import type { EventKind } from '../events/event-kinds.ts'
import type { EventPattern, ValuePattern } from '../events/pattern.ts'

/**
 * A value and the place in the file where it was written. For a text that is not the very characters of its span (quotes, escapes,
 * a block, `${…}`), `offsets` says where each of its characters stands, with one more entry for the end: see `spanWithin`.
 */
export type Located<T> = { readonly value: T; readonly span: Span; readonly offsets?: readonly number[] }
export type Named<T> = ReadonlyMap<string, T & { readonly name: Located<string> }>

/** Program text or the path of a file with it. `origin` is the place of its first character, so that errors in it point into the YAML. */
export type SourceText = { readonly text: string; readonly origin: SourceOrigin }
/**
 * Where lines of a program text come from: `file` and, for a block scalar, the offset of each of its lines in that file
 * (the part after the indentation). Line n (from 0) of the text starts at `lineStarts[n]`.
 */
export type SourceOrigin = { readonly file: SourceFile; readonly lineStarts: readonly number[] }

export type BinarySource = {
  readonly span: Span
} /** Several parts where `use` brought some: assembled as one text, in this order. */ & (
  | {
      readonly kind: 'asm'
      readonly parts: readonly SourceText[]
      readonly base?: Located<bigint>
      readonly pie: boolean
    }
  | {
      readonly kind: 'c'
      readonly source: SourceText
      readonly flags: readonly string[]
      readonly pie: boolean
      /** Absolute folder of the file that holds the text: `#include "…"` starts there. */
      readonly folder: string
    }
  /** `folder` is the absolute one that the path starts in: that of the file which names it. */
  | { readonly kind: 'elf'; readonly path: Located<string>; readonly folder: string }
)

export type ThreadSource = {
  readonly span: Span
  /** `binary:symbol` */
  readonly run: Located<string>
  readonly args: readonly Located<bigint>[]
  readonly regs: ReadonlyMap<string, Located<bigint>>
  /** Threads of one process share an address space; all of them share one unless named otherwise. */
  readonly process?: Located<string>
}

export type ProcessSource = {
  readonly span: Span
  readonly exec: Located<string>
  readonly argv?: readonly string[]
  readonly env: ReadonlyMap<string, string>
  readonly stdin: string
  readonly files: ReadonlyMap<string, string>
}

/** What a consumer does beside recording, in the order written. */
export type HandlerAction =
  | { readonly do: 'sleep'; readonly nanoseconds: bigint; readonly span: Span }
  | { readonly do: 'remove'; readonly span: Span }
  | { readonly do: 'set-ip'; readonly place: Located<string>; readonly span: Span }
  | { readonly do: 'fault'; readonly address: bigint; readonly span: Span }
  | { readonly do: 'detach' | 'attach'; readonly probe: Located<string>; readonly span: Span }

export type ProbeSource = {
  readonly span: Span
  /** The definition as the author wrote it, with the binary's name in place of the path. */
  readonly define: Located<string>
  readonly attach: 'start' | 'entry' | 'later'
  readonly consumers: number
  readonly filter?: Located<string>
  readonly triggers?: readonly Located<string>[]
  readonly handler: readonly HandlerAction[]
  readonly only?: readonly Located<string>[]
  /** The refusal that the scenario expects. */
  readonly refused?: Located<{ readonly errno?: string; readonly error?: string; readonly caret?: number }>
}

export type Until =
  | { readonly kind: 'event'; readonly pattern: EventPattern }
  | { readonly kind: 'at'; readonly place: Located<string> }
  | { readonly kind: 'blocked' }

/** One entry of a schedule that is a list, or of `actions:`. */
export type Turn = { readonly span: Span } & (
  | {
      readonly kind: 'run'
      readonly task: Located<string>
      readonly until?: Until
      readonly instructions?: number
    }
  | { readonly kind: 'attach' | 'detach'; readonly probe: Located<string> }
  | {
      readonly kind: 'define'
      readonly line: Located<string>
      /** The refusal that the scenario expects. */
      readonly refused?: ProbeSource['refused']
    }
  | { readonly kind: 'signal'; readonly to: Located<string>; readonly signal: Located<string> }
  | { readonly kind: 'check'; readonly state: StateCheck }
  | { readonly kind: 'write'; readonly place: Located<string>; readonly bytes: Located<Uint8Array> }
  | { readonly kind: 'stop' }
)

export type ScheduleSource = { readonly span?: Span } & (
  | { readonly kind: 'turns'; readonly turns: readonly Turn[] }
  /** `quantum` steps a turn; absent: one turn to the next block or exit. */
  | { readonly kind: 'round-robin'; readonly quantum?: number }
  | {
      readonly kind: 'random'
      readonly seed: bigint
      /** Probability of a switch before a step, and behind an event in the middle of one. */
      readonly switch: number
      readonly atEvents: number
    }
  | { readonly kind: 'pct'; readonly seed: bigint; readonly depth: number }
)

/** A node of the order grammar (scenario format §6.1). */
export type OrderNode = {
  readonly span: Span
  readonly as?: Located<string>
  readonly after: readonly Located<string>[]
  readonly times?: Times
} & (
  | { readonly kind: 'event'; readonly pattern: EventPattern }
  | { readonly kind: 'sequence'; readonly items: readonly OrderNode[] }
  | {
      readonly kind: 'interleave'
      readonly lanes: ReadonlyMap<string, OrderNode>
      /** Where the names of the lanes stand. */
      readonly laneSpans?: ReadonlyMap<string, Span>
    }
  | { readonly kind: 'any-order'; readonly items: readonly OrderNode[] }
)
export type Times = { readonly min: number; readonly max: number }

/** State of the machine at one point (scenario format §6.3). Every leaf is a value pattern at its place in the file. */
export type StateCheck = {
  readonly span: Span
  readonly threads: ReadonlyMap<
    string,
    {
      readonly span: Span
      readonly exit?: ValuePattern
      readonly ip?: ValuePattern
      readonly regs: ReadonlyMap<string, ValuePattern>
    }
  >
  /** Key is a place (`calc:counter`, `stack:A+8`, a number). */
  readonly mem: ReadonlyMap<
    string,
    { readonly span: Span; readonly type: MemoryType; readonly value: ValuePattern }
  >
  readonly text: ReadonlyMap<string, Keyed<'original' | 'breakpoint'>>
  readonly pages: ReadonlyMap<string, Keyed<'private' | 'file'>>
  readonly probes: ReadonlyMap<
    string,
    {
      readonly span: Span
      readonly hits?: ValuePattern
      /** How often the instruction was executed while the probe was attached, and how often without a call of its handler. */
      readonly executions?: ValuePattern
      readonly missed?: ValuePattern
      readonly attached?: ValuePattern
    }
  >
  readonly xol?: { readonly span: Span; readonly inUse?: ValuePattern }
  readonly buffer?: {
    readonly entries?: ValuePattern
    readonly overrun?: ValuePattern
    readonly dropped?: ValuePattern
  }
  readonly uretprobes: ReadonlyMap<string, { readonly span: Span; readonly depth: ValuePattern }>
  /** Names that must stand among the mappings of a process. */
  readonly maps: ReadonlyMap<string, readonly Located<string>[]>
}
/** A value and where the key before it stands. */
export type Keyed<T> = Located<T> & { readonly keySpan?: Span }
/** `bytes` takes text of hex pairs, `??` for any byte. */
export type MemoryType = 'u8' | 'u16' | 'u32' | 'u64' | 's8' | 's16' | 's32' | 's64' | 'string' | 'bytes'

export type Expectation = {
  readonly span: Span
  readonly trace: readonly EventKind[]
  /** Where `trace` was written; absent for the default. */
  readonly traceSpan?: Span
  readonly events?: OrderNode
  readonly contains?: OrderNode
  readonly never: readonly EventPattern[]
  readonly count: readonly { readonly pattern: EventPattern; readonly times: Times; readonly span: Span }[]
  readonly golden?: {
    readonly span: Span
    readonly per?: readonly string[]
    readonly fields?: readonly string[]
  }
  readonly final?: StateCheck
  readonly always?: StateCheck
  readonly sometimes?: StateCheck
  readonly output?: ValuePattern
  readonly errors?: ValuePattern
  /** The known bug by which the kernel crashes. */
  readonly crash?: Located<string>
}

export type KernelChoice = {
  readonly profile: Located<string>
  readonly overrides: ReadonlyMap<string, Located<unknown>>
}

/** A scenario after validation, matrix and `use`: one test. Plain data; resolves no names. */
export type Scenario = {
  /** `tutorial/simple`, or `golden[insn=push,consumers=1]` for a variant. */
  readonly id: string
  readonly file: SourceFile
  /** Absolute folder of the file: relative paths in it start there. */
  readonly folder: string
  /** Axis and name of the variant's value, in file order; empty without a matrix. */
  readonly variant: readonly (readonly [axis: string, name: string])[]
  readonly title: Located<string>
  readonly why?: string
  readonly tags: readonly string[]
  readonly skip?: string
  readonly xfail?: string
  readonly only: boolean
  readonly requires: readonly string[]
  readonly kernel: KernelChoice
  readonly engines: readonly string[]
  /** Path of the folder that programs see as `/`; it starts in `folder`. */
  readonly root?: Located<string>
  readonly binaries: Named<BinarySource>
  readonly threads: Named<ThreadSource>
  readonly processes: Named<ProcessSource>
  readonly probes: Named<ProbeSource>
  readonly actions: readonly Turn[]
  readonly schedule: ScheduleSource
  readonly expect: Expectation
  readonly limits: {
    readonly instructions: number
    readonly memory: number
    readonly wall: number
    /** Where `instructions` is written. */
    readonly span?: Span
  }
  /** The kernel's ring buffer; absent: as large as it needs to be. */
  readonly buffer?: { readonly bytes: number; readonly overwrite: boolean }
  readonly invariants: { readonly except: readonly Located<string>[]; readonly because?: string }
}
