// SPDX-License-Identifier: MIT
import { pageSize, Register } from '../../machine/machine.ts'
import { mapsText } from '../mm/maps-text.ts'
import { residentOf, smapsText } from '../mm/smaps-text.ts'
import type { KernelTask } from '../task/kernel-task.ts'
import { usualLimits } from '../task/resource-limits.ts'
import { statusText } from './status-text.ts'

/** Files of /proc/PID, and of /proc/PID/task/TID: what is read when one is opened. */
export const processFiles: Readonly<Record<string, (task: KernelTask) => string>> = {
  cgroup: () => '0::/\n',
  cmdline: task => words(task.mm?.commandLine),
  comm: task => `${task.command}\n`,
  environ: task => words(task.mm?.environment),
  limits: limitsText,
  maps: task => (task.mm ? mapsText(task.mm) : ''),
  mounts: () => 'tmpfs / tmpfs rw 0 0\nproc /proc proc rw 0 0\n',
  oom_score_adj: () => '0\n',
  smaps: task => (task.mm ? smapsText(task.mm) : ''),
  stat: statText,
  statm: statmText,
  status: statusText,
}

function words(texts: readonly string[] = []): string {
  return texts.map(text => `${text}\0`).join('')
}

/** Pages: all, in memory, of these of files, text, 0, data and stack, 0. */
function statmText({ mm }: KernelTask): string {
  const areas = mm?.areas ?? []
  const pages = (list: typeof areas) =>
    list.reduce((sum, { start, end }) => sum + (end - start) / pageSize, 0)
  const resident = areas.map(residentOf)
  const sum = (kind: 'anonymous' | 'file') =>
    resident.reduce((all, one) => all + (one[kind] * 1024) / pageSize, 0)
  const text = pages(areas.filter(({ inode, flags }) => inode && flags.execute))
  const data = pages(areas.filter(({ flags }) => flags.write && !flags.shared))
  return `${pages(areas)} ${sum('anonymous') + sum('file')} ${sum('file')} ${text} 0 ${data} 0\n`
}

/** A clock tick of proc(5) is a hundredth of a second, a step a nanosecond. */
const stepsOfATick = 10_000_000

function statText(task: KernelTask): string {
  const { process, mm, registers } = task
  const ticks = (steps: number) => Math.floor(steps / stepsOfATick)
  const steps = process.tasks.reduce((sum, one) => sum + one.steps, process.steps)
  const bytes = (mm?.areas ?? []).reduce((sum, { start, end }) => sum + (end - start), 0)
  const resident = (mm?.areas ?? []).map(residentOf).reduce((sum, one) => sum + one.anonymous + one.file, 0)
  const signals = [task.pending.mask, task.blocked, 0n, 0n].map(String)
  return [
    `${task.id} (${task.command}) ${task.state === 'sleeping' ? 'S' : 'R'}`,
    `${process.parent?.id ?? 0} ${process.group} ${process.session} 0 -1 0`,
    `0 0 0 0 ${ticks(steps)} 0 ${ticks(process.childSteps)} 0`,
    `${20 + task.policy.nice} ${task.policy.nice} ${process.tasks.length} 0 0`,
    `${bytes} ${(resident * 1024) / pageSize} ${2n ** 64n - 1n} 0 0 ${mm?.stackStart ?? 0}`,
    `${registers[Register.rsp]} ${registers[Register.rip]} ${signals.join(' ')}`,
    `0 0 0 ${process.exitSignal} 0 ${task.policy.priority} ${task.policy.kind} 0 0 0 0 0`,
    `${mm?.breakStart ?? 0} 0 0 0 0 0\n`,
  ].join(' ')
}

/** By the number of the resource. */
const resources: readonly (readonly [name: string, unit: string])[] = [
  ['Max cpu time', 'seconds'],
  ['Max file size', 'bytes'],
  ['Max data size', 'bytes'],
  ['Max stack size', 'bytes'],
  ['Max core file size', 'bytes'],
  ['Max resident set', 'bytes'],
  ['Max processes', 'processes'],
  ['Max open files', 'files'],
  ['Max locked memory', 'bytes'],
  ['Max address space', 'bytes'],
  ['Max file locks', 'locks'],
  ['Max pending signals', 'signals'],
  ['Max msgqueue size', 'bytes'],
  ['Max nice priority', ''],
  ['Max realtime priority', ''],
  ['Max realtime timeout', 'us'],
]
const none = 2n ** 64n - 1n

function limitsText({ process, mm }: KernelTask): string {
  const usual = mm ? usualLimits(mm.kernel.limits) : []
  const line = (name: string, soft: string, hard: string, unit: string) =>
    `${name.padEnd(26)}${soft.padEnd(21)}${hard.padEnd(21)}${unit.padEnd(unit === '' ? 0 : 10)}\n`
  const text = (limit: bigint) => (limit === none ? 'unlimited' : String(limit))
  const lines = resources.map(([name, unit], resource) => {
    const { soft, hard } = process.limits.get(resource) ?? usual[resource] ?? { soft: none, hard: none }
    return line(name, text(soft), text(hard), unit)
  })
  return [line('Limit', 'Soft Limit', 'Hard Limit', 'Units'), ...lines].join('')
}
