// SPDX-License-Identifier: MIT
import type { FetchType } from '../definition.ts'
import { Fault } from './fault.ts'
import { parseUnsigned, scanUnsigned } from './numbers.ts'
import { namedTypes } from './types.ts'

const maximumCount = 64n

export type TypedExpression = {
  readonly expression: string
  readonly type: FetchType
  /** Where the type was written in the body; 0 where none was. */
  readonly typeOffset: number
  /** The type is written as a bit field whose bits do not fit: the kernel says so only after it has read the expression. */
  readonly badBits: boolean
}

/** Cuts `EXPRESSION[:TYPE]` at its first colon and reads the type. `offset` is where the body starts in its word (spec 07 §5.3). */
export function parseType(body: string, offset: number): TypedExpression | Fault {
  const colon = body.indexOf(':')
  const expression = colon < 0 ? body : body.slice(0, colon)
  const typeOffset = colon + 1
  const written = colon < 0 ? undefined : body.slice(typeOffset)
  const bracket = written?.indexOf('[') ?? -1
  const name = bracket < 0 ? written : written!.slice(0, bracket)
  const count =
    bracket < 0 ? undefined : parseCount(written!.slice(bracket + 1), offset + typeOffset + bracket + 1)
  if (count instanceof Fault) return count

  const isText = expression === '$comm' || expression === '$COMM' || expression.startsWith('\\"')
  if (isText && (count !== undefined || (name ?? 'string') !== 'string')) {
    return new Fault('NEED_STRING_TYPE', offset + typeOffset)
  }
  const type = findType(name ?? (isText ? 'string' : 'x64'))
  if (!type) return new Fault('BAD_TYPE', offset + typeOffset)
  const badBits = type === 'bad bits'
  return {
    expression,
    type: { ...(badBits ? containerOf(name!)! : type), ...(count === undefined ? {} : { count }) },
    typeOffset,
    badBits,
  }
}

/** `N]`, the text behind the bracket. */
function parseCount(text: string, offset: number): number | Fault {
  const close = text.indexOf(']')
  if (close < 0) return new Fault('ARRAY_NO_CLOSE', offset + text.length)
  if (close + 1 < text.length) return new Fault('BAD_ARRAY_SUFFIX', offset + close + 1)
  const count = parseUnsigned(text.slice(0, close))
  // Read into 32 bits: what does not fit is not a number.
  if (typeof count === 'string' || count === 0n || count >> 32n !== 0n)
    return new Fault('BAD_ARRAY_NUM', offset)
  if (count > maximumCount) return new Fault('ARRAY_TOO_BIG', offset)
  return Number(count)
}

function findType(name: string): FetchType | 'bad bits' | undefined {
  const plain = namedTypes.get(name)
  if (plain) return { name, ...plain }
  const container = containerOf(name)
  if (!container) return undefined
  const bits = bitsOf(name, BigInt(container.size * 8))
  return bits ? { ...container, bitfield: bits } : 'bad bits'
}

/** Whatever starts with `b` and has a container size behind its first slash passes for a bit field at first. */
function containerOf(name: string): FetchType | undefined {
  const slash = name.indexOf('/')
  if (!name.startsWith('b') || slash < 0) return undefined
  const bits = parseUnsigned(name.slice(slash + 1))
  if (bits !== 8n && bits !== 16n && bits !== 32n && bits !== 64n) return undefined
  return { name, base: 'bitfield', size: (Number(bits) / 8) as FetchType['size'] }
}

function bitsOf(name: string, container: bigint): FetchType['bitfield'] {
  const width = scanUnsigned(name.slice(1))
  const afterWidth = name.slice(1 + width.length)
  if (width.value === 0n || !afterWidth.startsWith('@')) return undefined
  const offset = scanUnsigned(afterWidth.slice(1))
  if (offset.length === 0 || afterWidth[1 + offset.length] !== '/') return undefined
  // The sum is cut to 64 bits and the shifts to eight, as the kernel does: `b18446744073709551615@2/8` passes.
  if (BigInt.asUintN(64, width.value + offset.value) > container) return undefined
  return { width: Number(BigInt.asUintN(8, width.value)), offset: Number(BigInt.asUintN(8, offset.value)) }
}
