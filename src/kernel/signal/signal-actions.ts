// SPDX-License-Identifier: MIT
import { signalCount } from './signal-numbers.ts'

/** Special handlers of sigaction. */
export const defaultHandler = 0n
export const ignoreHandler = 1n

export const SignalFlag = {
  NOCLDSTOP: 1n,
  NOCLDWAIT: 2n,
  SIGINFO: 4n,
  RESTORER: 0x0400_0000n,
  ONSTACK: 0x0800_0000n,
  RESTART: 0x1000_0000n,
  NODEFER: 0x4000_0000n,
  RESETHAND: 0x8000_0000n,
} as const

export type SignalAction = {
  readonly handler: bigint
  readonly flags: bigint
  readonly restorer: bigint
  readonly mask: bigint
}

const initial: SignalAction = { handler: defaultHandler, flags: 0n, restorer: 0n, mask: 0n }

/** A table of handlers (sighand_struct), shared with CLONE_SIGHAND. */
export class SignalActions {
  readonly #actions: SignalAction[] = new Array(signalCount + 1).fill(initial)

  get(signal: number): SignalAction {
    return this.#actions[signal]!
  }

  set(signal: number, action: SignalAction): void {
    this.#actions[signal] = action
  }

  copy(): SignalActions {
    const copy = new SignalActions()
    for (const [signal, action] of this.#actions.entries()) copy.set(signal, action)
    return copy
  }

  /** After exec caught signals have their default action again; ignored ones stay ignored unless `all`. */
  reset(all: boolean): void {
    for (const [signal, action] of this.#actions.entries())
      this.set(
        signal,
        !all && action.handler === ignoreHandler ? { ...initial, handler: ignoreHandler } : initial,
      )
  }
}
