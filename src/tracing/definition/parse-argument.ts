// SPDX-License-Identifier: MIT
import type { FetchArgument, FetchType } from '../definition.ts'
import { fromKernelText } from '../kernel-text.ts'
import { Fault } from './fault.ts'
import { isMemory, type ParsedFetch, parseFetch } from './parse-fetch.ts'
import { isIdentifier } from './parse-names.ts'
import { parseType } from './parse-type.ts'
import { lastSlot } from './slots.ts'
import { storedSize } from './types.ts'

/** Bytes that all fixed parts of the arguments may take together. */
export const maximumSize = 3072
const maximumName = 32
const maximumBody = 63

const reserved = [
  'common_type',
  'common_flags',
  'common_preempt_count',
  'common_pid',
  'common_tgid',
  '__probe_ip',
  '__probe_ret_ip',
  '__probe_func',
]

type ArgumentContext = {
  readonly kind: 'entry' | 'return'
  readonly before: readonly FetchArgument[]
  /** Bytes that are left of `maximumSize`. */
  readonly room: number
}

/** `[NAME=]FETCH[:TYPE]` (spec 07 §5). */
export function parseArgument(word: string, context: ArgumentContext): FetchArgument | Fault {
  const equals = word.indexOf('=')
  if (equals > maximumName) return new Fault('ARG_NAME_TOO_LONG')
  if (equals === 0) return new Fault('NO_ARG_NAME')
  const written = word.slice(0, equals)
  if (equals >= 0 && !isIdentifier(written)) return new Fault('BAD_ARG_NAME')
  const name = equals < 0 ? `arg${context.before.length + 1}` : fromKernelText(written)
  if (reserved.includes(name) || context.before.some(argument => argument.name === name)) {
    return new Fault('USED_ARG_NAME')
  }

  const offset = equals + 1
  const text = word.slice(offset)
  if (text.length > maximumBody) return new Fault('ARG_TOO_LONG', offset, 'E2BIG')
  if (text === '') return new Fault('NO_ARG_BODY', offset)

  const typed = parseType(text, offset)
  if (typed instanceof Fault) return typed
  const { type } = typed
  const parsed = parseFetch(typed.expression, offset, context.kind)
  if (parsed instanceof Fault) return parsed
  if (storedSize(type) > context.room) return new Fault('EVENT_TOO_BIG', parsed.offset, 'E2BIG')
  const misfit = findMisfit(parsed, type, typed.badBits)
  if (misfit === 'TOO_MANY_OPS') return new Fault(misfit, parsed.offset, 'E2BIG')
  if (misfit) return new Fault(misfit, parsed.offset + typed.typeOffset)
  return { name, text: fromKernelText(text), fetch: parsed.fetch, type }
}

/** Whether what the expression leads to can be stored as the type, and the program has room for storing, bit field and loop (spec 07 §5.4). */
function findMisfit(
  { fetch, slot, user }: ParsedFetch,
  type: FetchType,
  badBits: boolean,
): 'BAD_STRING' | 'TOO_MANY_OPS' | 'BAD_BITFIELD' | undefined {
  const inMemory = isMemory(fetch)
  const isAddress =
    fetch.kind === 'immediate' || fetch.kind === 'immediate-string' || fetch.kind === 'command'
  const isString = type.base === 'string'
  if (isString && !inMemory && !isAddress) return 'BAD_STRING'

  // The last dereference becomes the store; a value and an array of pointers need a slot of their own for it.
  let last = slot
  const storesInPlace = inMemory && !(isString && type.count !== undefined)
  if (!storesInPlace && ++last >= lastSlot) return 'TOO_MANY_OPS'
  if (type.base === 'bitfield' && (badBits || ++last >= lastSlot)) return 'BAD_BITFIELD'
  if (type.count === undefined) return undefined
  if (!isString && (!inMemory || user)) return 'BAD_STRING'
  return ++last >= lastSlot ? 'TOO_MANY_OPS' : undefined
}
