// SPDX-License-Identifier: MIT
import type { KernelCore } from '../kernel-core.ts'
import { ipcTexts } from './ipc-texts.ts'
import { systemName } from './system-name.ts'

/** What sysinfo(2) says of the machine, too: bytes. */
export const memoryOfMachine = { total: 1n << 30n, free: 1n << 29n } as const

const second = 1_000_000_000n

/** Files about the machine, by their paths; the folders in which they lie exist by that. */
export const machineFiles: Readonly<Record<string, (kernel: KernelCore) => string>> = {
  '/proc/cpuinfo': cpuText,
  '/proc/filesystems': () => 'nodev\ttmpfs\nnodev\tproc\n',
  '/proc/loadavg': kernel =>
    `0.00 0.00 0.00 ${kernel.livingTasks()}/${kernel.livingTasks()} ${lastId(kernel)}\n`,
  '/proc/meminfo': memoryText,
  '/proc/mounts': () => 'tmpfs / tmpfs rw 0 0\nproc /proc proc rw 0 0\n',
  '/proc/stat': statText,
  '/proc/sys/kernel/hostname': () => `${systemName.node}\n`,
  '/proc/sys/kernel/osrelease': () => `${systemName.release}\n`,
  '/proc/sys/kernel/ostype': () => `${systemName.system}\n`,
  '/proc/sys/kernel/pid_max': () => '32768\n',
  '/proc/sys/vm/max_map_count': () => '65530\n',
  '/proc/sys/vm/overcommit_memory': () => '0\n',
  '/proc/sysvipc/msg': ipcTexts.msg,
  '/proc/sysvipc/sem': ipcTexts.sem,
  '/proc/sysvipc/shm': ipcTexts.shm,
  '/proc/uptime': kernel => `${seconds(kernel.now)} 0.00\n`,
  '/proc/version': () =>
    `${systemName.system} version ${systemName.release} (${systemName.node}) ${systemName.version}\n`,
  '/sys/devices/system/cpu/online': () => '0\n',
  '/sys/devices/system/cpu/possible': () => '0\n',
  '/sys/devices/system/cpu/present': () => '0\n',
}

function seconds(time: bigint): string {
  const hundredths = String((time % second) / 10_000_000n).padStart(2, '0')
  return `${time / second}.${hundredths}`
}

function lastId({ tasks }: KernelCore): number {
  return tasks.reduce((last, { id }) => Math.max(last, id), 0)
}

/** The processor that `cpuid` describes. */
function cpuText({ machine }: KernelCore): string {
  const { vendor, family, model, stepping, features } = machine.identity
  return [
    ['processor\t', '0'],
    ['vendor_id\t', vendor],
    ['cpu family\t', family],
    ['model\t\t', model],
    ['model name\t', 'trapline'],
    ['stepping\t', stepping],
    ['cpu MHz\t\t', '1000.000'],
    ['physical id\t', 0],
    ['siblings\t', 1],
    ['core id\t\t', 0],
    ['cpu cores\t', 1],
    ['fpu\t\t', 'yes'],
    ['flags\t\t', features.join(' ')],
    ['clflush size\t', 64],
    ['cache_alignment\t', 64],
    ['address sizes\t', '48 bits physical, 48 bits virtual'],
  ]
    .map(([name, value]) => `${name}: ${value}\n`)
    .concat('\n')
    .join('')
}

function memoryText(): string {
  const kilobytes: readonly (readonly [name: string, bytes: bigint])[] = [
    ['MemTotal', memoryOfMachine.total],
    ['MemFree', memoryOfMachine.free],
    ['MemAvailable', memoryOfMachine.free],
    ...['Buffers', 'Cached', 'SwapCached', 'SwapTotal', 'SwapFree'].map(name => [name, 0n] as const),
  ]
  return kilobytes
    .map(([name, bytes]) => `${`${name}:`.padEnd(16)}${String(bytes / 1024n).padStart(8)} kB\n`)
    .join('')
}

/** All time is user time, a nanosecond a step; a clock tick is a hundredth of a second. */
function statText(kernel: KernelCore): string {
  const ticks = BigInt(kernel.totalSteps) / 10_000_000n
  const times = `${ticks} 0 0 0 0 0 0 0 0 0`
  const boot = (kernel.timeOfDay - kernel.now) / second
  return [
    `cpu  ${times}`,
    `cpu0 ${times}`,
    'intr 0',
    'ctxt 0',
    `btime ${boot}`,
    `processes ${lastId(kernel)}`,
    `procs_running ${kernel.livingTasks()}`,
    'procs_blocked 0',
    'softirq 0',
    '',
  ].join('\n')
}
