// SPDX-License-Identifier: MIT
import type { Machine } from '../machine/machine.ts'
import type { BootOptions } from './boot-options.ts'
import type { BootedKernel } from './kernel.ts'

export type { BootOptions, KernelLimits } from './boot-options.ts'

/** Boots a kernel on a machine: an empty tree of files, no task. */
export function bootKernel(_machine: Machine, _options: BootOptions = {}): BootedKernel {
  throw new Error('the kernel cannot be booted yet')
}
