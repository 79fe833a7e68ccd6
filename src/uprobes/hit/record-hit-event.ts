// SPDX-License-Identifier: MIT
import type { Kernel, KernelPath, Task } from '../../kernel/kernel.ts'
import { recordEvent } from '../../kernel/record-event.ts'
import type { Uprobe } from '../registry/uprobe.ts'
import type { Execution } from './execute.ts'

/** Records where a hit of a probe has got to; a schedule may stop there. No path where nobody records it. */
export function recordHitEvent(
  kernel: Kernel,
  kind: 'trap' | 'step' | 'stepped' | 'boosted' | 'emulating' | 'emulated',
  task: Task,
  { name }: Uprobe,
  ip: bigint,
  slot?: Execution['slot'],
): KernelPath<void> | undefined {
  if (!kernel.records(kind)) return undefined
  const place = kernel.locate(task, ip)
  const fields = slot ? { probe: name, ip: place, slot: BigInt(slot.number) } : { probe: name, ip: place }
  return recordEvent(kernel, { kind, thread: task.name, fields })
}
