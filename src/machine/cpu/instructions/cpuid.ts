// SPDX-License-Identifier: MIT
import type { CpuIdentity } from '../../machine.ts'
import type { Compiler } from '../operands.ts'
import type { CpuModel } from '../state.ts'

type Leaf = readonly [eax: number, ebx: number, ecx: number, edx: number]

/** Leaf 1 ecx: SSE3 and CMPXCHG16B; SSSE3, SSE4.1, SSE4.2 and POPCNT. */
const baseline = 0x2001
const version2 = 0x0098_0200

/**
 * cpuid answers as an AMD processor of family 15 (spec guest-workload, "Which CPUID to advertise"): with that vendor and
 * without newer features, C libraries pick their SSE2 functions and do not search cache descriptors.
 */
export const cpuid: Compiler = ({ i32, model }) => {
  const leaves = leavesOf(model)
  return () => {
    const leaf = leaves.get(i32[0]! >>> 0) ?? nothing
    i32[0] = leaf[0]
    i32[1] = 0
    i32[6] = leaf[1]
    i32[7] = 0
    i32[2] = leaf[2]
    i32[3] = 0
    i32[4] = leaf[3]
    i32[5] = 0
    return 0
  }
}

const nothing: Leaf = [0, 0, 0, 0]

function leavesOf(model: CpuModel): ReadonlyMap<number, Leaf> {
  const features = model === 'sse2' ? baseline : baseline | version2
  return new Map<number, Leaf>([
    [0, [1, word('Auth'), word('cAMD'), word('enti')]],
    [1, [0xf51, 0x0001_0800, features, 0x0788_a131]],
    [0x8000_0000, [0x8000_0008, 0, 0, 0]],
    [0x8000_0001, [0, 0, 1, 0x2010_0800]],
    [0x8000_0005, [0, 0, 0x2008_0140, 0x2008_0140]],
    [0x8000_0006, [0, 0, 0x0200_6140, 0]],
    [0x8000_0008, [0x3030, 0, 0, 0]],
  ])
}

/** What /proc/cpuinfo says: `features` by the names that Linux has for their bits, in its order. */
export function identityOf(model: CpuModel): CpuIdentity {
  const leaves = leavesOf(model)
  const [signature, , ecx, edx] = leaves.get(1)!
  const [, , extendedEcx, extendedEdx] = leaves.get(0x8000_0001)!
  return {
    vendor: 'AuthenticAMD',
    family: (signature >> 8) & 15,
    model: (signature >> 4) & 15,
    stepping: signature & 15,
    features: [
      ...named(edx, { 0: 'fpu', 4: 'tsc', 5: 'msr', 8: 'cx8', 13: 'pge', 15: 'cmov', 19: 'clflush' }),
      ...named(edx, { 23: 'mmx', 24: 'fxsr', 25: 'sse', 26: 'sse2' }),
      ...named(extendedEdx, { 11: 'syscall', 20: 'nx', 29: 'lm' }),
      ...named(ecx, { 0: 'pni', 9: 'ssse3', 13: 'cx16', 19: 'sse4_1', 20: 'sse4_2', 23: 'popcnt' }),
      ...named(extendedEcx, { 0: 'lahf_lm' }),
    ],
  }
}

function named(bits: number, names: Readonly<Record<number, string>>): string[] {
  return Object.entries(names).flatMap(([bit, name]) => ((bits >> Number(bit)) & 1 ? [name] : []))
}

function word(text: string): number {
  return [...text].reduceRight((bits, letter) => (bits << 8) | letter.charCodeAt(0), 0)
}
