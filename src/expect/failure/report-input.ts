// SPDX-License-Identifier: MIT
import type { Plan } from '../../plan/plan.ts'
import type { Run } from '../run.ts'

export type ReportOptions = {
  /** Show every event, not only those around the failure. */
  readonly full?: boolean
  /** More about an address than its name: the instruction there and its line in the source. */
  readonly describeAddress?: (address: bigint) => string | undefined
  /** Colours parts of the text; the text says the same without. */
  readonly paint?: (part: 'mark' | 'bad' | 'good' | 'dim', text: string) => string
}

/** What the parts of a failure report are written from. */
export type ReportInput = { readonly plan: Plan; readonly run: Run; readonly options: ReportOptions }

export function painter({ options }: ReportInput): NonNullable<ReportOptions['paint']> {
  return options.paint ?? ((_part, text) => text)
}
