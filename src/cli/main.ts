// SPDX-License-Identifier: MIT
import { commands } from './commands.ts'
import { describeBug } from './describe-bug.ts'
import { ExitCode } from './exit-codes.ts'
import { parseArguments } from './parse-arguments.ts'
import { processShell, type Shell } from './shell.ts'
import { splitWords } from './split-words.ts'
import { version } from './version.ts'

/** The tool: does what was typed, and resolves to the exit code. Never throws; a bug is reported and is exit code 70. */
export async function main(argv: readonly string[], shell: Shell = processShell()): Promise<number> {
  try {
    return await Promise.race([dispatch(argv, shell), ...(shell.uncaught ? [shell.uncaught] : [])])
  } catch (error) {
    shell.err(describeBug(error, argv.join(' ')))
    return ExitCode.bug
  }
}

async function dispatch(argv: readonly string[], shell: Shell): Promise<number> {
  const standing = splitWords(shell.environment['TRAPLINE_OPTS'] ?? '')
  const invocation = standing
    ? parseArguments(argv, standing)
    : ({ kind: 'refused', message: 'TRAPLINE_OPTS has a quote that is not closed' } as const)
  switch (invocation.kind) {
    case 'version':
      shell.out(`${version()}\n`)
      return ExitCode.ok
    case 'help': {
      const { help } = await import('./help.ts')
      shell.out(help(invocation.command))
      return ExitCode.ok
    }
    case 'refused':
      shell.err(`trapline: ${invocation.message}\n`)
      return ExitCode.usage
    case 'command': {
      const command = await commands[invocation.command].load()
      return await command(invocation.what, invocation.flags, shell)
    }
  }
}
