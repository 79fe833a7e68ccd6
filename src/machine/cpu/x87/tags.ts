// SPDX-License-Identifier: MIT
import { Extended, Layout } from '../../layout.ts'
import { Kind } from '../soft-float/value.ts'
import type { CpuState } from '../state.ts'
import { readExtended } from './registers.ts'
import { tagAddress } from './status.ts'

/** The tag word: two bits for each physical register: 0 valid, 1 zero, 2 special, 3 empty (Intel SDM 1 §8.1.7). */
export function fullTags(cpu: CpuState): number {
  let tags = 0
  for (let n = 0; n < 8; n++) {
    const empty = (cpu.u8[tagAddress]! & (1 << n)) === 0
    tags |= (empty ? 3 : tagOf(cpu, Layout.extended + Extended.x87 + n * 16)) << (2 * n)
  }
  return tags
}

function tagOf(cpu: CpuState, at: number): number {
  const { kind, denormal } = readExtended(cpu, at)
  if (kind === Kind.zero) return 1
  return kind === Kind.finite && !denormal ? 0 : 2
}

/** Takes a tag word over: only empty or not is kept. */
export function setTags(cpu: CpuState, tags: number): void {
  let full = 0
  for (let n = 0; n < 8; n++) if (((tags >> (2 * n)) & 3) !== 3) full |= 1 << n
  cpu.u8[tagAddress] = full
}
