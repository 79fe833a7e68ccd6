// SPDX-License-Identifier: MIT
/** A case of a conformance corpus: what goes in, and what a live kernel made of it. Field by field as the corpus documents it. */
export type CorpusCase = {
  readonly name: string
  readonly why: string
  readonly exe: string
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** `p:NAME PLACE ARGS` without a group; `$EXE` and `$DIR` stand for paths. */
  readonly define: readonly string[]
  readonly filter?: Readonly<Record<string, string>>
  readonly disabled?: readonly string[]
  readonly schedule: readonly CorpusItem[]
  readonly compare: 'total' | 'per-task'
}

export type CorpusItem =
  | readonly ['run', number, number]
  | readonly ['until', number, string, number]
  | readonly ['rr', number]
  | readonly ['free']
  | readonly ['write', string, string?]
  | readonly ['define', string]
  | readonly ['undefine', string]
  | readonly ['kill', number, number]
  | readonly ['maps', number]
  | readonly ['peek', number, string, number]
  | readonly ['regs', number]
  | readonly ['rip', number]

export type CorpusRecord = {
  readonly task: number
  readonly event: string
  readonly body: string
  readonly at?: number
}

export type ItemOutcome = null | {
  readonly steps?: number
  /** A task of that number does not exist. */
  readonly no_task?: true
  readonly errno?: number
  readonly maps?: readonly string[]
  readonly bytes?: string
  readonly rip?: string
  readonly rsp?: string
  readonly rax?: string
}

export type TaskOutcome = {
  readonly parent: number | null
  readonly group: number
  readonly steps?: number
  readonly exit?: number
  readonly signal?: number
  readonly killed?: true
  readonly replaced?: true
}

export type SetupOutcome = { readonly define?: number; readonly filter?: number; readonly enable?: number }

/** What happened: recorded from a live kernel, or made by this one. */
export type CorpusOutcome = {
  readonly setup: Readonly<Record<string, SetupOutcome>>
  readonly start: { readonly rip: string; readonly rsp: string; readonly maps: readonly string[] }
  readonly events: readonly CorpusRecord[]
  readonly items: readonly ItemOutcome[]
  readonly stdout: string
  readonly tasks: readonly TaskOutcome[]
  readonly profile: Readonly<Record<string, readonly number[]>>
}
