// SPDX-License-Identifier: MIT
import { Register, selectors } from '../../machine/machine.ts'

/** A base without a descriptor: the selector becomes null (do_arch_prctl_64). */
export function setSegmentBase(registers: BigUint64Array, segment: 'fs' | 'gs', base: bigint): void {
  const shift = segment === 'fs' ? 32n : 48n
  registers[selectors] = registers[selectors]! & ~(0xffffn << shift)
  registers[segment === 'fs' ? Register.fsBase : Register.gsBase] = base
}
