// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { invariantChecker } from '../../src/expect/check-invariants.ts'
import { type InvariantName, type InvariantView, invariants } from '../../src/expect/invariants.ts'
import { profiles } from '../../src/uprobes/profile.ts'
import { onePlan } from './judging.ts'

const nothing: InvariantView = {
  textDifferences: () => [],
  slots: () => [],
  stepping: () => [],
  trapFlags: () => [],
  pendingReturns: () => [],
  hits: () => [],
  balances: () => undefined,
}

type Case = {
  readonly good: Partial<InvariantView>
  readonly bad: Partial<InvariantView>
  readonly says: string
}
const bounds = { start: 0x7000n, end: 0x7080n }
const cases: Record<InvariantName, Case> = {
  'text-is-original-or-probed': {
    good: { textDifferences: () => [{ process: 'A', place: 'calc:add', byte: 0xcc, live: true }] },
    bad: { textDifferences: () => [{ process: 'A', place: 'calc:add', byte: 0xcc, live: false }] },
    says: 'the byte at calc:add in A is 0xcc, which no live probe accounts for',
  },
  'slot-has-one-owner': {
    good: { slots: () => [{ process: 'A', slot: 0, owners: ['A'] }] },
    bad: { slots: () => [{ process: 'A', slot: 0, owners: ['A', 'B'] }] },
    says: 'slot 0 of A is held by A and B',
  },
  'step-stays-in-slot': {
    good: { stepping: () => [{ thread: 'A', ip: 0x707fn, bounds }] },
    bad: { stepping: () => [{ thread: 'A', ip: 0x7080n, bounds }] },
    says: 'A is being stepped at 0x7080, outside its slot',
  },
  'trap-flag-only-while-stepping': {
    good: { trapFlags: () => [{ thread: 'A', stepping: true }] },
    bad: { trapFlags: () => [{ thread: 'A', stepping: false }] },
    says: 'TF is set in A, which is not being stepped',
  },
  'returns-leave-in-stack-order': {
    good: { pendingReturns: () => [{ thread: 'A', stack: [0x1000n, 0xff0n, 0xff0n] }] },
    bad: { pendingReturns: () => [{ thread: 'A', stack: [0x1000n, 0xff0n, 0xff8n] }] },
    says: 'return 3 of A waits above the older return 2',
  },
  'hit-runs-every-consumer': {
    good: { hits: () => [{ thread: 'A', probe: 'p', registered: ['p#0'], ran: ['p#0', 'late'] }] },
    bad: { hits: () => [{ thread: 'A', probe: 'p', registered: ['p#0', 'p#1'], ran: ['p#0'] }] },
    says: 'a hit of p in A did not run consumer p#1',
  },
  'counts-balance-at-the-end': {
    good: { balances: () => [{ what: 'frames', taken: 3, given: 3 }] },
    bad: { balances: () => [{ what: 'frames', taken: 3, given: 2 }] },
    says: 'frames: taken 3, given back 2',
  },
}

describe('built-in invariants', () => {
  for (const name of Object.keys(invariants) as InvariantName[]) {
    const { good, bad, says } = cases[name]
    it(`${name} holds and breaks`, () => {
      expect(invariants[name].check(nothing)).to.equal(undefined)
      expect(invariants[name].check({ ...nothing, ...good })).to.equal(undefined)
      expect(invariants[name].check({ ...nothing, ...bad })).to.equal(says)
      expect(invariants[name].holds(profiles['linux-6.18'])).to.equal(true)
    })
  }

  it('are checked unless the scenario or the choices of its kernel except them', async () => {
    const view = {
      ...nothing,
      ...cases['slot-has-one-owner'].bad,
      ...cases['trap-flag-only-while-stepping'].bad,
    }
    const scenario = (more: string) => `title: t
binaries: { calc: { asm: "main: ret" } }
threads: { A: { run: calc:main } }
${more}
expect: { events: [exit: A] }
`
    const messages = async (more: string, execute: 'xol' | 'emulate' = 'xol') => {
      const plan = await onePlan(scenario(more))
      const profile = { ...plan.profile, execute }
      return invariantChecker({ ...plan, profile })(view, () => 'after event #9').map(
        ({ message }) => message,
      )
    }
    const slot = 'invariant `slot-has-one-owner` broke: slot 0 of A is held by A and B (after event #9)'
    const flag =
      'invariant `trap-flag-only-while-stepping` broke: TF is set in A, which is not being stepped (after event #9)'
    expect(await messages('')).to.deep.equal([slot, flag])
    expect(
      await messages('invariants: { except: [slot-has-one-owner], because: it is shown here }'),
    ).to.deep.equal([flag])
    expect(await messages('', 'emulate')).to.deep.equal([flag])
  })
})
