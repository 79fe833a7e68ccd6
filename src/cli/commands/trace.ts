// SPDX-License-Identifier: MIT
import { createWriteStream } from 'node:fs'
import { resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { renderDiagnostics } from '../../diagnostics/render.ts'
import { runEmulator } from '../../engine/run-emulator.ts'
import { lanes as renderLanes } from '../../expect/failure/lanes.ts'
import type { ReportInput } from '../../expect/failure/report-input.ts'
import { judgeCrash } from '../../expect/judge-crash.ts'
import { type TraceFormat, traceFormats } from '../../report/trace-formats.ts'
import type { Command } from '../commands.ts'
import { ExitCode } from '../exit-codes.ts'
import { onePlan } from '../one-plan.ts'
import { refuse } from '../refuse.ts'
import { type Shell, wantsColor } from '../shell.ts'

/** Runs one test and prints every event of every kind; whether they are those expected is for `run` to say. */
export const trace: Command = async (what, { format, lanes = false, out, color: when }, shell) => {
  const color = wantsColor(when, shell)
  if (lanes && format) return refuse(shell, `\`--lanes\` and \`--format ${format}\` exclude each other`)
  const plan = await onePlan(what, 'trapline trace <id>', color, shell)
  if (typeof plan === 'number') return plan
  const run = runEmulator(plan)
  const printed = lanes ? inLanes({ plan, run, options: { full: true } }) : traceFormats[format ?? 'lines']
  try {
    await write(printed.print(run), printed.encoding, out, shell)
  } catch (error) {
    return refuse(shell, (error as Error).message)
  }
  const wrong = judgeCrash(plan.expect, run)
  if (wrong.length === 0) return ExitCode.ok
  shell.err(`${renderDiagnostics(wrong, { color })}\n`)
  return ExitCode.failed
}

function inLanes(input: ReportInput): TraceFormat {
  const { events } = input.run
  return {
    encoding: 'utf8',
    print: () => [`${renderLanes(input, events, events.length, '').join('\n')}\n`],
  }
}

/** Pieces that are handed on at once; a call for every event would be slow. */
const pieceSize = 1 << 16

async function write(
  pieces: Iterable<string>,
  encoding: TraceFormat['encoding'],
  file: string | undefined,
  { folder, out, write: writeBytes }: Shell,
): Promise<void> {
  if (file !== undefined) {
    const bytes = Readable.from(joined(pieces)).map((text: string) => Buffer.from(text, encoding))
    await pipeline(bytes, createWriteStream(resolve(folder, file)))
    return
  }
  for (const text of joined(pieces)) {
    if (encoding === 'utf8' || !writeBytes) out(text)
    else writeBytes(1, Buffer.from(text, encoding))
  }
}

function* joined(pieces: Iterable<string>): Generator<string> {
  let text = ''
  for (const piece of pieces) {
    text += piece
    if (text.length < pieceSize) continue
    yield text
    text = ''
  }
  if (text !== '') yield text
}
