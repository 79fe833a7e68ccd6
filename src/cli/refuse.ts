// SPDX-License-Identifier: MIT
import { ExitCode } from './exit-codes.ts'
import type { Shell } from './shell.ts'

/** Says why a command does not do what was typed, and gives its exit code. */
export function refuse(shell: Shell, message: string, code: number = ExitCode.usage): number {
  shell.err(`trapline: ${message}\n`)
  return code
}
