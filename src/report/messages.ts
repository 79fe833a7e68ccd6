// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { RecordedEvent } from '../events/event.ts'

export type Status = 'passed' | 'failed' | 'skipped' | 'xfail' | 'xpass' | 'invalid' | 'unsupported'

/** The stream that every reporter is made from; `json` prints it, a line a message. */
export type Message =
  /** `seed` is that of `--shuffle`. */
  | { readonly type: 'run'; readonly version: string; readonly tests: number; readonly seed?: number }
  | {
      readonly type: 'scenario'
      readonly id: string
      readonly title: string
      readonly file: string
      readonly line: number
    }
  | { readonly type: 'event'; readonly id: string; readonly event: RecordedEvent }
  | {
      readonly type: 'result'
      readonly id: string
      readonly title: string
      readonly file: string
      readonly status: Status
      /** Reason of a skip, xfail or unsupported. */
      readonly reason?: string
      readonly diagnostics: readonly Diagnostic[]
      /** The failure as text (errors.md §3.4), rendered without colour, where there is more to say than the diagnostics. */
      readonly details?: string
      /** The same text with colours, for a terminal. */
      readonly detailsInColor?: string
      readonly events: number
      readonly steps: number
      readonly milliseconds: number
    }
  | {
      readonly type: 'summary'
      readonly counts: Readonly<Record<Status, number>>
      readonly milliseconds: number
      /** The run was stopped before its end: by a signal, or by `--bail`. */
      readonly stopped?: 'interrupted' | 'bail'
      /** Folder with the traces of failed tests, where some were written. */
      readonly traces?: string
    }

export type Result = Extract<Message, { type: 'result' }>

/** A reporter is given the stream and writes. One file each, registered in one table. */
export type Reporter = (write: (text: string) => void, options: ReporterOptions) => (message: Message) => void
export type ReporterOptions = {
  readonly color: boolean
  readonly verbose: boolean
  /** Only what went wrong, and the sum. */
  readonly quiet: boolean
  readonly full: boolean
}
