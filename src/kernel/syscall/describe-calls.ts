// SPDX-License-Identifier: MIT
import { allCallNames } from './call-names.ts'
import type { Support } from './system-call.ts'
import { systemCalls } from './system-calls.ts'

/** What this kernel makes of a system call of Linux. */
export type CallDescription = {
  readonly number: number
  readonly name: string
  /** `none`: the answer is ENOSYS, and it is reported once. */
  readonly support: Support | 'none'
  readonly note?: string
}

/** Every system call that Linux has a number for, in their order. */
export function describeCalls(): readonly CallDescription[] {
  const numbers = new Set([...systemCalls.keys(), ...allCallNames.keys()])
  return [...numbers]
    .sort((a, b) => a - b)
    .map(number => {
      const call = systemCalls.get(number)
      if (!call) return { number, name: allCallNames.get(number)!, support: 'none' }
      const { name, support, note } = call
      return { number, name, support, ...(note !== undefined && { note }) }
    })
}
