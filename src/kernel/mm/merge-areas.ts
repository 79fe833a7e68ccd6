// SPDX-License-Identifier: MIT
import type { OpenFile } from '../fs/open-file.ts'
import type { KernelPath } from '../kernel.ts'
import type { AnonymousFamily, Area, AreaFlags } from './area.ts'
import { sameFlags } from './area.ts'
import type { Mm } from './mm.ts'
import { reshape } from './reshape.ts'

/** What an area would have to be like to be one with a neighbour. */
export type Candidate = {
  readonly start: number
  readonly end: number
  readonly flags: AreaFlags
  readonly file: OpenFile | undefined
  readonly offset: number
  readonly family: AnonymousFamily | undefined
}

export type MergeOptions = {
  /** The pages were moved here by mremap. */
  readonly quiet?: boolean
  /** Only an area before it that ends above this address may take it in. */
  readonly onlyInto?: number
}

/** Makes a new range part of the areas around it, where their kind allows it (vma_merge_new_range). Answers the area that holds it then. */
export function* mergeNewRange(
  mm: Mm,
  range: Candidate,
  { quiet = false, onlyInto }: MergeOptions = {},
): KernelPath<Area | undefined> {
  const at = mm.indexEndingAbove(range.start)
  const before = mm.areas[at - 1]
  const after = mm.areas[at]
  const joinsBefore =
    before !== undefined &&
    before.end === range.start &&
    before.end > (onlyInto ?? 0) &&
    mergeable(before, range, 'before')
  const joinsAfter =
    onlyInto === undefined &&
    after !== undefined &&
    after.start === range.end &&
    mergeable(after, range, 'after')
  if (joinsBefore && joinsAfter && familiesAgree(before, after.family, after)) {
    yield* reshape({ target: before, removed: [after], quiet }, () => {
      mm.remove(after)
      before.end = after.end
      before.family ??= range.family ?? after.family
    })
    return before
  }
  if (joinsBefore) {
    yield* reshape({ target: before, quiet }, () => {
      before.end = range.end
      before.family ??= range.family
    })
    return before
  }
  if (joinsAfter) {
    yield* reshape({ target: after, quiet }, () => {
      after.start = range.start
      after.offset = range.offset
      after.family ??= range.family
    })
    return after
  }
  return undefined
}

/**
 * Merges a part of an area, which is to get `flags`, with its neighbours (vma_merge_existing_range). Answers the area that
 * holds the part then, or undefined when no neighbour fits.
 */
export function* mergeExistingRange(
  area: Area,
  start: number,
  end: number,
  flags: AreaFlags,
): KernelPath<Area | undefined> {
  const mm = area.mm
  const at = mm.indexOf(area)
  const range: Candidate = {
    start,
    end,
    flags,
    file: area.file,
    offset: area.offsetOf(start),
    family: area.family,
  }
  if (area.pages) return undefined
  const atStart = start === area.start
  const atEnd = end === area.end
  const before = atStart ? mm.areas[at - 1] : undefined
  const after = atEnd ? mm.areas[at + 1] : undefined
  const left = before?.end === start && mergeable(before, range, 'before', area) ? before : undefined
  const right = after?.start === end && mergeable(after, range, 'after', area) ? after : undefined
  if (left && right && familiesAgree(left, right.family, right)) {
    yield* reshape({ target: left, removed: [area, right] }, () => {
      mm.remove(area)
      mm.remove(right)
      left.end = right.end
      left.family ??= area.family ?? right.family
    })
    return left
  }
  if (left) {
    const whole = atEnd
    yield* reshape(whole ? { target: left, removed: [area] } : { target: left, neighbour: area }, () => {
      left.end = end
      left.family ??= area.family
      if (whole) mm.remove(area)
      else moveStart(area, end)
    })
    return left
  }
  if (right) {
    const whole = atStart
    yield* reshape(whole ? { target: right, removed: [area] } : { target: area, neighbour: right }, () => {
      right.start = start
      right.offset = range.offset
      right.family ??= area.family
      if (whole) mm.remove(area)
      else area.end = start
    })
    return right
  }
  return undefined
}

function moveStart(area: Area, start: number): void {
  area.offset = area.offsetOf(start)
  area.start = start
}

function mergeable(neighbour: Area, range: Candidate, side: 'before' | 'after', source?: Area): boolean {
  const offsetFits =
    side === 'before'
      ? range.offset === neighbour.offset + (neighbour.end - neighbour.start)
      : neighbour.offset === range.offset + (range.end - range.start)
  return (
    offsetFits &&
    !neighbour.pages &&
    neighbour.file === range.file &&
    sameFlags(neighbour.flags, range.flags) &&
    familiesAgree(neighbour, range.family, source)
  )
}

/** is_mergeable_anon_vma: one family, or only one has any and does not share its pages with a parent. */
function familiesAgree(target: Area, family: AnonymousFamily | undefined, source?: Area): boolean {
  if (!target.family && family) return !source?.inherited
  if (target.family && !family) return !target.inherited
  return target.family === family
}
