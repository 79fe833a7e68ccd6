// SPDX-License-Identifier: MIT
import { fstatSync, type Stats } from 'node:fs'
import type { StandardInput } from '../kernel/kernel.ts'
import { ExitCode } from './exit-codes.ts'

/** The world around the tool: everything that it reads from, or says to, the process that it runs in. */
export type Shell = {
  /** Standard output: the report, and nothing else. */
  readonly out: (text: string) => void
  /** Standard error: progress, and messages about the tool itself. */
  readonly err: (text: string) => void
  /** What a program writes to its standard output (1) or error (2), byte for byte. False once nobody reads standard output. */
  readonly write?: (descriptor: 1 | 2, bytes: Uint8Array) => boolean
  /** Everything that is on standard input; undefined where a person types there, or it is /dev/null or closed. */
  readonly input?: () => Promise<StandardInput | undefined>
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Absolute. */
  readonly folder: string
  /** Whether a person reads standard output. */
  readonly terminal: boolean
  /**
   * Catches the first signal that asks the process to end, and resolves then; the next one has its default meaning. Where it is there,
   * scenarios run in a thread of their own, so that the signal is noticed at any time. Commands that ask for neither just end.
   */
  readonly catchInterruption?: () => Promise<void>
  /** Whether such a signal has come; it is caught from the first call on. */
  readonly interrupted?: () => boolean
  /** Flags of node for such a thread. */
  readonly threadFlags?: readonly string[]
  /** Rejects with what was thrown where nobody waits for it. */
  readonly uncaught?: Promise<never>
}

/** The shell of this process. Output to a reader that has gone is dropped without a word, as `head` expects of a pipe. */
export function processShell(): Shell {
  let closed = false
  const onError = (error: NodeJS.ErrnoException): void => {
    if (!closed && error.code !== 'EPIPE') reportLostOutput(error)
    closed = true
  }
  process.stdout.on('error', onError)
  process.stderr.on('error', onError)
  let interrupted = false
  let interruption: Promise<void> | undefined
  const catchInterruption = (): Promise<void> => {
    interruption ??= firstSignal().then(() => void (interrupted = true))
    return interruption
  }
  const uncaught = new Promise<never>((_, reject) => {
    process.on('uncaughtException', reject)
    process.on('unhandledRejection', reject)
  })
  return {
    out: text => void (!closed && process.stdout.write(text)),
    err: text => void process.stderr.write(text),
    write(descriptor, bytes) {
      if (descriptor === 2) process.stderr.write(bytes)
      else if (!closed) process.stdout.write(bytes)
      return !closed
    },
    input: readInput,
    environment: process.env,
    folder: process.cwd(),
    terminal: process.stdout.isTTY === true,
    catchInterruption,
    interrupted: () => {
      void catchInterruption()
      return interrupted
    },
    uncaught,
  }
}

async function readInput(): Promise<StandardInput | undefined> {
  const status = statusOfInput()
  if (!status || status.isCharacterDevice()) return undefined
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return { kind: status.isFile() ? 'file' : 'pipe', bytes: new Uint8Array(Buffer.concat(chunks)) }
}

function statusOfInput(): Stats | undefined {
  try {
    return fstatSync(0)
  } catch {
    return undefined
  }
}

function firstSignal(): Promise<void> {
  return new Promise(resolve => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}

/** A report that could not be written must not look like success. */
function reportLostOutput(error: Error): void {
  process.stderr.write(`trapline: the report is incomplete: ${error.message}\n`)
  process.once('exit', code => {
    if (code === ExitCode.ok) process.exitCode = ExitCode.usage
  })
}

/** Set, and not to a word that means no: `CI=false` is no. */
export function isSet(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false', 'no'].includes(value.toLowerCase())
}

/** `--color` wins over NO_COLOR, which wins over FORCE_COLOR, which wins over what stdout is. */
export function wantsColor(flag: string | undefined, shell: Shell): boolean {
  if (flag === 'always' || flag === 'never') return flag === 'always'
  const { NO_COLOR, FORCE_COLOR, TERM } = shell.environment
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false
  if (FORCE_COLOR !== undefined) return isSet(FORCE_COLOR) || FORCE_COLOR === ''
  return shell.terminal && TERM !== 'dumb'
}
