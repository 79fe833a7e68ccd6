// SPDX-License-Identifier: MIT
import type { Value } from '../events/value.ts'

/** What a hit or a return wrote into the trace. */
export type TraceRecord = {
  readonly event: string
  readonly group: string
  readonly kind: 'entry' | 'return'
  /** The probe; for a return, where execution continues. */
  readonly ip: bigint
  /** Only for returns: the probed function. */
  readonly func?: bigint
  readonly args: readonly { readonly name: string; readonly value: Value }[]
  /** The text behind `EVENT: ` as the kernel prints it; bytes above 0x7f are Latin-1. */
  readonly body: string
  /** From 0; only where the event has several consumers. */
  readonly consumer?: number
}
