// SPDX-License-Identifier: MIT
import { describeEventPattern, describePattern } from '../../events/describe-pattern.ts'
import type { EventPattern } from '../../events/pattern.ts'
import type { Times } from '../../scenario/scenario.ts'

/** An event pattern with its task: `hit add_in, args {n: 20} on B`. */
export function describeOnThread(pattern: EventPattern): string {
  const on = pattern.thread ? ` on ${describePattern(pattern.thread, true)}` : ''
  return describeEventPattern(pattern) + on
}

export function describeTimes({ min, max }: Times): string {
  if (min === max) return min === 1 ? 'once' : `${min} times`
  if (max === Infinity) return `at least ${min} times`
  return min === 0 ? `at most ${max} times` : `${min} to ${max} times`
}
