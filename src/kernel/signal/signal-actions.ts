// SPDX-License-Identifier: MIT
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

/** A table of handlers (sighand_struct), shared with CLONE_SIGHAND. Only what differs from the default is held. */
export class SignalActions {
  readonly #actions = new Map<number, SignalAction>()

  get(signal: number): SignalAction {
    return this.#actions.get(signal) ?? initial
  }

  set(signal: number, action: SignalAction): void {
    this.#actions.set(signal, action)
  }

  copy(): SignalActions {
    const copy = new SignalActions()
    for (const [signal, action] of this.#actions) copy.set(signal, action)
    return copy
  }

  /** Caught signals get their default action again, as after exec; ignored ones stay ignored. */
  reset(): void {
    for (const [signal, { handler }] of this.#actions) {
      if (handler === ignoreHandler) this.set(signal, { ...initial, handler })
      else this.#actions.delete(signal)
    }
  }
}
