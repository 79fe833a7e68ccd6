// SPDX-License-Identifier: MIT
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { posix, resolve } from 'node:path'
import { renderDiagnostics } from '../../diagnostics/render.ts'
import type { ProgramEnding, ProgramRun } from '../../engine/exec/program-run.ts'
import { type ProgramOptions, startProgram } from '../../engine/exec/start-program.ts'
import { Signal, signalName } from '../../kernel/signal/signal-numbers.ts'
import { hostFolder } from '../../plan/host-folder.ts'
import type { Command } from '../commands.ts'
import { ExitCode } from '../exit-codes.ts'
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
  const files = root === undefined ? oneFile(resolve(shell.folder, program)) : tree(root, program, shell)
  if (typeof files === 'string') return refuse(shell, files)
  const tell = (line: string): void => shell.err(`${line}\n`)
  const write = shell.write ?? ((descriptor, bytes) => writeText(shell, descriptor, bytes))
  let closed = false
  const options: ProgramOptions = {
    ...files,
    argv: what,
    env: Object.entries(shell.environment).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${value}`],
    ),
    stdin: (await shell.input?.()) ?? new Uint8Array(0),
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

type Files = Pick<ProgramOptions, 'path' | 'bytes' | 'tree'>

function oneFile(path: string): Files | string {
  try {
    return { path, bytes: new Uint8Array(readFileSync(path)) }
  } catch (error) {
    return (error as Error).message
  }
}

function tree(root: string, program: string, { folder }: Shell): Files | string {
  try {
    const host = realpathSync(resolve(folder, root))
    if (!statSync(host).isDirectory()) return `${root} is no folder`
    return { path: posix.resolve('/', program), tree: hostFolder(host, { times: true }) }
  } catch (error) {
    return (error as Error).message
  }
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
