// SPDX-License-Identifier: MIT
import type { Frame } from '../../machine/machine.ts'
import { Errno } from '../errno.ts'
import { type Mm, pageOf } from './mm.ts'
import { type FaultOutcome, makePresent, makeWritable } from './page-fault.ts'

/**
 * get_user_pages for one page. With `force`, rights that the area does not give now but may have (VM_MAYREAD; a private area that may be
 * written) are enough. The stack does not grow. -EFAULT, or -ENOMEM when no frame is left.
 */
export function getPage(mm: Mm, address: number, access: 'read' | 'write', force: boolean): Frame | number {
  const area = mm.vmaAt(address)
  if (!area || area.flags.io) return -Errno.EFAULT
  if (access === 'write') {
    if (!area.flags.write && !(force && area.copyOnWrite)) return -Errno.EFAULT
  } else if (!area.flags.read && !(force && area.flags.mayRead)) return -Errno.EFAULT
  const outcome =
    access === 'write' ? makeWritable(mm, area, address, area.flags.write) : makePresent(mm, area, address)
  return outcome === 'mapped' ? mm.table.frameOf(pageOf(address))! : -errnoOf(outcome)
}

function errnoOf(outcome: FaultOutcome): number {
  return outcome === 'memory' ? Errno.ENOMEM : Errno.EFAULT
}
