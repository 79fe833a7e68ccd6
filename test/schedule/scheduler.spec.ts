// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import fc from 'fast-check'
import { priorityChange } from '../../src/schedule/priority-change.ts'
import { randomWalk } from '../../src/schedule/random-walk.ts'
import { roundRobin } from '../../src/schedule/round-robin.ts'
import type { Scheduler } from '../../src/schedule/scheduler.ts'

function take(scheduler: Scheduler, turns: number, runnable: readonly string[]): string[] {
  const taken: string[] = []
  for (let turn = 0; turn < turns; turn++) taken.push(scheduler.next(runnable, taken.at(-1)).task)
  return taken
}

describe('schedulers', () => {
  it('round-robin asks every task once a round, in order of creation', () => {
    expect(take(roundRobin(1), 6, ['A', 'B', 'C'])).to.deep.equal(['A', 'B', 'C', 'A', 'B', 'C'])
  })

  it('round-robin asks a task that is made in a round first in the next one', () => {
    const scheduler = roundRobin(3)
    expect(scheduler.next(['A', 'B'], undefined)).to.deep.equal({ task: 'A', steps: 3 })
    expect(scheduler.next(['A', 'B', 'A.1'], 'A').task).to.equal('B')
    expect(take(scheduler, 3, ['A', 'B', 'A.1'])).to.deep.equal(['A', 'B', 'A.1'])
  })

  it('round-robin passes over a task that sleeps at its turn', () => {
    const scheduler = roundRobin(1)
    scheduler.next(['A', 'B', 'C'], undefined)
    expect(scheduler.next(['A', 'C'], 'A').task).to.equal('C')
  })

  it('priority change runs one task until a change point drops it below the others', () => {
    const scheduler = priorityChange(3n, 2, 20)
    scheduler.begin()
    const taken = take(scheduler, 40, ['A', 'B'])
    const switches = taken.filter((task, index) => index > 0 && task !== taken[index - 1])
    expect(switches).to.have.lengthOf(1)
  })

  const strategies: Record<string, (seed: bigint) => Scheduler> = {
    'round-robin': () => roundRobin(2),
    random: seed => randomWalk(seed, 0.3),
    pct: seed => priorityChange(seed, 3, 50),
  }
  for (const [name, make] of Object.entries(strategies)) {
    it(`${name} gives the same turns for the same seed, in a fresh one and after begin()`, () => {
      fc.assert(
        fc.property(
          fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
          fc.integer({ min: 1, max: 5 }),
          (seed, tasks) => {
            const names = Array.from({ length: tasks }, (_, index) => `T${index}`)
            const one = make(seed)
            one.begin()
            const first = take(one, 60, names)
            one.begin()
            expect(take(one, 60, names)).to.deep.equal(first)
            const other = make(seed)
            other.begin()
            expect(take(other, 60, names)).to.deep.equal(first)
          },
        ),
      )
    })
  }

  it('random gives every task its share', () => {
    const scheduler = randomWalk(7n, 1)
    scheduler.begin()
    const taken = take(scheduler, 3000, ['A', 'B', 'C'])
    for (const task of ['A', 'B', 'C'])
      expect(taken.filter(name => name === task).length).to.be.within(850, 1150)
  })
})
