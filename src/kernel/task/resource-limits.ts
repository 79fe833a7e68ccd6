// SPDX-License-Identifier: MIT
import type { KernelLimits } from '../boot-options.ts'

/** RLIMIT_STACK of every process, soft and hard: 8 MiB. It also fixes the mmap base. */
export const stackLimit = 8 * 1024 * 1024

/** Numbers of the resources that have another limit than none. */
export const Resource = { STACK: 3, CORE: 4, NPROC: 6, NOFILE: 7 } as const
const resources = 16
const infinity = 0xffff_ffff_ffff_ffffn

export type Limits = readonly { readonly soft: bigint; readonly hard: bigint }[]

/** Limits of a process that has set none, by resource. */
export function usualLimits({ openFiles, tasks }: KernelLimits): Limits {
  const set: Readonly<Record<number, bigint>> = {
    [Resource.STACK]: BigInt(stackLimit),
    [Resource.CORE]: 0n,
    [Resource.NOFILE]: BigInt(openFiles),
    [Resource.NPROC]: BigInt(tasks),
  }
  return Array.from({ length: resources }, (_, resource) => {
    const soft = set[resource] ?? infinity
    return { soft, hard: resource === Resource.STACK ? infinity : soft }
  })
}
