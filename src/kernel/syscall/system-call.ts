// SPDX-License-Identifier: MIT
import type { KernelPath } from '../kernel.ts'
import type { KernelCore } from '../kernel-core.ts'
import type { KernelTask } from '../task/kernel-task.ts'

/** What a handler is given: who calls, and six arguments as 64-bit unsigned integers. */
export type Call = {
  readonly kernel: KernelCore
  readonly task: KernelTask
  readonly arguments: readonly [bigint, bigint, bigint, bigint, bigint, bigint]
}
/** rax, or a negated errno. */
export type CallResult = number | bigint

/** `full`: all that programs use. `partial`: what the note does not except. `stub`: a fixed answer that programs accept. */
export type Support = 'full' | 'partial' | 'stub'

export type SystemCall = {
  readonly number: number
  readonly name: string
  /** How many arguments it takes: those that an event shows. */
  readonly count: number
  readonly support: Support
  readonly note?: string
  /** Does not return to where it was called: its event is recorded at the entry, without a result. */
  readonly final?: true
  readonly handler: (call: Call) => KernelPath<CallResult> | CallResult
}

/** The low 32 bits as a signed number, as C passes an int. */
export function int(value: bigint): number {
  return Number(BigInt.asIntN(32, value))
}

export function unsigned(value: bigint): number {
  return Number(BigInt.asUintN(32, value))
}
