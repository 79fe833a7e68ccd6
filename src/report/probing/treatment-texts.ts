// SPDX-License-Identifier: MIT
import type { ProbeAnswer } from '../../plan/probing/probe-answer.ts'
import type { ProbeSite, Treatment } from '../../plan/probing/probe-site.ts'
import type { KernelProfile } from '../../uprobes/profile.ts'

const emulatedTexts = {
  nop: 'a nop',
  jump: 'a jump',
  call: 'a call',
  'conditional-jump': 'a conditional jump',
  push: 'a push',
} as const

/** In a word or two, for a column. */
export function shortTreatment({ treatment, optimised }: Pick<ProbeSite, 'treatment' | 'optimised'>): string {
  if (treatment.how === 'refused') return `refused: ${treatment.errno}`
  if (optimised === 'yes') return 'optimised'
  return treatment.how === 'emulated' ? treatment.as : 'stepped'
}

/** What the kernel does at a hit, in sentences. */
export function treatmentLines({
  treatment,
  optimised,
}: Pick<ProbeSite, 'treatment' | 'optimised'>): string[] {
  switch (treatment.how) {
    case 'refused':
      return [`refuses it: ${treatment.reason}`, refusalTime(treatment.errno)]
    case 'emulated':
      return [`does it itself: ${emulatedTexts[treatment.as]}`, ...optimisedLines(optimised)]
    case 'stepped':
      return [`steps a copy of it out of line${fixUpText(treatment)}`, ...optimisedLines(optimised)]
  }
}

/** What a hit costs, of exceptions and system calls. */
export function costText({ site, definitions }: ProbeAnswer, profile: KernelProfile): string {
  const { traps, optimised, treatment } = site
  const first = treatment.how === 'emulated' ? 1 : 2
  const hit =
    optimised === 'yes'
      ? `a system call; the first one in a process ${plural(first, 'trap')}`
      : `${plural(traps, 'trap')}${traps === 2 ? ': the breakpoint and the step' : ': the breakpoint'}`
  const onReturn = { syscall: 'a system call', int3: 'a trap', none: undefined }[profile['return-trampoline']]
  const hasReturn = definitions.lines.some(line => line.startsWith('r'))
  return onReturn && hasReturn ? `${hit}; a return probe adds ${onReturn} when the function returns` : hit
}

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}

/** Instructions are judged when a breakpoint is first to be written (spec 02 §2). */
function refusalTime(errno: string): string {
  return `enabling the event fails with ${errno} if the file is mapped by then; a later mapping is left out without a word`
}

function fixUpText({ fixUps, scratch }: Extract<Treatment, { how: 'stepped' }>): string {
  const done = [
    ...(scratch ? [`${scratch} stands in for rip there`] : []),
    ...(fixUps.call ? ['the return address that it pushes is corrected'] : []),
    ...(fixUps.trapFlag ? ['the trap flag stays as it has set it'] : []),
    ...(fixUps.ip ? ['rip is moved back'] : fixUps.call ? [] : ['it sets rip itself']),
  ]
  return `; ${done.join(', ')}`
}

function optimisedLines(optimised: ProbeSite['optimised']): string[] {
  if (optimised === 'yes') return ['after the first hit a call takes its place: no trap any more']
  if (optimised === 'crosses-page')
    return ['a call would take its place after the first hit if it did not lie in two pages']
  return []
}
