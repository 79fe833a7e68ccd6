// SPDX-License-Identifier: MIT
import { Errno, type Task } from '../../kernel/kernel.ts'
import { userEnd } from '../../machine/machine.ts'
import type { Definition } from '../definition.ts'
import type { Target } from './trace-event.ts'

/**
 * What `VADDR@PID` stands for now: -ESRCH where there is no such process any more, -EINVAL where the address shows no file (spec 08 §3).
 * Whether a probe may be there is for the registry to say.
 */
export function targetOf(
  { id, address }: NonNullable<Definition['process']>,
  tasks: readonly Task[],
): Target | number {
  const mm = findTask(id, tasks)?.mm
  if (!mm) return -Errno.ESRCH
  const at = address < BigInt(userEnd) ? Number(address) : undefined
  const vma = at === undefined ? undefined : mm.vmaAt(at)
  if (at === undefined || !vma?.inode) return -Errno.EINVAL
  const offset = BigInt(vma.fileOffset + (at - vma.start))
  return { inode: vma.inode, offset, site: { mm, address: at } }
}

/** A task that is alive, by the id that programs see. */
export function findTask(id: number, tasks: readonly Task[]): Task | undefined {
  return tasks.find(task => task.id === id && task.state !== 'dead')
}
