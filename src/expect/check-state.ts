// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Span } from '../diagnostics/source-file.ts'
import { describeMismatch } from '../events/describe-pattern.ts'
import { formatValue } from '../events/format-value.ts'
import { createMatchContext, type MatchContext } from '../events/match-context.ts'
import { noBindings } from '../events/match-event.ts'
import { type Attempt, matchValue } from '../events/match-value.ts'
import type { Bindings } from '../events/mismatch.ts'
import type { ValuePattern } from '../events/pattern.ts'
import type { Value } from '../events/value.ts'
import type { StateCheck } from '../scenario/scenario.ts'
import { fitsBytes, memoryLength, memoryValue } from './memory-value.ts'
import type { MachineState } from './state.ts'

export type StateCheckOptions = {
  /** Variables that events have bound. */
  readonly bindings?: Bindings
  readonly context?: MatchContext
  /** When it was looked at, at the end of each message: `at the end`, `after event #7`. */
  readonly when?: string
}

/** Compares the machine with what a scenario says about it (scenario format §6.3): a T007 for everything that differs, at its place in the file. */
export function checkState(
  check: StateCheck,
  state: MachineState,
  options: StateCheckOptions = {},
): Diagnostic[] {
  const found: Diagnostic[] = []
  const when = options.when === undefined ? '' : ` ${options.when}`
  const attempt: Attempt = {
    bindings: options.bindings ?? noBindings,
    context: options.context ?? createMatchContext({ region: name => state.region(name) }),
    wrong: [],
    mayBind: true,
  }

  checkThreads()
  checkMemory()
  checkPlaces()
  checkProbes()
  if (check.xol?.inUse) compare('xol: slots in use', check.xol.inUse, state.slotsInUse())
  checkBuffer()
  checkMappings()
  return found

  function checkThreads(): void {
    for (const [name, { exit, ip, regs }] of check.threads) {
      const unknown = `there is no task ${name}`
      if (exit) compare(`${name}: exit`, exit, state.exit(name), `${name} has not ended with a result`)
      if (ip) compare(`${name}: ip`, ip, state.ip(name), unknown)
      for (const [register, pattern] of regs) {
        compare(`${name}: ${register}`, pattern, state.register(name, register), unknown)
      }
    }
    for (const [name, { depth }] of check.uretprobes) {
      compare(`${name}: return probes pending`, depth, state.returnDepth(name), `there is no task ${name}`)
    }
  }

  function checkMemory(): void {
    for (const [place, { span, type, value }] of check.mem) {
      const views = state.memory(place, memoryLength(type, value))
      if (views.length === 0) report(span, `no process has memory at ${place}`)
      for (const { process, bytes } of views) {
        const subject = inProcess(place, process, views.length)
        if (type !== 'bytes' || value.kind !== 'equal') compare(subject, value, memoryValue(type, bytes))
        else if (!fitsBytes(String(value.value), bytes)) {
          const got = String(memoryValue(type, bytes))
          report(value.span, `${subject} is ${got}, but ${value.value} was expected`, `got ${got}`)
        }
      }
    }
  }

  function checkPlaces(): void {
    for (const [place, { value, span }] of check.text) {
      compareWord('text at', place, value, span, state.text(place))
    }
    for (const [place, { value, span }] of check.pages) {
      compareWord('page of', place, value, span, state.page(place))
    }
  }

  function compareWord(
    what: string,
    place: string,
    wanted: string,
    span: Span,
    views: readonly { readonly process: string; readonly state: string }[],
  ): void {
    if (views.length === 0) report(span, `no process maps ${place}`)
    for (const view of views) {
      if (view.state === wanted) continue
      const subject = inProcess(`${what} ${place}`, view.process, views.length)
      report(span, `${subject} is ${view.state}, but ${wanted} was expected`, `got ${view.state}`)
    }
  }

  function checkProbes(): void {
    for (const [name, wanted] of check.probes) {
      const probe = state.probe(name)
      for (const key of ['hits', 'executions', 'missed', 'attached'] as const) {
        const pattern = wanted[key]
        if (pattern) compare(`${name}: ${key}`, pattern, probe?.[key], `there is no probe ${name}`)
      }
    }
  }

  function checkBuffer(): void {
    for (const key of ['entries', 'overrun', 'dropped'] as const) {
      const pattern = check.buffer?.[key]
      if (pattern) compare(`buffer: ${key}`, pattern, state.buffer()[key])
    }
  }

  function checkMappings(): void {
    for (const [task, names] of check.maps) {
      const mappings = state.mappings(task)
      for (const { value, span } of names) {
        if (!mappings) report(span, `there is no task ${task}`)
        else if (!mappings.includes(value)) {
          report(span, `${task} has no mapping ${value}`, `mappings: ${mappings.join(', ')}`)
        }
      }
    }
  }

  function compare(subject: string, pattern: ValuePattern, value: Value | undefined, absent = subject): void {
    if (value === undefined) {
      report(pattern.span, absent)
      return
    }
    const before = attempt.wrong.length
    matchValue(pattern, value, subject, attempt)
    for (const mismatch of attempt.wrong.slice(before)) {
      report(mismatch.span, describeMismatch(mismatch), `got ${formatValue(mismatch.got ?? value)}`)
    }
  }

  function report(span: Span, message: string, text?: string): void {
    const label = text === undefined ? { span } : { span, text }
    found.push({ code: 'T007', severity: 'error', message: `${message}${when}`, labels: [label] })
  }
}

function inProcess(subject: string, process: string, processes: number): string {
  return processes > 1 ? `${subject} in ${process}` : subject
}
