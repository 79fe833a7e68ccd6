// SPDX-License-Identifier: MIT
import type { ErrnoName } from '../../kernel/errno.ts'
import type { FetchArgument } from '../definition.ts'
import { Fault } from './fault.ts'
import { messages } from './messages.ts'
import { parseUnsigned } from './numbers.ts'
import { maximumSize, parseArgument } from './parse-argument.ts'
import type { ParsedDefinition } from './parse-definition.ts'
import { defaultGroup, parseNames } from './parse-names.ts'
import { splitWords } from './words.ts'

/** Words behind the place. */
const maximumArguments = 128
const maximumPid = 2n ** 31n - 1n

/**
 * One line of `uprobe_events` in the notation of 2010: `p[:[GRP/]EVENT] VADDR@PID [[NAME=]%REG…]` (spec 08 §9). There is no return probe,
 * no type, no memory and no reference counter, and no column in messages: they go to the kernel log. Whether there is such a process is
 * not looked at.
 */
export function parseProcessDefinition(line: string): ParsedDefinition {
  const [head, place, ...words] = splitWords(line)
  if (head === undefined || head[0] !== 'p')
    return refuse("Probe definition must be started with 'p', 'r' or '-'")
  if (place === undefined) return refuse('Probe point is not specified')
  const process = parseProcessPlace(place)
  if (!process) return refuse(`Probe point must be VADDR@PID, not ${place}`)
  if (words.length > maximumArguments) return refuse(messages.TOO_MANY_ARGS, 'E2BIG')

  const names = head[1] === ':' ? parseNames(head.slice(2), 2) : { group: defaultGroup, event: undefined }
  if (names instanceof Fault) return refuseFault(names)
  const parsed: FetchArgument[] = []
  for (const word of words) {
    const argument = parseArgument(word, { kind: 'entry', before: parsed, room: maximumSize })
    if (argument instanceof Fault) return refuseFault(argument)
    if (!isBareRegister(argument)) return refuse(`Only registers can be fetched, not ${argument.text}`)
    parsed.push(argument)
  }
  const event = names.event ?? `p_0x${process.address.toString(16)}`
  const { group } = names
  const definition = { kind: 'entry', group, event, path: '', offset: 0n, referenceCounter: 0n } as const
  return { ok: true, definition: { ...definition, arguments: parsed, process } }
}

/** Whether a line is meant to be of this notation: its place is a number followed by `@`. */
export function isProcessLine(line: string): boolean {
  return /^[0-9]\w*@/.test(splitWords(line)[1] ?? '')
}

/** A register as it is, without a type. */
export function isBareRegister({ fetch, text }: FetchArgument): boolean {
  return fetch.kind === 'register' && !text.includes(':')
}

/** `VADDR@PID`, or undefined. */
export function parseProcessPlace(
  word: string,
): { readonly id: number; readonly address: bigint } | undefined {
  const at = word.indexOf('@')
  if (at < 0) return undefined
  const address = parseUnsigned(word.slice(0, at))
  const id = parseUnsigned(word.slice(at + 1))
  if (typeof address === 'string' || typeof id === 'string' || id > maximumPid) return undefined
  return { id: Number(id), address }
}

function refuseFault({ message, errno }: Fault): ParsedDefinition {
  return refuse(message && messages[message], errno)
}

function refuse(message: string | undefined, errno: ErrnoName = 'EINVAL'): ParsedDefinition {
  return { ok: false, refusal: { errno, ...(message !== undefined && { message }) } }
}
