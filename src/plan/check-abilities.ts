// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Located, ProbeSource } from '../scenario/scenario.ts'
import { spanWithin } from '../scenario/span-within.ts'
import { isBareRegister } from '../tracing/definition/parse-process-definition.ts'
import type { Definition } from '../tracing/definition.ts'
import type { KernelProfile } from '../uprobes/profile.ts'
import type { KernelLine } from './kernel-line.ts'

/** Whether the kernel of the profile has what a probe uses; the first thing that it has not, where the author wrote it. */
export function checkAbilities(
  { define, filter, triggers }: Pick<ProbeSource, 'define' | 'filter' | 'triggers'>,
  definition: Definition,
  line: KernelLine,
  profile: KernelProfile,
): Diagnostic | undefined {
  const { kind, referenceCounter, arguments: args } = definition
  const word = (index: number): ReturnType<typeof spanWithin> => spanOfWord(define, line, index)
  const byProcess = profile.definitions === 'vaddr-pid'
  if (kind === 'return') {
    const at = word(define.value.includes('%return') ? 1 : 0)
    if (byProcess) return lacks(at, 'return probes', 'definitions: vaddr-pid')
    if (profile['return-trampoline'] === 'none') return lacks(at, 'return probes', 'return-trampoline: none')
  }
  if (byProcess && referenceCounter !== 0n)
    return lacks(word(1), 'reference counters', 'definitions: vaddr-pid')
  const plugin = profile.output === 'ftrace-plugin'
  const fetched = byProcess || plugin ? args.findIndex(argument => !isBareRegister(argument)) : -1
  if (fetched >= 0)
    return lacks(
      word(fetched + 2),
      'fetch arguments but plain registers',
      byProcess ? 'definitions: vaddr-pid' : 'output: ftrace-plugin',
    )
  if (plugin && filter) return lacks(filter.span, 'filters', 'output: ftrace-plugin')
  if (plugin && triggers?.[0]) return lacks(triggers[0].span, 'triggers', 'output: ftrace-plugin')
  return undefined
}

function lacks(span: Diagnostic['labels'][number]['span'], what: string, choice: string): Diagnostic {
  return {
    code: 'R010',
    severity: 'error',
    message: `the kernel would refuse this probe: with \`${choice}\` it has no ${what}`,
    labels: [{ span, text: 'EINVAL' }],
    help: ['if the scenario shows just this, say so:   refused: EINVAL'],
  }
}

/** What the author wrote for a word of the kernel's line. */
function spanOfWord(define: Located<string>, line: KernelLine, index: number) {
  const words = line.line.split(' ')
  const start = words.slice(0, index).reduce((sum, word) => sum + word.length + 1, 0)
  const end = start + (words[index]?.length ?? 1) - 1
  return spanWithin(define, line.authorAt(start).from, line.authorAt(end).to)
}
