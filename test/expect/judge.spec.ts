// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { Event } from '../../src/events/event.ts'
import { type JudgeOptions, judge } from '../../src/expect/judge.ts'
import { orderDiagnostic } from '../../src/expect/order-diagnostic.ts'
import type { Run } from '../../src/expect/run.ts'
import { briefly, event, onePlan, runOf } from './judging.ts'
import { machineState } from './machine-state.ts'
import { lateHit, race, raceEvents } from './race-scenario.ts'

async function verdict(text: string, events: readonly Event[], rest?: Partial<Run>, options?: JudgeOptions) {
  return judge(await onePlan(text), runOf(events, rest), { read: () => undefined }, options)
}

async function briefs(text: string, events: readonly Event[], rest?: Partial<Run>, options?: JudgeOptions) {
  return (await verdict(text, events, rest, options)).diagnostics.map(briefly)
}

/** A scenario with one thread and one probe, around an expectation. */
function scenario(expectation: string, more = ''): string {
  return `title: t
binaries: { calc: { asm: "main: ret" } }
threads: { A: { run: calc:main } }
probes: { p: "p calc:main a=%di:s32 b=%si:s32"${more} }
expect:
${expectation.replace(/^/gm, '  ')}
`
}

const hit = (a: bigint, b = 0n) => event('A', 'hit', 'p', { args: { a, b } })
const exit = event('A', 'exit', 'A', { value: 5n })
const list = scenario(`trace: [hit, exit, trap]
events:
  - hit: p
    args: { a: 1 }
  - hit: p
    args: [2, 3]
  - exit: A
    value: 5`)
const good = [hit(1n), hit(2n, 3n), exit]

describe('judging a run', () => {
  it('is content with the race as it should be', async () => {
    expect(await verdict(race, raceEvents)).to.deep.equal({ diagnostics: [] })
    expect(await briefs(list, good)).to.deep.equal([])
  })

  it('points at the value that differs', async () => {
    expect(await briefs(list, [hit(1n), hit(2n, 4n), exit])).to.deep.equal(['T002 11:17 "3" got 4'])
    expect(await briefs(list, [hit(1n), hit(2n, 3n), event('A', 'exit', 'A', { value: 6n })])).to.deep.equal([
      'T002 13:14 "5" got 6',
    ])
    expect(await briefs(list, [hit(1n), hit(9n, 8n), exit])).to.deep.equal(['T002 11:14 "2" got 9'])
    expect(await briefs(list, [hit(1n), hit(2n, 3n), event('A', 'exit', 'A', { code: 5n })])).to.deep.equal([
      'T002 13:14 "5" missing',
    ])
  })

  it('points at the node whose event did not come, and at the one that came too early', async () => {
    const { diagnostics } = await verdict(list, [hit(2n, 3n), exit])
    expect(diagnostics.map(briefly)).to.deep.equal([
      'T001 8:7 "hit: p" expected next, but args.a: want 1, got 2',
    ])
    expect(diagnostics[0]!.labels[1]?.text).to.equal('it fits this, which is not yet due')
    expect(await briefs(list, [hit(1n), exit])).to.deep.equal([
      'T001 10:7 "hit: p" expected next, but exit is another kind',
    ])
    expect(await briefs(list, [hit(1n), hit(2n, 3n)])).to.deep.equal(['T001 12:7 "exit: A" did not happen'])
  })

  it('tells a wrong value from a missing event by how the run goes on', async () => {
    const text = scenario(`trace: [hit, exit]
events:
  - hit: p
    args: { a: 5 }
  - hit: p
    args: { a: 1 }
  - exit: A`)
    expect(await briefs(text, [hit(1n), hit(1n), exit])).to.deep.equal(['T002 9:18 "5" got 1'])
    expect(await briefs(text, [hit(1n), exit])).to.deep.equal([
      'T001 8:7 "hit: p" expected next, but args.a: want 5, got 1',
    ])
  })

  it('points at a wrong subject, and behind the end', async () => {
    const other = event('A', 'hit', 'q', { args: { a: 1n } })
    expect(await briefs(list, [other, ...good])).to.deep.equal([
      'T001 8:12 "p" expected next, but probe: want "p", got "q"',
    ])
    expect(await briefs(list, [...good, exit])).to.deep.equal([
      'T001 12:7 "exit: A" nothing is expected after this',
    ])
  })

  it('blames the lane of the thread, not the one that looks alike', async () => {
    expect(await briefs(race, raceEvents.toSpliced(6, 1))).to.deep.equal([
      'T001 41:13 "stepped: add_in" expected next, but exit is another kind',
    ])
  })

  it('blames what the event had to wait for', async () => {
    const text = scenario(
      `trace: [hit, exit, trap]
events:
  - any-order:
      - [hit: p, trap: p]
      - [hit: q, exit: A]`,
      ', q: p calc:main',
    )
    expect(await briefs(text, [exit, event('A', 'hit', 'q')])).to.deep.equal([
      'T001 10:12 "hit: q" expected next, but exit is another kind',
    ])
  })

  it('leaves kinds that are not in view to `never`, `count` and `contains`', async () => {
    const text = scenario(`events: [exit: A]
trace: [exit]
contains:
  - hit: p
    args: { a: $x }
  - hit: p
    args: { a: $x+1 }
never:
  - hit: p
    args: { a: { min: 10 } }
count:
  - { hit: p, times: { max: 3 } }
  - { exit: _, times: 2 }`)
    expect(await briefs(text, [hit(5n), hit(1n), hit(2n), hit(10n), hit(11n), exit])).to.deep.equal([
      'T003 14:7 "hit: p" this forbids it',
      'T004 17:7 "{ hit: p, times: { max: 3 } }"',
      'T004 18:7 "{ exit: _, times: 2 }"',
    ])
    const { diagnostics } = await verdict(text, [hit(2n), hit(1n), exit, exit])
    expect(diagnostics.map(briefly)).to.deep.equal([
      'T001 6:12 "exit: A" nothing is expected after this',
      'T001 11:7 "hit: p" did not happen',
    ])
    expect(diagnostics[1]!.message).to.equal(
      'the trace does not contain hit p, args {a: $x+1} after event #1, hit p 2, 0',
    )
  })

  it('counts in words', async () => {
    const text = scenario('count: [{ hit: p, times: { max: 2 } }]')
    const { diagnostics } = await verdict(text, [hit(1n), exit, hit(1n), hit(1n)])
    expect(diagnostics[0]!.message).to.equal('hit p: seen 3 times, want at most 2; the 3rd is event #4')
  })

  it('lets `never`, `final` and `output` use what events have bound', async () => {
    const text = scenario(`trace: [hit]
events:
  - { hit: p, args: { a: $x } }
never:
  - { hit: p, args: { a: { not: $x } } }
final: { threads: { A: { exit: $x } } }`)
    const final = machineState({ exit: () => 7n })
    expect(await briefs(text, [hit(7n)], { final })).to.deep.equal([])
    expect(await briefs(text, [hit(8n)], { final })).to.deep.equal(['T007 11:34 "$x" got 7'])
  })

  it('compares output and errors', async () => {
    const text = scenario('output: "a\\nb\\n"\nerrors: { re: "oops" }')
    const { diagnostics } = await verdict(text, [], { output: 'a\nc\n', errors: 'fine' })
    expect(diagnostics.map(briefly)).to.deep.equal([
      'T013 6:11 "\\"a\\\\nb\\\\n\\""',
      'T013 7:17 "\\"oops\\""',
    ])
    expect(diagnostics[0]!.notes).to.deep.equal(['  a\n- b\n+ c'])
    expect(diagnostics[1]!.message).to.equal('errors: want text like oops, got "fine"')
  })

  it('asks `sometimes` of a single run, but not of one of many', async () => {
    const text = scenario('sometimes: { threads: { A: { exit: 1 } } }')
    const final = machineState({ exit: () => 2n })
    expect(await briefs(text, [], { final })).to.have.length(1)
    expect(await briefs(text, [], { final }, { explored: true })).to.deep.equal([])
  })

  it('says first what went wrong in running', async () => {
    const plan = await onePlan(list)
    const stuck = {
      code: 'T009',
      severity: 'error',
      message: 'all asleep',
      labels: [{ span: plan.expect.span }],
    } as const
    const { diagnostics, details } = judge(plan, runOf([], { diagnostics: [stuck] }), {
      read: () => undefined,
    })
    expect(diagnostics.map(({ code }) => code)).to.deep.equal(['T009', 'T001'])
    expect(details)
      .to.match(/^error\[T009\]: all asleep/)
      .and.contain('✗ race    the trace ended')
  })

  it('takes a trap of a shared place for every probe of it', async () => {
    const text = scenario('trace: [trap]\nevents: [trap: q, trap: p]', ', q: p calc:main')
    expect(await briefs(text, [event('A', 'trap', 'p'), event('A', 'trap', 'p')])).to.deep.equal([])
  })

  it('says so when it gives up', async () => {
    const { expect: expectation } = await onePlan(list)
    const failure = {
      reason: 'limit',
      construct: 'events',
      node: expectation.events!,
      events: [],
      taken: [],
    } as const
    expect(briefly(orderDiagnostic(failure))).to.equal('T014 8:5 "- hit: p"')
  })

  it('reports the late hit twice, as unexpected and as forbidden', async () => {
    expect(await briefs(race, raceEvents.toSpliced(5, 0, lateHit))).to.deep.equal([
      'T001 31:13 "exit: A" expected next, but hit is another kind',
      'T003 51:7 "hit: add_in" this forbids it',
    ])
  })
})
