// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { measureVariant } from '../../src/engine/compare/measure-variant.ts'
import { planOf } from '../plan/plan-of.ts'
import { runText } from './run-text.ts'

const scenario = (kernel: string, probes: string, rest: string): string => `title: two threads
kernel: ${kernel}
binaries:
  app:
    asm: |
      worker:
          lea  eax, [rdi + 1]
      second:
          lea  eax, [rax + 1]
          ret
threads:
  A: { run: app:worker, args: [10] }
  B: { run: app:worker, args: [20] }
probes:
${probes}
${rest}`

describe('a handler that attaches a probe', () => {
  const probes = `  one: { define: p app:worker, handler: [{ sleep: 50 }, { attach: two }] }
  two: { define: p app:second, attach: later }`
  const rest = 'expect: { contains: [{ hit: one }, { hit: two }] }'

  it('may have slept before', async () => {
    const { events, wrong } = await runText(scenario('linux-6.18', probes, rest))
    expect(wrong).to.deep.equal([])
    expect(events).to.include('A: exit 12').and.include('B: exit 22')
  })

  it('waits with it until its own thread has stopped', async () => {
    const { run } = await runText(scenario('{ insert: quiesce }', probes, rest))
    const kinds = run.events
      .filter(({ kind, thread }) => kind === 'attach' || (kind === 'stepped' && thread === 'A'))
      .map(({ kind, fields }) => `${kind} ${fields['probe']}`)
    expect(kinds.slice(0, 3)).to.deep.equal(['attach one', 'stepped one', 'attach two'])
  })
})

describe('stopping threads for a probe', () => {
  const later = '  one: { define: p app:worker, attach: later }'
  const rest = `schedule:
  - { run: A, instructions: 1 }
  - attach: one
expect: { contains: [{ hit: one }], trace: [quiesce, resumed] }`

  it('is an event before and one after it', async () => {
    const { events, wrong } = await runText(scenario('{ insert: quiesce }', later, rest))
    expect(wrong).to.deep.equal([])
    expect(events).to.deep.equal(['kernel: quiesce one, threads 2', 'kernel: resumed one, steps 0, time 0'])
  })

  it('is not needed for a second consumer, nor with another page in place of the old', async () => {
    const two = `${later}\n  same: { define: p app:worker }`
    const both = rest.replace('[{ hit: one }]', '[{ hit: same }, { hit: one, thread: B }]')
    const { events } = await runText(scenario('{ insert: quiesce }', two, both))
    expect(events).to.deep.equal([])
    expect((await runText(scenario('{ insert: page-flip }', later, rest))).events).to.deep.equal([])
  })

  it('is counted where kernels are compared', async () => {
    const { plan } = await planOf(scenario('linux-6.18', later, rest))
    const figures = async (insert: string): Promise<unknown> => {
      const outcome = await measureVariant(plan!.scenario, new Map([['insert', insert]]))
      return outcome.kind === 'figures' && [outcome.figures.stopped, outcome.figures.stoppedFor]
    }
    expect(await figures('quiesce')).to.deep.equal([2, 0])
    expect(await figures('page-flip')).to.deep.equal([0, 0])
  })
})
