// SPDX-License-Identifier: MIT
import type { SignalInfo } from '../kernel.ts'
import { Signal } from './signal-numbers.ts'

/** Bytes of siginfo_t. */
export const signalInfoSize = 128

const faults = new Set<number>([Signal.SIGILL, Signal.SIGTRAP, Signal.SIGBUS, Signal.SIGFPE, Signal.SIGSEGV])

/** Writes a siginfo_t: si_addr for signals that faults raise, si_pid and si_uid for sent ones, si_status too for SIGCHLD. */
export function encodeSignalInfo(view: DataView, offset: number, info: SignalInfo): void {
  view.setInt32(offset, info.signal, true)
  view.setInt32(offset + 8, info.code, true)
  if (faults.has(info.signal) && info.code > 0 && info.code !== 0x80) {
    view.setBigUint64(offset + 16, BigInt.asUintN(64, info.address ?? 0n), true)
    return
  }
  view.setInt32(offset + 16, info.pid ?? 0, true)
  view.setInt32(offset + 20, info.uid ?? 0, true)
  view.setInt32(offset + 24, info.status ?? 0, true)
  if (info.value !== undefined) view.setBigUint64(offset + 24, info.value, true)
}
