// SPDX-License-Identifier: MIT

import { sendToProcess } from '../signal/send-signal.ts'
import { SignalFlag } from '../signal/signal-actions.ts'
import { Signal } from '../signal/signal-numbers.ts'
import type { Process } from './process.ts'

const Child = { EXITED: 1, KILLED: 2, STOPPED: 5, CONTINUED: 6 } as const

/** SIGCHLD for a process that has stopped or gone on, unless the parent has said SA_NOCLDSTOP. */
export function notifyParentOfStop(process: Process): void {
  const { parent } = process
  if (!parent || (parent.actions.get(Signal.SIGCHLD).flags & SignalFlag.NOCLDSTOP) !== 0n) return
  const stopped = process.stopped !== 0
  sendToProcess(parent, {
    signal: Signal.SIGCHLD,
    code: stopped ? Child.STOPPED : Child.CONTINUED,
    pid: process.id,
    uid: 0,
    status: stopped ? process.stopped : Signal.SIGCONT,
  })
}

/** The exit signal of a process that has ended. */
export function notifyParentOfExit(process: Process): void {
  const { parent, status, exitSignal } = process
  if (!parent || exitSignal === 0) return
  const signal = status & 0x7f
  sendToProcess(parent, {
    signal: exitSignal,
    code: signal === 0 ? Child.EXITED : Child.KILLED,
    pid: process.id,
    uid: 0,
    status: signal === 0 ? status >> 8 : signal,
  })
}
