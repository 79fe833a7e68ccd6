// SPDX-License-Identifier: MIT
import { join } from 'node:path'
import { expect } from 'chai'
import { loadScenarios } from '../../src/scenario/load-scenarios.ts'
import type { OrderNode, Scenario } from '../../src/scenario/scenario.ts'
import { pinned } from './load-text.ts'

const folder = join(import.meta.dirname, 'examples')

async function load(name: string) {
  const { scenarios, diagnostics, dependencies } = await loadScenarios(`${name}.yaml`, { cwd: folder })
  expect(diagnostics).to.deep.equal([])
  return {
    scenarios,
    first: scenarios[0]!,
    dependencies: dependencies.map(path => path.replace(`${folder}/`, '')),
  }
}

function lanes(scenario: Scenario): ReadonlyMap<string, OrderNode> {
  const { events } = scenario.expect
  const node = events?.kind === 'sequence' ? events.items.find(item => item.kind === 'interleave') : undefined
  if (node?.kind !== 'interleave') throw new Error('no interleave')
  return node.lanes
}

describe('the examples of the format', () => {
  it('one thread, one probe', async () => {
    const { first: scenario } = await load('simple')
    expect(scenario.id).to.equal('simple')
    expect(pinned(scenario.title.span)).to.equal('2:8 a uprobe on add() fires once and sees both arguments')
    const calc = scenario.binaries.get('calc')!
    if (calc.kind !== 'asm') throw new Error('not asm')
    const [part] = calc.parts
    const lines = part!.text.split('\n')
    // Every line of the text lies where `lineStarts` says.
    for (const [index, line] of lines.entries()) {
      const start = part!.origin.lineStarts[index]!
      expect(part!.origin.file.text.slice(start, start + line.length)).to.equal(line)
    }
    expect(lines[4]).to.equal('    ret')
    expect(pinned(scenario.threads.get('main')!.run.span)).to.equal('17:16 calc:main')
    expect(pinned(scenario.probes.get('add_in')!.define.span)).to.equal(
      '20:11 p calc:add a=%di:s32 b=%si:s32',
    )
    const { events, trace } = scenario.expect
    expect(trace).to.deep.equal(['hit', 'ret', 'signal', 'fault', 'exit'])
    if (events?.kind !== 'sequence' || events.items[0]?.kind !== 'event') throw new Error('no events')
    const { pattern } = events.items[0]
    expect(pinned(pattern.keySpan)).to.equal('24:7 hit')
    const args = pattern.fields['args']!
    if (args.kind !== 'map') throw new Error('no map')
    const { b } = args.entries
    expect(b).to.include({ kind: 'equal', value: 3n })
    expect(pinned(b!.span)).to.equal('25:24 3')
    expect(scenario.limits.instructions).to.equal(1_000_000)
    expect(scenario.schedule).to.deep.equal({ kind: 'round-robin' })
  })

  it('a race with an explicit schedule', async () => {
    const { first: scenario } = await load('race')
    expect(scenario.tags).to.deep.equal(['xol', 'unregister'])
    expect([...scenario.threads.values()].map(({ args }) => args[0]!.value)).to.deep.equal([10n, 20n])
    if (scenario.schedule.kind !== 'turns') throw new Error('no turns')
    const { turns } = scenario.schedule
    expect(turns.map(({ kind }) => kind)).to.deep.equal(['run', 'run', 'detach', 'check', 'run', 'run'])
    expect(pinned(turns[0]!.span)).to.equal('28:5 run: A\n    until: { trap: add_in }')
    const check = turns[3]!
    if (check.kind !== 'check') throw new Error('no check')
    expect(check.state.threads.get('B')!.ip).to.include({ kind: 'within', region: 'xol' })
    expect(pinned(check.state.text.get('calc:add')!.keySpan!)).to.equal('34:15 calc:add')
    expect([...lanes(scenario).keys()]).to.deep.equal(['A', 'B', 'kernel'])
    const b = lanes(scenario).get('B')!
    if (b.kind !== 'sequence') throw new Error('no lane')
    const [, , step, stepped] = b.items
    expect(step!.as).to.include({ value: 'b-stepping' })
    expect(stepped!.after.map(({ span }) => pinned(span))).to.deep.equal(['59:20 gone'])
    expect(step!.kind === 'event' && step!.pattern.fields['slot']).to.include({
      kind: 'variable',
      name: 'slot',
      plus: 0n,
    })
    expect(scenario.expect.never.map(({ kind }) => kind)).to.deep.equal(['hit', 'signal'])
    expect(scenario.expect.never[0]!.thread).to.include({ kind: 'equal', value: 'A' })
    expect(scenario.expect.final!.xol!.inUse).to.include({ value: 0n })
  })

  it('a golden trace with a matrix', async () => {
    const { scenarios, dependencies } = await load('golden')
    expect(scenarios.map(({ id }) => id)).to.deep.equal([
      'golden[insn=push,consumers=1]',
      'golden[insn=push,consumers=2]',
      'golden[insn=sub,consumers=1]',
      'golden[insn=sub,consumers=2]',
      'golden[insn=nop,consumers=1]',
    ])
    expect(dependencies).to.deep.equal(['lib/calc.yaml'])
    const sub = scenarios[3]!
    expect(sub.probes.get('add_out')!.consumers).to.equal(2)
    const calc = sub.binaries.get('calc')!
    if (calc.kind !== 'asm') throw new Error('not asm')
    expect(calc.parts.map(({ text }) => text.split('\n')[0])).to.deep.equal(['main:', 'add:'])
    const [library, own] = calc.parts
    expect(library!.origin.file.path).to.equal('lib/calc.yaml')
    expect(own!.text).to.equal('add:\n    sub rsp, 8\n    lea  eax, [rdi + rsi]\n    add rsp, 8\n    ret\n')
    const file = own!.origin.file.text
    expect(
      own!.origin.lineStarts.map(start => file.slice(start).split('\n')[0]!.trim()).slice(0, 5),
    ).to.deep.equal(['add:', '${insn.code}', 'lea  eax, [rdi + rsi]', '${insn.undo}', 'ret'])
    expect(sub.expect.golden).to.deep.include({ per: ['consumers'] })
  })

  it('a real program', async () => {
    const { first: scenario, dependencies } = await load('pool')
    expect(dependencies).to.deep.equal(['pool.c'])
    const pool = scenario.binaries.get('pool')!
    expect(pool).to.deep.include({ kind: 'c', flags: ['-O2', '-static', '-pthread'], folder })
    const process = scenario.processes.get('pool')!
    expect(process.argv).to.deep.equal(['pool', '3'])
    expect([...process.env]).to.deep.equal([['LANG', 'C']])
    expect(scenario.schedule).to.include({ kind: 'round-robin', quantum: 50 })
    expect([...lanes(scenario).keys()]).to.deep.equal(['pool.1', 'pool.2', 'pool.3'])
    expect(scenario.expect.output).to.include({ kind: 'equal', value: '3 items\n' })
    expect(scenario.expect.count[0]!.times).to.deep.equal({ min: 3, max: 3 })
  })
})
