// SPDX-License-Identifier: MIT
import { describePattern } from '../../events/describe-pattern.ts'
import type { Expectation, StateCheck } from '../../scenario/scenario.ts'
import { type BugName, knownBugs } from '../../uprobes/known-bugs.ts'
import { describeOnThread, describeTimes } from './describe-on-thread.ts'
import { explainOrder } from './explain-order.ts'
import { explainState } from './explain-state.ts'
import type { Row } from './rows.ts'

/** What must be seen, a row for each key of `expect:` that was written, and the kinds in view. */
export function explainExpectation(expectation: Expectation): Row[] {
  const { trace, events, contains, never, count, golden, output, errors, crash } = expectation
  const { final, always, sometimes } = expectation
  const rows: (Row | undefined)[] = [
    ['in view', [trace.join(', ')]],
    events && ['expects', explainOrder(events)],
    contains && ['contains', explainOrder(contains)],
    never.length > 0 ? ['never', never.map(describeOnThread)] : undefined,
    count.length > 0
      ? ['counts', count.map(({ pattern, times }) => `${describeOnThread(pattern)}: ${describeTimes(times)}`)]
      : undefined,
    golden && [
      'golden',
      [golden.per ? `shared by all variants with the same ${golden.per.join(', ')}` : 'one a variant'],
    ],
    stateRow('finally', final),
    stateRow('always', always),
    stateRow('sometimes', sometimes),
    output && ['output', [describePattern(output)]],
    crash && ['crashes', [`by the known bug ${crash.value}: ${knownBugs[crash.value as BugName]}`]],
    errors && ['errors', [describePattern(errors)]],
  ]
  return rows.filter(row => row !== undefined)
}

function stateRow(label: string, state: StateCheck | undefined): Row | undefined {
  return state && [label, explainState(state)]
}
