// SPDX-License-Identifier: MIT
import { faultText } from '../../events/equal-values.ts'
import { isAddress, type Value } from '../../events/value.ts'

/** Words that YAML 1.2 and its older readers take for something else, and signs that begin something else. */
const plainText = /^(?!(?:true|false|null|yes|no|on|off)$)[A-Za-z][\w.:/+-]*$/i

/**
 * A value as YAML in the style of the text that it replaces; undefined where that text is not a plain scalar of this file's own
 * (a block, an alias, `${…}`) or the value has no scalar form.
 */
export function writeScalar(value: Value, before: string): string | undefined {
  if (/\n|\$\{|^[*&!|>]/.test(before)) return undefined
  if (typeof value === 'bigint') return writeInteger(value, before)
  if (typeof value === 'boolean') return String(value)
  if (value === null) return writeText(faultText, before)
  if (typeof value === 'string') return writeText(value, before)
  if (!isAddress(value)) return undefined
  return value.at.includes(':') && plainText.test(value.at) ? value.at : writeInteger(value.address, '0x')
}

/** Beyond 2^53 as the 64 bits in hex, which every reader takes exactly. */
function writeInteger(value: bigint, before: string): string {
  const exact = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
  const hex = !exact || (before.startsWith('0x') && value >= 0n)
  return hex ? `0x${BigInt.asUintN(64, value).toString(16)}` : value.toString()
}

function writeText(value: string, before: string): string {
  if (before.startsWith("'") && !/[^\x20-\x7e]/.test(value)) return `'${value.replaceAll("'", "''")}'`
  const isPlain = !before.startsWith('"') && plainText.test(value) && !value.endsWith(':')
  return isPlain ? value : JSON.stringify(value)
}
