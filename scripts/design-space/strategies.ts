// SPDX-License-Identifier: MIT

/** A way to insert breakpoints and to execute the instructions under them: a row of the comparison in spec 09 §7. */
export type Strategy = {
  readonly name: string
  /** Choices of the kernel that make it, on top of those of the measured scenario. */
  readonly choices: Readonly<Record<string, string>>
  /** How it fails, or what it costs, and the scenarios that show it. */
  readonly shown: readonly { readonly what: string; readonly scenario: string }[]
}

/** Run on every strategy; its variants have 1, 2, 4 and 8 threads. */
export const threadsScenario = 'seed/2-execution/threads'
/** A probe on one instruction of every kind: which of them are refused. */
export const kindsScenario = 'seed/2-execution/kinds-of-instructions'

const seed = (what: string, name: string) => ({ what, scenario: `seed/2-execution/${name}` })

export const strategies: readonly Strategy[] = [
  {
    name: 'inline',
    choices: { execute: 'inline' },
    shown: [
      seed('loses hits', 'in-place-loses-a-hit'),
      seed('hits twice', 'in-place-hits-twice'),
      seed('leaves a breakpoint behind', 'in-place-leaves-a-breakpoint-behind'),
      seed('a fault keeps the text open', 'in-place-fault-keeps-the-text-open'),
    ],
  },
  {
    name: 'slots (XOL)',
    choices: { execute: 'xol' },
    shown: [
      seed('keeps every hit', 'slot-keeps-every-hit'),
      seed('a mapping nobody asked for', 'mapping-nobody-asked-for'),
      { what: 'slots run out', scenario: 'races/slots-run-out' },
    ],
  },
  {
    name: 'emulation',
    choices: { execute: 'emulate' },
    shown: [
      seed('a locked addition is lost', 'emulated-lock-loses-an-update'),
      seed('no vectors', 'emulation-knows-no-vectors'),
      seed('leaks no flag', 'emulation-leaks-no-flag'),
    ],
  },
  {
    name: 'boosted slots',
    choices: { execute: 'boost' },
    shown: [
      seed('one trap', 'boost-takes-one-trap'),
      seed('a slot is used again', 'boosted-slot-is-used-again'),
      seed('a signal shows the slot', 'boosted-signal-shows-the-slot'),
    ],
  },
  {
    name: 'protection rings',
    choices: { execute: 'rings' },
    shown: [seed('the page cannot be fetched', 'supervisor-page-cannot-be-fetched')],
  },
  {
    name: 'inline, threads stopped to insert',
    choices: { execute: 'inline', insert: 'quiesce' },
    shown: [
      { what: 'all threads stop', scenario: 'seed/3-insertion/all-threads-stop' },
      { what: 'a sleeper delays it', scenario: 'seed/3-insertion/parent-of-vfork-delays-it' },
    ],
  },
]
