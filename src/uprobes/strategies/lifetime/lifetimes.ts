// SPDX-License-Identifier: MIT
import type { Kernel } from '../../../kernel/kernel.ts'
import type { KernelProfile } from '../../profile.ts'
import type { Breakpoints } from '../../registry/breakpoints.ts'
import type { Lifetime } from '../../registry/lifetime.ts'
import type { ProbeTree } from '../../registry/probe-tree.ts'
import type { ReferenceCounters } from '../../registry/reference-counters.ts'
import type { SuitableVma } from '../../registry/suitable-vma.ts'
import type { Insert } from '../insert/insert.ts'
import { FileLifetime } from './file.ts'
import { ProcessLifetime } from './process.ts'
import { VmaLifetime } from './vma.ts'

export type LifetimeParts = {
  readonly kernel: Kernel
  readonly tree: ProbeTree
  readonly breakpoints: Breakpoints
  readonly insert: Insert
  readonly counters: ReferenceCounters
  readonly suitable: SuitableVma
  readonly fork: KernelProfile['fork']
}

/** Profile choice `lifetime`. */
export const lifetimes: Readonly<Record<KernelProfile['lifetime'], (parts: LifetimeParts) => Lifetime>> = {
  file: parts => new FileLifetime(parts),
  vma: parts => new VmaLifetime(parts),
  process: parts => new ProcessLifetime(parts),
}
