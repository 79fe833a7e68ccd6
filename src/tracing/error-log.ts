// SPDX-License-Identifier: MIT
import type { Refusal } from './definition.ts'

export type LogEntry = {
  readonly subsystem: 'trace_uprobe' | 'event filter parse error'
  readonly message: string
  readonly command: string
  readonly caret: number
}

const capacity = 8

/** The kernel's error_log: the last eight errors, oldest first (spec 07 §6). */
export class ErrorLog {
  #entries: LogEntry[] = []

  get entries(): readonly LogEntry[] {
    return this.#entries
  }

  /** Refusals without a message leave no trace. */
  add(subsystem: LogEntry['subsystem'], { message, command, caret }: Refusal): void {
    if (message === undefined || command === undefined || caret === undefined) return
    this.#entries = [...this.#entries, { subsystem, message, command, caret }].slice(-capacity)
  }

  clear(): void {
    this.#entries = []
  }
}
