// SPDX-License-Identifier: MIT
import { Layout } from '../../layout.ts'
import { Register, Vector } from '../../machine.ts'
import type { CpuState } from '../state.ts'
import { codeSelector, dataSelector, descriptorOf, selectorError } from './descriptors.ts'

/** In the order of their encoding. */
export const Segment = { es: 0, cs: 1, ss: 2, ds: 3, fs: 4, gs: 5 } as const

/** Where the selectors that can change lie. */
const hosts = [0, -1, -1, 2, 4, 6].map(offset => Layout.selectors + offset)
/** Words of the segment bases that loads replace; those of the others are zero in 64-bit mode. */
const bases = new Map<number, number>([
  [Segment.fs, Register.fsBase * 2],
  [Segment.gs, Register.gsBase * 2],
])

/** cs and ss can have no other value while 64-bit code runs in user mode. */
export function readSelector({ view }: CpuState, segment: number): number {
  if (segment === Segment.cs) return codeSelector
  if (segment === Segment.ss) return dataSelector
  return view.getUint16(hosts[segment]!, true)
}

/** Whether `loadSelector` would take a selector: 0, or -1 after #GP has been recorded. */
export function checkSelector(cpu: CpuState, segment: number, selector: number): 0 | -1 {
  if (segment === Segment.ss)
    return selector === dataSelector ? 0 : cpu.raise(Vector.GP, selectorError(selector))
  if (selectorError(selector) === 0 || descriptorOf(selector) !== undefined) return 0
  return cpu.raise(Vector.GP, selectorError(selector))
}

/** Loads a selector that has been checked: the bases of fs and gs become zero, which is that of all segments here. */
export function loadSelector({ i32, view }: CpuState, segment: number, selector: number): void {
  if (segment === Segment.ss) return
  view.setUint16(hosts[segment]!, selector, true)
  const base = bases.get(segment)
  if (base !== undefined) i32.fill(0, base, base + 2)
}
