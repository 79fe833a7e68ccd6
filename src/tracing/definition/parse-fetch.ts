// SPDX-License-Identifier: MIT
import type { Fetch } from '../definition.ts'
import { fromKernelText, letters } from '../kernel-text.ts'
import { Fault } from './fault.ts'
import { parseSigned, parseUnsigned } from './numbers.ts'
import { parseVariable } from './parse-variable.ts'
import { lastSlot } from './slots.ts'

export type ParsedFetch = {
  readonly fetch: Fetch
  /** Slot of the fetch program that its last operation takes. */
  readonly slot: number
  /** Where later complaints count from: behind the brace of the outermost dereference, which is where the kernel's position stays. */
  readonly offset: number
  /** The outermost dereference is written with `u`, which the kernel's loop over the elements of numbers does not know. */
  readonly user?: true
}

const nameStart = new RegExp(`^[${letters}_]`)

export const registerNames =
  'ax bx cx dx si di bp sp ip r8 r9 r10 r11 r12 r13 r14 r15 orig_ax flags cs ss'.split(' ')

/** The expression of an argument; `offset` is its place in the word (spec 07 §5.4). */
export function parseFetch(text: string, offset: number, kind: 'entry' | 'return'): ParsedFetch | Fault {
  const done = (fetch: Fetch | Fault, slot = 0): ParsedFetch | Fault =>
    fetch instanceof Fault ? fetch : { fetch, slot, offset }
  switch (text[0]) {
    case '$':
      return done(parseVariable(text.slice(1), offset, kind))
    case '%':
      return done(parseRegister(text.slice(1), offset))
    case '@':
      return done(parseMemory(text.slice(1), offset), 1)
    case '+':
    case '-':
      return parseDereference(text, offset, kind)
    case '\\':
      return done(parseImmediate(text.slice(1), offset + 1))
    case '(':
      return new Fault('NOSUP_BTFARG', offset, 'EOPNOTSUPP')
    default:
      return new Fault(nameStart.test(text) ? 'NOSUP_BTFARG' : 'BAD_FETCH_ARG', offset)
  }
}

/** Whether the value lies in the task's memory, so that its last dereference is the one that stores. */
export function isMemory(fetch: Fetch): boolean {
  return fetch.kind === 'dereference' || fetch.kind === 'memory' || fetch.kind === 'file-offset'
}

function parseRegister(name: string, offset: number): Fetch | Fault {
  return registerNames.includes(name) ? { kind: 'register', name } : new Fault('BAD_REG_NAME', offset)
}

function parseMemory(text: string, offset: number): Fetch | Fault {
  if (/^[0-9]/.test(text)) {
    const address = parseUnsigned(text)
    if (typeof address === 'string') return new Fault('BAD_MEM_ADDR', offset, address)
    return { kind: 'memory', address }
  }
  if (!text.startsWith('+')) return new Fault('SYM_ON_UPROBE', offset)
  const fileOffset = parseSigned(text.slice(1))
  if (typeof fileOffset === 'string') return new Fault('BAD_FILE_OFFS', offset, fileOffset)
  return { kind: 'file-offset', offset: fileOffset }
}

function parseDereference(text: string, offset: number, kind: 'entry' | 'return'): ParsedFetch | Fault {
  // `+u8(…)` is read as `+8(…)`, and positions behind it are counted as if the `u` were not there.
  const user = text[1] === 'u'
  let rest = user ? text[0] + text.slice(2) : text
  if (rest.startsWith('+')) rest = rest.slice(1)
  const brace = rest.indexOf('(')
  if (brace < 0) return new Fault('DEREF_NEED_BRACE', offset)
  const distance = parseSigned(rest.slice(0, brace))
  if (typeof distance === 'string') return new Fault('BAD_DEREF_OFFS', offset, distance)

  const innerOffset = offset + brace + 1 + (rest.startsWith('-') ? 0 : 1)
  const close = rest.lastIndexOf(')')
  if (close < brace) return new Fault('DEREF_OPEN_BRACE', innerOffset + rest.length - brace - 1)
  const inner = parseFetch(rest.slice(brace + 1, close), innerOffset, kind)
  if (inner instanceof Fault) return inner
  if (inner.fetch.kind === 'command' || inner.fetch.kind === 'immediate-string') {
    return new Fault('COMM_CANT_DEREF', innerOffset)
  }
  const slot = inner.slot + 1
  if (slot === lastSlot) return new Fault('TOO_MANY_OPS', innerOffset)
  // A slot keeps it in 32 bits, whatever was written: `+0x100000000(%di)` is `+0(%di)`.
  const kept = BigInt.asIntN(32, distance)
  return {
    fetch: { kind: 'dereference', offset: kept, of: inner.fetch },
    slot,
    offset: innerOffset,
    ...(user && { user }),
  }
}

/** The text behind the backslash, which stands at `offset`. */
function parseImmediate(text: string, offset: number): Fetch | Fault {
  if (text.startsWith('"')) {
    if (text.length < 2 || !text.endsWith('"')) return new Fault('IMMSTR_NO_CLOSE', offset + text.length)
    return { kind: 'immediate-string', text: fromKernelText(text.slice(1, -1)) }
  }
  const value = immediateValue(text)
  if (typeof value === 'string') return new Fault('BAD_IMM', offset, value)
  return { kind: 'immediate', value: BigInt.asUintN(64, value) }
}

function immediateValue(text: string): bigint | 'EINVAL' | 'ERANGE' {
  if (/^[0-9]/.test(text)) return parseUnsigned(text)
  if (text.startsWith('-')) return parseSigned(text)
  return text.startsWith('+') ? parseSigned(text.slice(1)) : 'EINVAL'
}
