// SPDX-License-Identifier: MIT
import { type Frame, pageSize } from '../../machine/machine.ts'
import type { Area } from './area.ts'
import { growStack } from './grow-stack.ts'
import { areaRights, isAnonymous, type Mm, pageOf } from './mm.ts'

export type Access = 'read' | 'write' | 'execute'
/**
 * `mapped`: the access can be tried again. `unmapped` and `denied`: SIGSEGV with SEGV_MAPERR or SEGV_ACCERR. `beyond`: a page behind the end
 * of its file, SIGBUS. `memory`: no frame is left.
 */
export type FaultOutcome = 'mapped' | 'unmapped' | 'denied' | 'beyond' | 'memory'

/** Repairs what kept a user access from happening: demand paging, copy-on-write, growth of the stack. */
export function resolveFault(mm: Mm, address: number, access: Access): FaultOutcome {
  const above = mm.areaEndingAbove(address)
  if (!above) return 'unmapped'
  if (above.start > address && !growStack(mm, above, address)) return 'unmapped'
  const entry = mm.table.get(pageOf(address))
  if (access === 'write' && !above.flags.write) return 'denied'
  if (!above.accessible) return 'denied'
  // The processor reports a fetch from a page without the right only once the page is present, so a first fetch brings it in.
  if (access === 'execute' && !above.flags.execute && entry) return 'denied'
  return access === 'write' ? makeWritable(mm, above, address, true) : makePresent(mm, above, address)
}

/** Brings a page in for reading; anonymous memory reads as the one page of zeros until it is written. */
export function makePresent(mm: Mm, area: Area, address: number): FaultOutcome {
  const page = pageOf(address)
  if (mm.table.frameOf(page) !== undefined) return 'mapped'
  const backing = backingFrame(area, address)
  if (backing !== undefined) {
    mm.kernel.memory.retain(backing)
    mm.table.set(page, { frame: backing, ...areaRights(area), write: area.flags.shared && area.flags.write })
    return 'mapped'
  }
  return area.inode || area.pages ? 'beyond' : outOfMemory(mm)
}

/**
 * Makes the page at an address the mm's own, or for shared memory just present. `writable` is false for a forced write: the page is
 * copied, but the program gets no right that its area does not have.
 */
export function makeWritable(mm: Mm, area: Area, address: number, writable: boolean): FaultOutcome {
  const page = pageOf(address)
  const memory = mm.kernel.memory
  const write = writable && area.flags.write
  if (area.flags.shared || area.pages) {
    const outcome = makePresent(mm, area, address)
    if (outcome === 'mapped') mm.table.set(page, { ...mm.table.get(page)!, ...areaRights(area), write })
    return outcome
  }
  const present = mm.table.frameOf(page)
  if (present !== undefined && isAnonymous(area, address, present) && memory.references(present) === 1) {
    if (write && mm.table.frameOf(page, 'write') === undefined)
      mm.table.set(page, { frame: present, ...areaRights(area), write })
    return 'mapped'
  }
  // Before the page of the file is looked for: also a write beyond its end does this (do_cow_fault).
  mm.adoptFamily(area)
  const source = present ?? backingFrame(area, address)
  if (source === undefined && area.inode) return 'beyond'
  const frame = memory.allocate()
  if (frame === undefined) return outOfMemory(mm)
  if (source !== undefined && source !== mm.kernel.zeroPage) memory.write(frame, 0, memory.bytes(source))
  mm.table.set(page, { frame, ...areaRights(area), write })
  if (present !== undefined) memory.release(present)
  return 'mapped'
}

function backingFrame(area: Area, address: number): Frame | undefined {
  const index = Math.floor(area.offsetOf(address) / pageSize)
  if (area.pages) return area.pages[index]
  return area.inode ? area.inode.page(index) : area.mm.kernel.zeroPage
}

function outOfMemory(mm: Mm): FaultOutcome {
  mm.kernel.breakDown('the memory of the machine is used up (limits: memory)')
  return 'memory'
}
