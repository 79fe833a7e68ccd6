// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { EventPattern } from '../events/pattern.ts'
import { eventPatterns, stateChecks } from './all-patterns.ts'
import { turnsOf } from './check-names.ts'
import { patternsOf } from './read-expectation.ts'
import { patternsWithin } from './read-value.ts'
import { error, type Report } from './report.ts'
import type { ProbeSource, Scenario } from './scenario.ts'

/** Whether the scenario can fail, and whether each of its events can play a part. */
export function checkAssertions(scenario: Scenario, report: Report): void {
  const { expect } = scenario
  const written = writtenAssertions(scenario)
  if (!written && !expect.golden) {
    const help = 'add `expect:` with `events`, `never`, `count`, `final` or `output`'
    report(error('L002', expect.span, 'this scenario asserts nothing, so it can never fail', { help }))
  } else if (!written) {
    const help =
      'write at least one assertion beside it, for example   final: { threads: { main: { exit: 5 } } }'
    report(error('L004', expect.golden!.span, 'a golden is the only assertion here', { help }))
  }
  checkKindsInView(scenario, report)
}

function writtenAssertions(scenario: Scenario): boolean {
  const { events, contains, never, count, output, errors, crash } = scenario.expect
  const written = [events, contains, output, errors, crash].some(part => part !== undefined)
  const refused = [...scenario.probes.values()].some(probe => probe.refused)
  return written || refused || never.length > 0 || count.length > 0 || stateChecks(scenario).length > 0
}

function checkKindsInView({ expect }: Scenario, report: Report): void {
  const { trace, traceSpan } = expect
  const missing = new Map<string, EventPattern>()
  for (const pattern of patternsOf(expect.events)) {
    if (!trace.includes(pattern.kind) && !missing.has(pattern.kind)) missing.set(pattern.kind, pattern)
  }
  const wanted = `[${[...trace, ...missing.keys()].join(', ')}]`
  for (const [kind, pattern] of missing) {
    report({
      ...error(
        'L006',
        pattern.keySpan,
        `\`${kind}\` is not among the kinds in view, so this event could never be seen`,
        {
          help: `add it:   trace: ${wanted}`,
        },
      ),
      labels: [
        { span: pattern.keySpan },
        ...(traceSpan ? [{ span: traceSpan, text: `\`${kind}\` is missing here` }] : []),
      ],
      fix: traceSpan ? { span: traceSpan, text: wanted } : insertedTrace(expect, wanted),
    })
  }
}

/** `trace:` as the first key of `expect:`, which may be a block or in braces. */
function insertedTrace({ span }: Scenario['expect'], wanted: string): NonNullable<Diagnostic['fix']> {
  const { file } = span
  const brace = /^\s*:\s*\{/.exec(file.text.slice(span.end))
  if (brace) {
    const at = span.end + brace[0].length
    return { span: { file, start: at, end: at }, text: ` trace: ${wanted},` }
  }
  const behind = file.text.indexOf('\n', span.end) + 1
  const indent = /^ *(?=\S)/m.exec(file.text.slice(behind))?.[0] ?? '  '
  return { span: { file, start: behind, end: behind }, text: `${indent}trace: ${wanted}\n` }
}

/**
 * A probe that nothing mentions must never be hit where every event in view is accounted for, so it does nothing. Where hits are free
 * (no `events`, a golden, a kind out of view), it may be there to show that it disturbs nothing.
 */
export function checkProbesMentioned(scenario: Scenario, report: Report): void {
  const mentioned = mentionedProbes(scenario)
  const { expect } = scenario
  const closed = expect.events !== undefined && !expect.golden
  for (const [name, probe] of scenario.probes) {
    if (mentioned.has(name) || mentioned.has('_') || probe.refused) continue
    const kind = isReturn(probe) ? 'ret' : 'hit'
    const never = probe.attach === 'later'
    if (!never && !(closed && expect.trace.includes(kind))) continue
    const message = never
      ? `probe \`${name}\` is attached by the schedule only, and no turn attaches it`
      : `probe \`${name}\` is never mentioned, so it must never be hit`
    const help = never
      ? `add a turn   - attach: ${name}   or remove \`attach: later\``
      : `expect it (   - ${kind}: ${name}   ), forbid it under \`never\`, or remove it`
    report(error('L003', probe.name.span, message, { help }))
  }
}

function isReturn({ define }: ProbeSource): boolean {
  return /^(r|uretprobe:)/.test(define.value) || define.value.includes('%return')
}

/** Names of probes that anything mentions; `_` where a pattern takes any. */
function mentionedProbes(scenario: Scenario): ReadonlySet<string> {
  const names = new Set<string>()
  for (const { fields } of eventPatterns(scenario)) {
    for (const inner of fields['probe'] ? patternsWithin(fields['probe']) : []) {
      if (inner.kind === 'equal') names.add(String(inner.value))
      else if (inner.kind !== 'in') names.add('_')
    }
  }
  for (const turn of turnsOf(scenario)) if ('probe' in turn) names.add(turn.probe.value)
  for (const probe of scenario.probes.values())
    for (const action of probe.handler) if ('probe' in action) names.add(action.probe.value)
  for (const state of stateChecks(scenario)) for (const name of state.probes.keys()) names.add(name)
  return names
}
