// SPDX-License-Identifier: MIT
import type { Kernel, KernelPath, Task } from '../../kernel/kernel.ts'
import type { Uprobe } from '../registry/uprobe.ts'
import type { Execution } from './execute.ts'

/** Records where a hit of a probe has got to; a schedule may stop there. */
export function* recordHitEvent(
  kernel: Kernel,
  kind: 'trap' | 'step' | 'stepped' | 'boosted' | 'emulating' | 'emulated',
  task: Task,
  { name }: Uprobe,
  ip: bigint,
  slot?: Execution['slot'],
): KernelPath<void> {
  if (!kernel.records(kind)) return
  const fields = {
    probe: name,
    ip: kernel.locate(task, ip),
    ...(slot && { slot: BigInt(slot.number) }),
  }
  yield kernel.event({ kind, thread: task.name, fields })
}
