// SPDX-License-Identifier: MIT
import type { ErrnoName } from '../../kernel/errno.ts'
import { parseUnsigned } from '../definition/numbers.ts'
import { fromKernelText, toKernelText } from '../kernel-text.ts'
import { type TriggerName, triggerNames } from './trigger.ts'

/** A line written to a `trigger` file, taken apart. The filter is not parsed yet: its errors come after those of the target. */
export type TriggerLine = {
  readonly remove: boolean
  readonly name: TriggerName
  readonly target: { readonly group: string; readonly event: string } | undefined
  /** As written; undefined: no limit. */
  readonly count: string | undefined
  /** What follows the first word behind name and parameters: `if FILTER` when it is right. */
  readonly condition: string | undefined
}

/** `[!]NAME[:GROUP:EVENT][:COUNT] [if FILTER]` (spec 07 §11); white space is as good as the first colon. */
export function parseTrigger(text: string): TriggerLine | 'EINVAL' {
  const line = toKernelText(text).split('\0', 1)[0]!.trim()
  const end = /[: \t]/.exec(line)?.index ?? line.length
  const rest = line.slice(end + 1).trimStart()
  const remove = line.startsWith('!')
  const name = line.slice(remove ? 1 : 0, end) as TriggerName
  if (!triggerNames.includes(name)) return 'EINVAL'

  const takesTarget = name === 'enable_event' || name === 'disable_event'
  const hasParameters = takesTarget || /^[0-9]/.test(rest)
  const space = hasParameters ? (/[ \t]/.exec(rest)?.index ?? rest.length) : 0
  const parameters = rest.slice(0, space)
  const condition = fromKernelText(rest.slice(space).trimStart()) || undefined
  if (!takesTarget) {
    const count = hasParameters ? parameters.split(':', 1)[0] : undefined
    return { remove, name, target: undefined, count, condition }
  }
  const [group, event, count] = parameters.split(':')
  if (!group || !event) return 'EINVAL'
  return {
    remove,
    name,
    target: { group: fromKernelText(group), event: fromKernelText(event) },
    count,
    condition,
  }
}

/** The limit of a trigger, which the kernel keeps in a signed long: -1 is none. */
export function parseCount(count: string | undefined): bigint | ErrnoName {
  if (count === undefined) return -1n
  const value = parseUnsigned(count)
  return typeof value === 'string' ? value : BigInt.asIntN(64, value)
}

/** The filter text of `if FILTER`, undefined without a condition. */
export function conditionText(condition: string | undefined): string | undefined | 'EINVAL' {
  if (condition === undefined) return undefined
  const text = /^if[ \t](.*)$/s.exec(condition)?.[1]
  return text === undefined || text.trim() === '' ? 'EINVAL' : text
}
