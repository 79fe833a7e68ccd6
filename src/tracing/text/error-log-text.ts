// SPDX-License-Identifier: MIT
import type { LogEntry } from '../error-log.ts'
import { timestamp } from './trace-line.ts'

const commandPrefix = '  Command: '

/** An entry of the `error_log` file (spec 07 §6.1). */
export function errorLogText({ subsystem, message, command, caret }: LogEntry, time: bigint): string {
  const pointer = `${' '.repeat(commandPrefix.length + caret)}^`
  return `[${timestamp(time)}] ${subsystem}: error: ${message}\n${commandPrefix}${command}\n${pointer}\n`
}
