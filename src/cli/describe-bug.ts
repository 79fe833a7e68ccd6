// SPDX-License-Identifier: MIT
import { version } from './version.ts'

/** What to say when the tool itself is wrong, so that the report that follows has what is needed to repeat it. */
export function describeBug(error: unknown, command: string): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `trapline: this is a bug in trapline, not in your scenario.
Please report it with the scenario and this text:

  trapline ${version()}, node ${process.versions.node}, ${process.platform} ${process.arch}
  command  trapline ${command}
  ${stack.replaceAll('\n', '\n  ')}
`
}
