// SPDX-License-Identifier: MIT
import { readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import type { Event } from '../../src/events/event.ts'
import { judge } from '../../src/expect/judge.ts'
import type { Run } from '../../src/expect/run.ts'
import { event, onePlan, planOf, runOf, scenariosOf } from './judging.ts'
import { lateHit, race, raceEvents } from './race-scenario.ts'

/** Compares with `texts/NAME.txt`; UPDATE_TEXTS=1 writes the files anew, to be read before they are committed. */
function expectText(name: string, text: string | undefined): void {
  const file = new URL(`texts/${name}.txt`, import.meta.url)
  if (process.env['UPDATE_TEXTS'] === '1') writeFileSync(file, text ?? '')
  expect(text).to.equal(readFileSync(file, 'utf8'))
}

const noGoldens = { read: () => undefined }

describe('the text of a failure', () => {
  const cases: [name: string, events: readonly Event[], rest?: Partial<Run>][] = [
    ['unexpected-event', raceEvents.toSpliced(5, 0, lateHit)],
    ['wrong-variable', raceEvents.toSpliced(6, 1, event('B', 'stepped', 'add_in', { slot: 1n }))],
    ['wrong-argument', raceEvents.toSpliced(2, 1, event('B', 'hit', 'add_in', { args: { n: 21n, m: 0n } }))],
    ['missing-event', raceEvents.toSpliced(2, 1)],
    [
      'trace-ended',
      raceEvents.slice(0, 7),
      { tasks: [{ name: 'B', id: 101, process: 100, state: 'sleeping', where: 'futex_wait' }] },
    ],
    ['after-the-end', [...raceEvents, event('B', 'fault', '#PF', { address: { address: 8n, at: '0x8' } })]],
    ['forbidden-and-unexpected-elsewhere', [lateHit, ...raceEvents]],
  ]
  for (const [name, events, rest] of cases) {
    it(name, async () => {
      expectText(name, judge(await onePlan(race), runOf(events, rest), noGoldens).details)
    })
  }

  it('shows everything on demand, and what is known of an address', async () => {
    const verdict = judge(await onePlan(race), runOf(raceEvents.toSpliced(5, 0, lateHit)), noGoldens, {
      full: true,
      describeAddress: address => (address === 0x401006n ? 'add edi, 1   race.yaml:10' : undefined),
    })
    expectText('unexpected-event-in-full', verdict.details)
  })

  it('lists events of many tasks one under the other', async () => {
    const names = Array.from({ length: 8 }, (_, at) => `T${at}`)
    const text = `title: many tasks
binaries: { calc: { asm: "main: ret" } }
threads: { ${names.map(name => `${name}: { run: calc:main }`).join(', ')} }
expect: { events: [{ any-order: [${names.map(name => `exit: ${name}`).join(', ')}] }] }
`
    const exits = names.map(name => event(name, 'exit', name, { value: 0n }))
    expectText(
      'many-tasks',
      judge(await onePlan(text), runOf([...exits.slice(1), exits[1]!]), noGoldens, { full: true }).details,
    )
  })

  it('golden', async () => {
    const [scenario] = await scenariosOf(goldenScenario, 'golden.yaml')
    const events = [0n, 1n, 2n, 3n, 4n, 5n].map(v =>
      event('main', 'ret', 'add_out', { func: { address: 1n, at: 'calc:add' }, args: { v } }),
    )
    const before = judge(planOf(scenario!), runOf(events), noGoldens).golden!.text
    const now = events.with(
      4,
      event('main', 'ret', 'add_out', { func: { address: 1n, at: 'calc:add' }, args: { v: -5n } }),
    )
    const verdict = judge(planOf(scenario!), runOf([...now, event('main', 'exit', 'main', { value: 5n })]), {
      read: () => before,
    })
    expectText('golden', verdict.details)
  })
})

const goldenScenario = `title: a golden
matrix: { insn: [push, nop], consumers: [1, 2] }
binaries: { calc: { asm: "main: ret" } }
threads: { main: { run: calc:main } }
probes: { add_out: { define: "r calc:main v=$retval:s32", consumers: "\${consumers}" } }
expect:
  trace: [ret, exit]
  golden: { per: [consumers] }
  never: [fault: _]
`
