// SPDX-License-Identifier: MIT
import type { Event } from '../../events/event.ts'
import type { Value } from '../../events/value.ts'
import { errnoName } from '../../kernel/errno.ts'

/** A `syscall` event on a line: `[pool.1] write(1, 0x4c1f20, 8) = 8`, `= -1 ENOENT`, `= ?` for a call that does not return. */
export function systemCallLine({ thread, fields }: Event): string {
  const { name, arguments: values, result } = fields
  const list: readonly Value[] = Array.isArray(values) ? values : []
  return `[${thread}] ${name}(${list.map(argument).join(', ')}) = ${outcome(result)}`
}

function argument(value: Value): string {
  if (typeof value !== 'bigint') return String(value)
  const signed = BigInt.asIntN(64, value)
  const low = BigInt.asIntN(32, value)
  if (signed >= -4096n && signed < 65_536n) return signed.toString()
  // An int in a register whose upper half is not used: AT_FDCWD.
  if (value < 1n << 32n && low < 0n && low >= -4096n) return low.toString()
  return `0x${value.toString(16)}`
}

function outcome(result: Value | undefined): string {
  if (typeof result !== 'bigint') return '?'
  if (result < 0n && result >= -4095n) return `-1 ${errnoName(Number(-result))}`
  return result < 65_536n && result >= 0n ? result.toString() : `0x${BigInt.asUintN(64, result).toString(16)}`
}
