// SPDX-License-Identifier: MIT
import type { Machine } from '../machine/machine.ts'
import type { BootOptions } from './boot-options.ts'
import { Booted } from './booted.ts'
import { mountTree } from './fs/mount-tree.ts'
import { procNames } from './fs/proc-names.ts'
import type { BootedKernel } from './kernel.ts'

export type { BootOptions, KernelLimits } from './boot-options.ts'

/** Boots a kernel on a machine: the devices and /proc, no program, no task. */
export function bootKernel(machine: Machine, options: BootOptions = {}): BootedKernel {
  const kernel = new Booted(machine, options)
  const { files } = kernel
  files.makeFolders('/proc')
  const devices = files.makeFolders('/dev')
  for (const [name, device] of [
    ['null', 'null'],
    ['zero', 'zero'],
    ['full', 'full'],
    ['random', 'random'],
    ['urandom', 'random'],
  ] as const)
    files.create(devices, name, `/dev/${name}`, 0o666, { kind: 'device', device })
  for (const [name, target] of [
    ['fd', '/proc/self/fd'],
    ['stdin', '/proc/self/fd/0'],
    ['stdout', '/proc/self/fd/1'],
    ['stderr', '/proc/self/fd/2'],
  ] as const)
    files.create(devices, name, `/dev/${name}`, 0o777, { kind: 'link', target })
  if (options.tree) mountTree(files, options.tree, kernel.limits.files)
  files.dynamic = procNames(kernel)
  return kernel
}
