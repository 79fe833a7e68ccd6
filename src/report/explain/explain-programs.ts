// SPDX-License-Identifier: MIT
import { positionAt, type Span } from '../../diagnostics/source-file.ts'
import type { Plan, PlannedProcess } from '../../plan/plan.ts'
import type { Row } from './rows.ts'

/** Symbols of the stub that starts threads; they are none of the author's. */
const stubPrefix = '__trapline_'

/** Symbols that are worth their room; a real program has thousands. */
const shownSymbols = 8

/** A row for each program, and one for each task that the boot makes. */
export function explainPrograms(plan: Plan): Row[] {
  const programs = [...plan.scenario.binaries].map(
    ([name, source]): Row => [
      name,
      [
        describeOrigin(source.kind, source.span),
        ...describeLinking(plan, name),
        ...describeSymbols(plan, name),
      ],
    ],
  )
  return [...programs, ...plan.processes.flatMap(process => explainTasks(process, plan))]
}

function describeOrigin(kind: 'asm' | 'c' | 'elf', span: Span): string {
  const verb = { asm: 'assembled from', c: 'compiled from', elf: 'read as' }[kind]
  return `a program, ${verb} ${span.file.path}:${positionAt(span.file, span.start).line}`
}

function describeLinking({ images }: Plan, name: string): string[] {
  const interpreter = images.get(name)?.interpreter
  return interpreter === undefined ? [] : [`dynamically linked, by ${interpreter} of the root folder`]
}

function describeSymbols({ images }: Plan, name: string): string[] {
  const symbols = (images.get(name)?.symbols ?? []).filter(symbol => !symbol.name.startsWith(stubPrefix))
  const listed = symbols
    .slice(0, shownSymbols)
    .map(symbol => `${symbol.name} 0x${symbol.address.toString(16)}`)
  if (symbols.length > shownSymbols) listed.push(`and ${symbols.length - shownSymbols} more`)
  return listed.length > 0 ? [`symbols ${listed.join(', ')}`] : []
}

function explainTasks({ name, binary, argv, stdin, threads }: PlannedProcess, { scenario }: Plan): Row[] {
  if (threads.length === 0) {
    const input = stdin === '' ? '' : `, reads ${JSON.stringify(stdin)}`
    return [[name, [`a process that executes ${binary} with ${JSON.stringify(argv)}${input}`]]]
  }
  return threads.map(({ name: thread, symbol, address }): Row => {
    const source = scenario.threads.get(thread)
    const args = (source?.args ?? []).map(({ value }) => String(value))
    const regs = [...(source?.regs ?? [])].map(([register, { value }]) => `${register}=${value}`)
    const given = [args.length > 0 ? `(${args.join(', ')})` : '()', ...regs].join(' ')
    return [thread, [`a thread that calls ${binary}:${symbol}${given} at 0x${address.toString(16)}`]]
  })
}
