// SPDX-License-Identifier: MIT
import type { KernelTask } from '../task/kernel-task.ts'

/** /proc/PID/status: the lines that programs look for. */
export function statusText(task: KernelTask): string {
  const { process } = task
  const size = (task.mm?.areas ?? []).reduce((sum, area) => sum + (area.end - area.start), 0) / 1024
  const mask = (value: bigint) => value.toString(16).padStart(16, '0')
  const lines: [string, string | number][] = [
    ['Name', task.command],
    ['State', task.state === 'sleeping' ? 'S (sleeping)' : 'R (running)'],
    ['Tgid', process.id],
    ['Pid', task.id],
    ['PPid', process.parent?.id ?? 0],
    ['TracerPid', 0],
    ['Uid', '0\t0\t0\t0'],
    ['Gid', '0\t0\t0\t0'],
    ['VmSize', `${String(size).padStart(8)} kB`],
    ['Threads', process.tasks.length],
    ['SigPnd', mask(task.pending.mask)],
    ['ShdPnd', mask(process.pending.mask)],
    ['SigBlk', mask(task.blocked)],
  ]
  return lines.map(([name, value]) => `${name}:\t${value}\n`).join('')
}
