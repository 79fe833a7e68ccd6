// SPDX-License-Identifier: MIT
import { letters } from '../kernel-text.ts'
import { Fault } from './fault.ts'

export const defaultGroup = 'uprobes'
/** Room for a name with its NUL. */
const nameSize = 64
const groupName = new RegExp(`^[${letters}_-][${letters}0-9_-]*$`)
const identifier = new RegExp(`^[${letters}_][${letters}0-9_]*$`)

/** Group and event of the text behind `p:`, which starts at `offset` of its word. No event: the default name is meant (spec 07 §3). */
export function parseNames(
  text: string,
  offset: number,
): { readonly group: string; readonly event: string | undefined } | Fault {
  const slash = text.indexOf('/')
  const separator = slash >= 0 ? slash : text.indexOf('.')
  const group = separator < 0 ? defaultGroup : text.slice(0, separator)
  if (separator >= 0) {
    if (group === '') return new Fault('NO_GROUP_NAME', offset)
    if (group.length >= nameSize) return new Fault('GROUP_TOO_LONG', offset)
    if (!groupName.test(group)) return new Fault('BAD_GROUP_NAME', offset)
  }
  const event = text.slice(separator + 1)
  const at = offset + separator + 1
  if (event === '') return separator < 0 ? new Fault('NO_EVENT_NAME', at) : { group, event: undefined }
  if (event.length >= nameSize) return new Fault('EVENT_TOO_LONG', at)
  if (!isIdentifier(event)) return new Fault('BAD_EVENT_NAME', at)
  return { group, event }
}

/** `p_BASE_0xOFFSET`, also for return probes; BASE is the last component of the path up to its first `.`, `-` or `_`. */
export function defaultEventName(path: string, offset: bigint): string {
  const base = path.slice(path.lastIndexOf('/') + 1).split(/[.\-_]/, 1)[0]!
  return `p_${base}_0x${offset.toString(16)}`.slice(0, nameSize - 1)
}

export function isIdentifier(text: string): boolean {
  return identifier.test(text)
}
