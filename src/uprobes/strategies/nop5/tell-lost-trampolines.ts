// SPDX-License-Identifier: MIT
import type { AddressSpace } from '../../../kernel/kernel.ts'
import type { HitParts } from '../../hit/parts.ts'
import { recordBug } from '../../known-bugs.ts'
import { addressOf } from '../../registry/suitable-vma.ts'
import type { CallOptimiser } from './call-optimiser.ts'
import type { CallTrampolines } from './call-trampolines.ts'

/** After a fork: names the optimised probes whose call has been copied without what it calls (bug B2). */
export function tellLostTrampolines(
  { kernel, registry }: HitParts,
  { optimiser, trampolines }: { readonly optimiser: CallOptimiser; readonly trampolines: CallTrampolines },
  from: AddressSpace,
  to: AddressSpace,
): void {
  if (!kernel.records('bug')) return
  for (const uprobe of registry.tree.all) {
    for (const vma of from.vmas) {
      const address = vma.inode === uprobe.inode ? addressOf(vma, uprobe.offset) : undefined
      if (address === undefined || !optimiser.isOptimised(uprobe, from, address)) continue
      const target = optimiser.callTarget(uprobe, from, address)!
      if (!trampolines.contains(to, target)) recordBug(kernel, 'B2', { probe: uprobe.name })
    }
  }
}
