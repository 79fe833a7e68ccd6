// SPDX-License-Identifier: MIT
import { renderDiagnostics } from '../../diagnostics/render.ts'
import type { ProgramEnding, ProgramRun } from '../../engine/exec/program-run.ts'
import { type ProgramOptions, startProgram } from '../../engine/exec/start-program.ts'
import { Signal, signalName } from '../../kernel/signal/signal-numbers.ts'
import type { Command } from '../commands.ts'
import { ExitCode } from '../exit-codes.ts'
import { programFiles } from '../program-files.ts'
import { refuse } from '../refuse.ts'
import type { Shell } from '../shell.ts'
import { wantsColor } from '../shell.ts'

/** Steps between two looks at what happens outside the machine. */
const slice = 2_000_000

/** Runs a program with probes and passes on its exit code; 128 and the number of the signal where one killed it. */
export const exec: Command = async (what, { event, root, strace = false, color }, shell) => {
  const [program] = what
  if (program === undefined)
    return refuse(shell, 'which program: trapline exec [-e DEF]… [--root DIR] -- PROGRAM [ARGS]')
  const files = programFiles(program, root, shell.folder)
  if (typeof files === 'string') return refuse(shell, files)
  const tell = (line: string): void => shell.err(`${line}\n`)
  const write = shell.write ?? ((descriptor, bytes) => writeText(shell, descriptor, bytes))
  const stdin = await shell.input?.()
  let closed = false
  const options: ProgramOptions = {
    ...files,
    argv: what,
    env: Object.entries(shell.environment).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${value}`],
    ),
    ...(stdin && { stdin }),
    probes: event ?? [],
    output: (descriptor, bytes) => void (closed = !write(descriptor, bytes) || closed),
    trace: line => write(2, Buffer.from(`${line}\n`, 'latin1')),
    log: line => tell(`trapline: kernel: ${line}`),
    ...(strace && { systemCall: tell }),
  }
  const started = await startProgram(options)
  const diagnostics = started.ok ? started.value.warnings : started.diagnostics
  if (diagnostics.length > 0) tell(renderDiagnostics(diagnostics, { color: wantsColor(color, shell) }))
  if (!started.ok) return ExitCode.invalid
  return await runToEnd(started.value, shell, () => closed)
}

async function runToEnd(run: ProgramRun, shell: Shell, closed: () => boolean): Promise<number> {
  for (;;) {
    const ending = run.advance(slice)
    if (ending) return exitCode(ending, shell)
    await new Promise(done => setImmediate(done))
    if (shell.interrupted?.()) return ExitCode.interrupted
    // A program would have been killed by its next write to a pipe that nobody reads.
    if (closed()) return 128 + Signal.SIGPIPE
  }
}

function exitCode(ending: ProgramEnding, shell: Shell): number {
  switch (ending.kind) {
    case 'exited':
      return ending.code
    case 'killed': {
      const { signal, at, address } = ending
      const where = at === undefined ? '' : ` at ${at}`
      const what = address === undefined ? '' : `, address ${address}`
      shell.err(`trapline: killed by ${signalName(signal)}${where}${what}\n`)
      return 128 + signal
    }
    case 'stuck':
      return stop('nothing can run any more', ending.notes, shell)
    case 'broken':
      return stop(`the machine cannot go on: ${ending.message}`, ending.notes, shell)
  }
}

function stop(message: string, notes: readonly string[], shell: Shell): number {
  return refuse(shell, [message, ...notes].join('\n  '), ExitCode.unfinished)
}

function writeText(shell: Shell, descriptor: 1 | 2, bytes: Uint8Array): boolean {
  const text = new TextDecoder().decode(bytes)
  if (descriptor === 1) shell.out(text)
  else shell.err(text)
  return true
}
