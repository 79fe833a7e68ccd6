// SPDX-License-Identifier: MIT
/** What the process says to its caller (README, "Exit codes"). */
export const ExitCode = {
  ok: 0,
  failed: 1,
  usage: 2,
  invalid: 3,
  nothingSelected: 4,
  bug: 70,
  /** `exec` only: the program could not be brought to its end. */
  unfinished: 125,
  interrupted: 130,
} as const

const precedence: readonly number[] = [
  ExitCode.bug,
  ExitCode.interrupted,
  ExitCode.usage,
  ExitCode.invalid,
  ExitCode.failed,
  ExitCode.nothingSelected,
]

/** The one code for several findings: the one that the caller must know first. */
export function worstExitCode(found: Iterable<number>): number {
  const set = new Set(found)
  return precedence.find(code => set.has(code)) ?? ExitCode.ok
}
