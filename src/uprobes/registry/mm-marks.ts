// SPDX-License-Identifier: MIT
import type { AddressSpace } from '../../kernel/kernel.ts'

/** What the kernel remembers of probes in an mm: two flags, and no list of breakpoints (spec 01 §6.1). */
export type MmMarks = {
  /** MMF_HAS_UPROBES: traps of this mm are looked at. */
  hasProbes: boolean
  /** MMF_RECALC_UPROBES: `hasProbes` may be out of date. */
  recalculate: boolean
}

const key = Symbol('probe marks')

export function marksOf(mm: AddressSpace): MmMarks {
  const known = mm.plugins.get(key) as MmMarks | undefined
  if (known) return known
  const marks = { hasProbes: false, recalculate: false }
  mm.plugins.set(key, marks)
  return marks
}
