// SPDX-License-Identifier: MIT
import { join } from 'node:path'
import { expect } from 'chai'
import { filterTests, focusTests } from '../../src/cli/filter-tests.ts'
import { type Outcome, type RunTestsOptions, runTests } from '../../src/cli/run-tests.ts'
import { shuffle } from '../../src/cli/shuffle.ts'
import type { Test } from '../../src/cli/test.ts'
import type { RecordedEvent } from '../../src/events/event.ts'
import type { Message } from '../../src/report/messages.ts'
import type { Scenario } from '../../src/scenario/scenario.ts'
import { unexpected } from '../report/sample-messages.ts'
import { root } from '../source-files.ts'

/** A scenario as far as selecting and running look into it. */
function scenario(id: string, more: Partial<Scenario> = {}): Test {
  const file = { path: `scenarios/${id}.yaml`, text: `\ntitle: claim of ${id}\n` }
  const base = {
    id,
    file,
    title: { value: `claim of ${id}`, span: { file, start: 8, end: 12 } },
    tags: [],
    only: false,
    requires: [],
    engines: ['emulator'],
    binaries: new Map(),
  }
  return { kind: 'scenario', id, file: file.path, scenario: { ...base, ...more } as unknown as Scenario }
}

const broken: Test = {
  kind: 'invalid',
  id: 'broken',
  file: 'scenarios/broken.yaml',
  diagnostics: [unexpected],
}
const event: RecordedEvent = { kind: 'exit', thread: 'main', index: 1, step: 3, fields: { thread: 'main' } }
const passed: Outcome = { status: 'passed', diagnostics: [], events: [event], steps: 3 }
const failed: Outcome = { ...passed, status: 'failed', diagnostics: [unexpected] }
const outcomes: Readonly<Record<string, Outcome>> = {
  bad: failed,
  unplanned: { ...failed, status: 'invalid' },
  crash: { ...failed, diagnostics: [{ ...unexpected, code: 'I001' }] },
}

async function messagesOf(tests: readonly Test[], more: Partial<RunTestsOptions> = {}): Promise<Message[]> {
  let time = 0
  const messages: Message[] = []
  const options: RunTestsOptions = {
    version: '0.1.0',
    execute: async ({ id }) => outcomes[id.replace(/-.*/, '')] ?? passed,
    clock: () => (time += 5),
    stopped: () => false,
    forbidOnly: false,
    events: 'on-fail',
    searchPath: '/nowhere',
    ...more,
  }
  for await (const message of runTests(tests, options)) messages.push(message)
  return messages
}

/** `id status` of each result, with the reason. */
async function statusesOf(tests: readonly Test[], more: Partial<RunTestsOptions> = {}): Promise<string[]> {
  const results = (await messagesOf(tests, more)).filter(message => message.type === 'result')
  return results.map(({ id, status, reason }) => `${id} ${status}${reason ? `: ${reason}` : ''}`)
}

describe('a run', () => {
  it('tells what it does in order, and sums up', async () => {
    const messages = await messagesOf([scenario('good'), scenario('bad'), broken])
    expect(messages.map(({ type }) => type).join(' ')).to.equal(
      'run scenario result scenario event result scenario result summary',
    )
    expect(messages[1]).to.deep.include({ id: 'good', title: 'claim of good', line: 2 })
    expect(messages.at(-1)).to.deep.include({
      counts: { failed: 1, xpass: 0, invalid: 1, passed: 1, skipped: 0, unsupported: 0, xfail: 0 },
    })
  })

  it('turns an expected failure round, but neither a mistake in the file nor a bug', async () => {
    const xfail = 'not done yet'
    expect(
      await statusesOf([
        scenario('bad', { xfail }),
        scenario('good', { xfail }),
        scenario('unplanned', { xfail }),
        scenario('crash', { xfail }),
      ]),
    ).to.deep.equal([
      'bad xfail: not done yet',
      'good xpass: not done yet',
      'unplanned invalid',
      'crash failed',
    ])
  })

  it('does not run what is skipped, or needs what is not there', async () => {
    const execute = async (): Promise<Outcome> => expect.fail('it ran')
    const c = new Map([['app', { kind: 'c' }]]) as unknown as Scenario['binaries']
    const tests = [
      scenario('slow', { skip: 'takes an hour' }),
      scenario('compiled', { binaries: c }),
      scenario('live', { engines: ['linux'], requires: ['as'] }),
    ]
    expect(await statusesOf(tests, { execute })).to.deep.equal([
      'slow skipped: takes an hour',
      'compiled unsupported: needs cc',
      'live unsupported: needs as, live-kernel',
    ])
  })

  it('finds a required program in PATH', async () => {
    const searchPath = ['.ci', 'src/cli'].map(folder => join(root, folder)).join(':')
    const requires = ['main.ts', 'commands', 'cli/run']
    expect(
      await statusesOf([scenario('can', { requires: ['run'] }), scenario('cannot', { requires })], {
        searchPath,
      }),
    ).to.deep.equal(['can passed', 'cannot unsupported: needs main.ts, commands, cli/run'])
  })

  it('stops after as many failures as --bail says', async () => {
    const tests = [scenario('bad-1'), broken, scenario('good'), scenario('bad-2')]
    const messages = await messagesOf(tests, { bail: 2 })
    expect(messages.at(-1)).to.deep.include({ stopped: 'bail' })
    expect(messages.filter(({ type }) => type === 'result')).to.have.lengthOf(2)
    expect((await messagesOf([scenario('bad')], { bail: 1 })).at(-1)).not.to.have.property('stopped')
  })

  it('ends before the next test when it is interrupted, with a sum', async () => {
    let asked = 0
    const messages = await messagesOf([scenario('a'), scenario('b')], { stopped: () => asked++ > 0 })
    expect(messages.map(({ type }) => type)).to.deep.equal(['run', 'scenario', 'result', 'summary'])
    expect(messages.at(-1)).to.deep.include({ stopped: 'interrupted' })
  })

  it('tells events of all tests, or of none', async () => {
    const count = async (events: RunTestsOptions['events']): Promise<number> =>
      (await messagesOf([scenario('good'), scenario('bad')], { events })).filter(
        ({ type }) => type === 'event',
      ).length
    expect([await count('always'), await count('on-fail'), await count('never')]).to.deep.equal([2, 1, 0])
  })

  it('fails the focused tests, and runs all others, where focus is forbidden', async () => {
    const tests = [scenario('a', { only: true, xfail: 'x' }), scenario('b')]
    const [first, second] = (await messagesOf(tests, { forbidOnly: true })).filter(
      ({ type }) => type === 'result',
    )
    expect(first).to.deep.include({ id: 'a', status: 'failed' })
    expect(first).to.have.nested.property('diagnostics[0].code', 'L020')
    expect(second).to.deep.include({ id: 'b', status: 'passed' })
  })
})

describe('the choice of tests', () => {
  const a = scenario('xol/a', { tags: ['xol', 'slow'] })
  const b = scenario('b', { tags: ['xol'] })
  const c = scenario('c')
  const ids = (tests: readonly Test[]): string => tests.map(({ id }) => id).join(' ')

  it('greps ids and titles', () => {
    expect(ids(filterTests([a, b, c, broken], { grep: 'xol/' }))).to.equal('xol/a')
    expect(ids(filterTests([a, b, c, broken], { grep: 'claim of c' }))).to.equal('c')
  })

  it('takes any of the tags asked for and none of those refused; an invalid file has unknown tags', () => {
    expect(ids(filterTests([a, b, c, broken], { tags: ['xol', '!slow'] }))).to.equal('b broken')
    expect(ids(filterTests([a, b, c, broken], { tags: ['!slow'] }))).to.equal('b c broken')
    expect(ids(filterTests([a, b, c], { tags: ['slow', 'xol'] }))).to.equal('xol/a b')
  })

  it('keeps to given ids', () => {
    expect(ids(filterTests([a, b, c, broken], { ids: new Set(['c', 'broken']) }))).to.equal('c broken')
  })

  it('focuses', () => {
    expect(ids(focusTests([a, b, broken]))).to.equal('xol/a b broken')
    expect(ids(focusTests([a, scenario('d', { only: true }), broken]))).to.equal('d broken')
  })

  it('shuffles into an order that the seed decides', () => {
    const items = Array.from({ length: 20 }, (_, index) => index)
    expect(shuffle(items, 7)).to.deep.equal(shuffle(items, 7)).and.not.deep.equal(shuffle(items, 8))
    expect(shuffle(items, 7).sort((x, y) => x - y)).to.deep.equal(items)
  })
})
