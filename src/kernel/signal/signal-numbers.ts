// SPDX-License-Identifier: MIT
/** Signal numbers of Linux x86-64 by name. */
export const Signal = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGSTKFLT: 16,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
  SIGTTIN: 21,
  SIGTTOU: 22,
  SIGURG: 23,
  SIGXCPU: 24,
  SIGXFSZ: 25,
  SIGVTALRM: 26,
  SIGPROF: 27,
  SIGWINCH: 28,
  SIGIO: 29,
  SIGPWR: 30,
  SIGSYS: 31,
} as const

export const signalCount = 64
export const firstRealTime = 32

const names = new Map<number, string>(Object.entries(Signal).map(([name, number]) => [number, name]))

/** `SIGSEGV` for 11; real-time signals are `SIGRT_0` (32) and up. */
export function signalName(signal: number): string {
  return names.get(signal) ?? `SIGRT_${signal - firstRealTime}`
}

/** Number of a signal given as `SIGUSR1`, `USR1` or a number; undefined when there is none. */
export function signalNumber(text: string): number | undefined {
  const number = /^\d+$/.test(text) ? Number(text) : undefined
  if (number !== undefined) return number >= 1 && number <= signalCount ? number : undefined
  const realTime = /^(?:SIG)?RT_(\d+)$/.exec(text)
  if (realTime) return firstRealTime + Number(realTime[1])
  const name = text.startsWith('SIG') ? text : `SIG${text}`
  return (Signal as Record<string, number>)[name]
}

/** What happens without a handler. */
export type DefaultAction = 'kill' | 'ignore' | 'stop' | 'continue'

export function defaultAction(signal: number): DefaultAction {
  if (ignoredByDefault.has(signal)) return 'ignore'
  if (stopSignals.has(signal)) return 'stop'
  return signal === Signal.SIGCONT ? 'continue' : 'kill'
}

const ignoredByDefault = new Set<number>([Signal.SIGCHLD, Signal.SIGWINCH, Signal.SIGURG])
export const stopSignals: ReadonlySet<number> = new Set<number>([
  Signal.SIGSTOP,
  Signal.SIGTSTP,
  Signal.SIGTTIN,
  Signal.SIGTTOU,
])

/** Bit of a signal in a sigset. */
export function bit(signal: number): bigint {
  return 1n << BigInt(signal - 1)
}

/** Signals that an instruction brings about; they are taken first (SYNCHRONOUS_MASK). */
export const synchronousMask = [4, 5, 7, 8, 11, 31].reduce((mask, signal) => mask | bit(signal), 0n)
/** SIGKILL and SIGSTOP cannot be blocked, caught or ignored. */
export const unblockable = bit(Signal.SIGKILL) | bit(Signal.SIGSTOP)
/** Signals whose default action writes a core dump (SIG_KERNEL_COREDUMP_MASK). */
export const dumpingCore = [3, 4, 5, 6, 7, 8, 11, 24, 25, 31].reduce((mask, signal) => mask | bit(signal), 0n)
