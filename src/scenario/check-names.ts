// SPDX-License-Identifier: MIT
import type { Span } from '../diagnostics/source-file.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { ValuePattern } from '../events/pattern.ts'
import { eventPatterns, stateChecks, valuePatterns } from './all-patterns.ts'
import { patternsWithin } from './read-value.ts'
import { error, type Report } from './report.ts'
import type { OrderNode, Scenario, Turn } from './scenario.ts'

/** Whether every task, probe, binary and region that is named anywhere is one of the file. Symbols are not looked at here. */
export function checkNames(scenario: Scenario, report: Report): void {
  const names = namesOf(scenario)
  const task = (name: string, span: Span, allowed?: 'no kernel') =>
    checkTask(name, span, names, report, allowed)
  const probe = (name: string, span: Span) => {
    if (names.probes.includes(name)) return
    report(unknown('R003', `no probe is named \`${name}\``, name, span, names.probes, 'probes'))
  }
  const binary = (name: string, span: Span) => {
    if (names.binaries.includes(name)) return
    report(unknown('R005', `no binary is named \`${name}\``, name, span, names.binaries, 'binaries'))
  }
  for (const { run } of scenario.threads.values()) {
    const colon = run.value.indexOf(':')
    const span = { ...run.span, end: colon < 0 ? run.span.end : run.span.start + colon }
    if (colon > 0) binary(run.value.slice(0, colon), run.offsets ? run.span : span)
    else
      report(
        error('R014', run.span, 'a thread starts at `binary:symbol`', {
          help: 'for example   run: calc:main',
        }),
      )
  }
  for (const { exec } of scenario.processes.values()) binary(exec.value, exec.span)
  for (const { only, handler } of scenario.probes.values()) {
    for (const { value, span } of only ?? []) task(value, span, 'no kernel')
    for (const action of handler) if ('probe' in action) probe(action.probe.value, action.probe.span)
  }
  for (const turn of turnsOf(scenario)) {
    if (turn.kind === 'run') task(turn.task.value, turn.task.span)
    else if (turn.kind === 'signal') task(turn.to.value, turn.to.span, 'no kernel')
    else if ('probe' in turn) probe(turn.probe.value, turn.probe.span)
  }
  for (const [name, span] of [...lanesOf(scenario.expect.events), ...lanesOf(scenario.expect.contains)])
    task(name, span)
  for (const { kind, thread, fields } of eventPatterns(scenario)) {
    if (thread) exactTexts(thread).forEach(([name, span]) => void task(name, span))
    if (fields['probe']) exactTexts(fields['probe']).forEach(([name, span]) => void probe(name, span))
    const other =
      kind === 'exit'
        ? fields['thread']
        : kind === 'fork'
          ? fields['child']
          : kind === 'switch'
            ? fields['to']
            : undefined
    if (other)
      exactTexts(other).forEach(
        ([name, span]) => void task(name, span, kind === 'switch' ? undefined : 'no kernel'),
      )
  }
  for (const state of stateChecks(scenario)) {
    for (const [name, { span }] of [...state.threads, ...state.uretprobes]) task(name, span, 'no kernel')
    for (const [name, { span }] of state.probes) probe(name, span)
    for (const [name, listed] of state.maps) task(name, listed[0]?.span ?? state.span, 'no kernel')
  }
  for (const pattern of valuePatterns(scenario))
    if (pattern.kind === 'within') checkRegion(pattern, names, report)
}

type Names = {
  readonly tasks: readonly string[]
  readonly probes: readonly string[]
  readonly binaries: readonly string[]
}

function namesOf(scenario: Scenario): Names {
  const defined = turnsOf(scenario).flatMap(turn =>
    turn.kind === 'define' ? (/^[pr]\d*:(?:[^/\s]+\/)?(\S+)/.exec(turn.line.value)?.[1] ?? []) : [],
  )
  return {
    tasks: [...scenario.threads.keys(), ...scenario.processes.keys()],
    probes: [...scenario.probes.keys(), ...defined],
    binaries: [...scenario.binaries.keys()],
  }
}

export function turnsOf({ schedule, actions }: Scenario): readonly Turn[] {
  return [...(schedule.kind === 'turns' ? schedule.turns : []), ...actions]
}

/** `app`, and what it creates: `app.1`, `app/2`, `app/1.2`. */
function checkTask(name: string, span: Span, { tasks }: Names, report: Report, allowed?: 'no kernel'): void {
  const [, base = name, created = ''] = /^([^./]*)(.*)$/.exec(name) ?? []
  if (name === 'kernel' && allowed !== 'no kernel') return
  if (tasks.includes(base) && /^([./][1-9]\d*)*$/.test(created)) return
  if (name === 'kernel') {
    report(
      error('R004', span, '`kernel` is no task with a program of its own', {
        help: `tasks: ${tasks.join(', ')}`,
      }),
    )
  } else if (tasks.includes(base)) {
    const help = `the nth thread that \`${base}\` creates is \`${base}.n\`, the nth process \`${base}/n\``
    report(error('R004', span, `\`${name}\` cannot be a task`, { help }))
  } else {
    report(unknown('R004', `no task is named \`${base}\``, base, span, tasks, 'tasks'))
  }
}

function checkRegion(pattern: ValuePattern & { kind: 'within' }, names: Names, report: Report): void {
  const { region, span } = pattern
  if (region === 'xol' || names.binaries.includes(region)) return
  if (region.startsWith('stack:')) {
    checkTask(region.slice('stack:'.length), span, names, report, 'no kernel')
    return
  }
  const known = ['xol', ...names.tasks.map(task => `stack:${task}`), ...names.binaries]
  report(unknown('R014', `no region is named \`${region}\``, region, span, known, 'regions'))
}

/** The exact texts of a pattern, also those inside `in` and `not`. */
export function exactTexts(pattern: ValuePattern): readonly (readonly [string, Span])[] {
  return patternsWithin(pattern).flatMap(inner =>
    inner.kind === 'equal' && typeof inner.value === 'string' ? [[inner.value, inner.span] as const] : [],
  )
}

function* lanesOf(node: OrderNode | undefined): Generator<readonly [string, Span]> {
  if (!node || node.kind === 'event') return
  if (node.kind === 'interleave') yield* node.laneSpans ?? []
  for (const item of node.kind === 'interleave' ? node.lanes.values() : node.items) yield* lanesOf(item)
}

function unknown(
  code: 'R003' | 'R004' | 'R005' | 'R014',
  message: string,
  name: string,
  span: Span,
  known: readonly string[],
  word: string,
) {
  const help = known.length > 0 ? `${word} of this file: ${known.join(', ')}` : `this file has no ${word}`
  return error(code, span, message, { label: didYouMean(name, known), help })
}
