// SPDX-License-Identifier: MIT

/** A way to insert breakpoints and to execute the instructions under them: a row of the comparison in spec 09 §7. */
export type Strategy = {
  readonly name: string
  /** Choices of the kernel that make it, on top of those of the measured scenario. */
  readonly choices: Readonly<Record<string, string>>
  /** Where it can only be seen on a program of its own. */
  readonly measuredOn?: string
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
    name: 'inline, all others stopped',
    choices: { execute: 'inline', insert: 'quiesce' },
    shown: [
      seed('no hit is lost, nobody runs beside', 'in-place-with-all-others-stopped'),
      { what: 'a sleeper delays it', scenario: 'seed/3-insertion/parent-of-vfork-delays-it' },
    ],
  },
  {
    name: 'a call in place of a nop',
    // What is no nop goes to a slot. The scenario of the kinds has another kernel of its own.
    choices: { execute: 'xol', optimize: 'nop5' },
    measuredOn: 'seed/2-execution/optimised-nop',
    shown: [
      seed('no exception', 'optimised-nop'),
      { what: 'a child without the page', scenario: 'bugs/fork-after-an-optimised-nop' },
      { what: 'the red zone is lost', scenario: 'bugs/red-zone-overwritten' },
    ],
  },
]
