// SPDX-License-Identifier: MIT
import type { KernelPath } from '../kernel.ts'
import type { Area } from './area.ts'
import { reshape } from './reshape.ts'

/**
 * Cuts an area in two at an address inside it. `keep` says which part the area itself becomes: unmapping keeps the parts outside the hole,
 * changing keeps the part that changes.
 */
export function* splitArea(area: Area, address: number, keep: 'below' | 'above'): KernelPath {
  const mm = area.mm
  const other =
    keep === 'below'
      ? area.derive(mm, address, area.end, area.offsetOf(address))
      : area.derive(mm, area.start, address, area.offset)
  yield* reshape({ target: area, inserted: other }, () => {
    if (keep === 'below') area.end = address
    else {
      area.offset = area.offsetOf(address)
      area.start = address
    }
    mm.insert(other)
  })
}
