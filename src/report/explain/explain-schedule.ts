// SPDX-License-Identifier: MIT
import { describeEventPattern } from '../../events/describe-pattern.ts'
import type { ScheduleSource, Turn, Until } from '../../scenario/scenario.ts'
import { explainState } from './explain-state.ts'

/** Who runs when: a line a turn, numbered. */
export function explainSchedule(schedule: ScheduleSource): string[] {
  switch (schedule.kind) {
    case 'turns':
      return schedule.turns.map((turn, index) => `${index + 1}. ${explainTurn(turn)}`)
    case 'round-robin':
      return schedule.quantum === undefined
        ? ['every live task in turn, each until it blocks or ends']
        : [`every live task in turn, ${schedule.quantum} steps each`]
    case 'random':
      return [
        `at random, seed ${schedule.seed}; another task with a chance of ${schedule.switch} a step${schedule.atEvents > 0 ? ` and ${schedule.atEvents} an event` : ''}`,
      ]
    case 'pct':
      return [`by priorities that change at ${schedule.depth} points, seed ${schedule.seed}`]
  }
}

function explainTurn(turn: Turn): string {
  switch (turn.kind) {
    case 'run':
      return `run ${turn.task.value} ${explainEnd(turn.until, turn.instructions)}`
    case 'attach':
    case 'detach':
      return `${turn.kind} ${turn.probe.value}`
    case 'define':
      return `define ${turn.line.value}${turn.refused ? ', which is refused' : ''}`
    case 'signal':
      return `send ${turn.signal.value} to ${turn.to.value}`
    case 'check':
      return `check: ${explainState(turn.state).join('; ')}`
    case 'write':
      return `write ${turn.bytes.value.length} bytes at ${turn.place.value}`
    case 'stop':
      return 'stop'
  }
}

function explainEnd(until: Until | undefined, instructions: number | undefined): string {
  if (until === undefined)
    return instructions === undefined ? 'until it blocks or ends' : `for ${instructions} steps`
  const bound = instructions === undefined ? '' : `, ${instructions} steps at most`
  if (until.kind === 'blocked') return `until it blocks${bound}`
  if (until.kind === 'at') return `until it arrives at ${until.place.value}${bound}`
  return `until ${describeEventPattern(until.pattern)}${bound}`
}
