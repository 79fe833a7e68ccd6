// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { runEmulator } from '../../src/engine/run-emulator.ts'
import type { Run } from '../../src/expect/run.ts'
import { reserveMemory } from '../../src/machine/memory/machine-memory.ts'
import { type TraceFormatName, traceFormatNames } from '../../src/report/trace-format-texts.ts'
import { traceFormats } from '../../src/report/trace-formats.ts'
import { loadScenarios } from '../../src/scenario/load-scenarios.ts'
import { planOf, projectFolder } from '../scenarios/shipped.ts'

const memory = reserveMemory(64 * 2 ** 20)

async function run(id: string): Promise<Run> {
  const loaded = await loadScenarios(`scenarios/${id}.yaml`, { cwd: projectFolder })
  const scenario = loaded.scenarios[0]
  return runEmulator(await planOf(scenario!), { memory })
}

const print = (format: TraceFormatName, from: Run): string => [...traceFormats[format].print(from)].join('')

type Entry = {
  readonly ph: string
  readonly name: string
  readonly pid: number
  readonly tid: number
  readonly ts: number
  readonly dur: number
  readonly id: number
  readonly cat: string
  readonly args?: { readonly name?: string; readonly index?: number }
}

function groupBy<T, K>(all: readonly T[], keyOf: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one])
  return groups
}

/** Rules of the trace-event format that viewers depend on. */
function checkEntries(entries: readonly Entry[]): void {
  const tracks = groupBy(entries, ({ pid, tid }) => `${pid}/${tid}`)
  for (const [track, all] of tracks) {
    const slices: Entry[] = []
    let last = 0
    for (const entry of all.filter(({ ph }) => ph !== 'M')) {
      expect(entry.ts, `${track}: ${entry.name}`).to.be.at.least(last)
      last = entry.ts
      if (entry.ph !== 'X') continue
      expect(entry.dur, entry.name).to.be.above(0)
      // A slice is inside those that are still open, or behind them.
      for (const { ts, dur, name } of slices) {
        const behind = entry.ts >= ts + dur - 1e-6
        const inside = entry.ts + entry.dur <= ts + dur + 1e-6
        expect(behind || inside, `${track}: ${entry.name} at ${entry.ts} in ${name}`).to.equal(true)
      }
      slices.push(entry)
    }
    for (const flow of all.filter(({ ph }) => ph === 's' || ph === 'f'))
      expect(slices.some(({ ts, dur }) => ts <= flow.ts && flow.ts < ts + dur)).to.equal(true)
    expect(all.filter(({ name }) => name === 'thread_name')).to.have.length(1)
  }
  const flows = groupBy(
    entries.filter(({ id }) => id !== undefined),
    ({ id }) => id,
  )
  for (const pair of flows.values()) {
    expect(pair.map(({ ph }) => ph)).to.deep.equal(['s', 'f'])
    expect(pair[1]!.ts).to.be.at.least(pair[0]!.ts)
  }
  expect(new Set(entries.map(({ ph }) => ph))).to.not.include.members(['B'])
}

describe('a run as', () => {
  for (const id of [
    'tutorial/race',
    'tutorial/return-probe',
    'problems/fork',
    'problems/fault-in-the-step',
  ]) {
    it(`perfetto: ${id}`, async () => {
      const ran = await run(id)
      const { traceEvents } = JSON.parse(print('perfetto', ran)) as { traceEvents: Entry[] }
      checkEntries(traceEvents)
      const told = traceEvents.flatMap(({ args }) => args?.index ?? [])
      expect(told).to.deep.equal(ran.events.map(({ index }) => index))
      const names = traceEvents.filter(({ name }) => name === 'thread_name').map(({ args }) => args?.name)
      expect(names).to.include.members(ran.tasks.map(({ name }) => name))
      expect(traceEvents.filter(({ cat, ph }) => cat === 'trap' && ph === 'X')).to.have.length(
        ran.events.filter(({ kind }) => kind === 'trap').length,
      )
    })
  }

  it('perfetto: a hit lasts from the trap until the instruction is done, also where others run meanwhile', async () => {
    const ran = await run('tutorial/race')
    const { traceEvents } = JSON.parse(print('perfetto', ran)) as { traceEvents: Entry[] }
    const of = (index: number): Entry => traceEvents.find(({ args }) => args?.index === index)!
    const stepped = ran.events.find(({ kind }) => kind === 'stepped')!
    const traps = traceEvents.filter(({ cat, ph }) => cat === 'trap' && ph === 'X')
    expect(traps.map(({ ts, dur }) => (ts + dur).toFixed(5))).to.deep.equal([
      // A finds its probe gone when it runs again: its hit is over with the switch.
      of(3).ts.toFixed(5),
      of(stepped.index).ts.toFixed(5),
    ])
  })

  it('the kernel’s trace and trace_pipe: the hits and returns of all tasks, with the names of their programs', async () => {
    const ran = await run('problems/fork')
    const trace = print('ftrace', ran)
    const hits = ran.events.filter(({ kind }) => kind === 'hit' || kind === 'ret')
    expect(trace.split('\n')[2]).to.equal(
      `# entries-in-buffer/entries-written: ${hits.length}/${hits.length}   #P:1`,
    )
    const lines = trace.split('\n').filter(line => line !== '' && !line.startsWith('#'))
    expect(lines).to.have.length(hits.length)
    const ids = lines.map(line => Number(/-(\d+) /.exec(line)?.[1]))
    expect(ids).to.deep.equal(hits.map(({ thread }) => ran.tasks.find(({ name }) => name === thread)!.id))
    expect(print('trace-pipe', ran)).to.equal(lines.map(line => `${line}\n`).join(''))
  })

  it('every format that has a name', async () => {
    const ran = await run('tutorial/simple')
    for (const name of traceFormatNames) expect(print(name, ran), name).to.not.equal('')
  })
})
