// SPDX-License-Identifier: MIT
import type { Span } from '../diagnostics/source-file.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { EventKind } from '../events/event-kinds.ts'
import { Errno } from '../kernel/errno.ts'
import { Signal, signalName, signalNumber } from '../kernel/signal/signal-numbers.ts'
import { Register } from '../machine/machine.ts'
import { crashingBugs, knownBugs } from '../uprobes/known-bugs.ts'
import { eventPatterns, stateChecks } from './all-patterns.ts'
import { exactTexts, turnsOf } from './check-names.ts'
import { error, type Report } from './report.ts'
import type { Scenario } from './scenario.ts'

/** Words that the kernel chooses: a misspelt one would be an assertion that never holds, or a `never` that is never broken. */
export function checkWords(scenario: Scenario, report: Report): void {
  for (const { kind, fields } of eventPatterns(scenario)) {
    for (const [field, pattern] of Object.entries(fields)) {
      const vocabulary = vocabularyOf(kind, field)
      if (!vocabulary) continue
      for (const [text, span] of exactTexts(pattern)) checkWord(text, span, vocabulary, report)
    }
  }
  for (const turn of turnsOf(scenario)) {
    if (turn.kind === 'signal' && signalNumber(turn.signal.value) === undefined)
      checkWord(turn.signal.value, turn.signal.span, signals, report)
  }
  for (const { threads } of stateChecks(scenario)) {
    for (const [register, { span }] of [...threads.values()].flatMap(({ regs }) => [...regs]))
      checkWord(register, span, registers, report)
  }
  const { crash } = scenario.expect
  if (crash) checkWord(crash.value, crash.span, crashes, report)
  const expected = [...scenario.probes.values(), ...turnsOf(scenario).filter(turn => turn.kind === 'define')]
  for (const { refused } of expected) {
    if (refused?.value.errno !== undefined) checkWord(refused.value.errno, refused.span, errnos, report)
  }
}

type Vocabulary = {
  readonly what: string
  readonly words: readonly string[]
  /** Words of the same kind that are too many to be listed. */
  readonly accepts?: (text: string) => boolean
}

const signals: Vocabulary = {
  what: 'signal',
  words: Object.keys(Signal),
  accepts: text => signalNumber(text) !== undefined && signalName(signalNumber(text)!) === text,
}
const exceptions: Vocabulary = {
  what: 'exception',
  words: ['#DE', '#DB', '#BP', '#UD', '#SS', '#GP', '#PF', '#MF', '#AC', '#XM'],
}
const errnos: Vocabulary = { what: 'errno', words: Object.keys(Errno) }
const registers: Vocabulary = { what: 'register', words: Object.keys(Register) }
const taskTypes: Vocabulary = { what: 'type of task', words: ['thread', 'process', 'vfork'] }
const crashes: Vocabulary = { what: 'bug that crashes the kernel', words: crashingBugs }
const bugs: Vocabulary = { what: 'known bug', words: Object.keys(knownBugs) }
const signalActions: Vocabulary = { what: 'action', words: ['handler', 'kill', 'stop', 'continue'] }

function vocabularyOf(kind: EventKind, field: string): Vocabulary | undefined {
  if (field === 'signal') return signals
  if (kind === 'signal') return field === 'action' ? signalActions : undefined
  if (kind === 'bug') return field === 'bug' ? bugs : undefined
  if (kind === 'fault') return field === 'exception' ? exceptions : undefined
  if (kind === 'fork') return field === 'type' ? taskTypes : undefined
  return field === 'errno' ? errnos : undefined
}

function checkWord(text: string, span: Span, { what, words, accepts }: Vocabulary, report: Report): void {
  if (words.includes(text) || accepts?.(text)) return
  report(
    error('R018', span, `there is no ${what} \`${text}\``, {
      label: didYouMean(text, words),
      help: `known here: ${words.length > 30 ? `${words.slice(0, 20).join(', ')}, …` : words.join(', ')}`,
    }),
  )
}
