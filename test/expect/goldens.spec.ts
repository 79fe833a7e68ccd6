// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { compareGolden } from '../../src/expect/golden/compare-golden.ts'
import { goldenPath, goldenText } from '../../src/expect/golden/golden-file.ts'
import { orphanGoldens } from '../../src/expect/golden/orphan-goldens.ts'
import { disagreements, type GoldenOutcome, updateGoldens } from '../../src/expect/golden/update-goldens.ts'
import { judge } from '../../src/expect/judge.ts'
import { briefly, event, planOf, runOf, scenariosOf } from './judging.ts'

function scenario(golden: string, matrix = 'insn: { push: 1, a.b: 2 }, consumers: [1, 2]'): string {
  return `title: a golden
matrix: { ${matrix} }
binaries: { calc: { asm: "main: ret" } }
threads: { main: { run: calc:main } }
probes: { p: p calc:main, q: p calc:main }
expect:
  trace: [trap, exit]
  golden: ${golden}
  never: [{ fault: _ }]
`
}

const trap = event('main', 'trap', 'q', { ip: { address: 1n, at: 'calc:main' } })
const exit = event('main', 'exit', 'main', { value: 5n, code: 5n })

describe('goldens', () => {
  it('lie beside the scenario, named after the axes that may change them', async () => {
    const paths = async (golden: string) => [
      ...new Set((await scenariosOf(scenario(golden), 'sub/x.yaml')).map(goldenPath)),
    ]
    expect(await paths('{ per: [consumers] }')).to.deep.equal([
      '/scenarios/sub/x.consumers=1.trace',
      '/scenarios/sub/x.consumers=2.trace',
    ])
    expect(await paths('{ per: [] }')).to.deep.equal(['/scenarios/sub/x.trace'])
    expect(await paths('true')).to.include('/scenarios/sub/x.insn=a.b,consumers=2.trace')
  })

  it('say whose they are and hold the events in view, one a line', async () => {
    const [first] = await scenariosOf(scenario('{ per: [consumers] }'), 'x.yaml')
    const golden = judge(planOf(first!), runOf([trap, event('main', 'log', 'not in view'), exit]), {
      read: () => undefined,
    }).golden!
    expect(golden.text).to.equal(
      '# x, consumers=1\ntrap p main ip=calc:main\nexit main main value=5 code=5\n',
    )
    const [short] = await scenariosOf(scenario('{ fields: [value] }'), 'x.yaml')
    expect(goldenText(planOf(short!), runOf([exit]).events)).to.equal(
      '# x, insn=push, consumers=1\nexit main main value=5\n',
    )
  })

  it('fail where they differ, are missing or are another’s', async () => {
    const [first] = await scenariosOf(scenario('{ per: [] }'), 'x.yaml')
    const judged = (golden: string | undefined) =>
      judge(planOf(first!), runOf([trap, exit]), { read: () => golden }).diagnostics.map(
        ({ code, message, labels }) => [code, message, labels.length],
      )
    const text = '# x\ntrap p main ip=calc:main\nexit main main value=5 code=5\n'
    expect(judged(text)).to.deep.equal([])
    expect(judged(undefined)).to.deep.equal([['T005', 'there is no x.trace yet', 1]])
    expect(judged(text.replace('5', '6'))).to.deep.equal([
      ['T005', 'trace differs from x.trace in 1 of 2 events', 2],
    ])
    expect(judged(text.replace('# x', '# y'))).to.deep.equal([
      ['T005', 'x.trace is another’s: its first line is `# y`'.replace('’', "'"), 2],
    ])
    expect(judged(text.slice(0, -1))).to.deep.equal([
      ['T005', 'trace differs from x.trace in 1 of 2 events', 2],
    ])
    expect(judged(text.replaceAll('\n', '\r\n'))).to.have.length(1)
    expect(judged('')).to.have.length(1)
  })

  it('are not missed while something else is wrong', async () => {
    const [first] = await scenariosOf(scenario('{ per: [] }'), 'x.yaml')
    const fault = event('main', 'fault', '#PF', { address: { address: 8n, at: '0x8' } })
    const judged = (golden: string | undefined) =>
      judge(planOf(first!), runOf([trap, fault, exit]), { read: () => golden }).diagnostics.map(
        ({ code }) => code,
      )
    expect(judged(undefined)).to.deep.equal(['T003'])
    expect(judged('# x\n')).to.deep.equal(['T003', 'T005'])
  })

  it('count what differs', () => {
    const golden = ['# x', ...'abcdef'].join('\n')
    const now = ['# x', ...'aXYdeg'].join('\n')
    expect(compareGolden(`${golden}\n`, `${now}\n`)).to.include({ differing: 3, total: 6, firstLine: 3 })
  })

  it('are updated only if all who share them agree', async () => {
    const scenarios = await scenariosOf(scenario('{ per: [consumers] }'), 'x.yaml')
    const outcome = (at: number, text: string, before?: string): GoldenOutcome => ({
      scenario: scenarios[at]!,
      path: goldenPath(scenarios[at]!)!,
      text,
      before,
    })
    const agree = [outcome(0, 'one'), outcome(2, 'one'), outcome(1, 'two', 'two'), outcome(3, 'two', 'two')]
    expect(updateGoldens(agree)).to.deep.equal({
      writes: [{ path: '/scenarios/x.consumers=1.trace', text: 'one' }],
      diagnostics: [],
    })
    const differ = [outcome(0, 'one'), outcome(2, 'other'), outcome(1, 'two'), outcome(3, 'two')]
    const { writes, diagnostics } = updateGoldens(differ)
    expect(writes.map(({ path }) => path)).to.deep.equal(['/scenarios/x.consumers=2.trace'])
    expect(diagnostics.map(briefly)).to.deep.equal(['T005 8:3 "golden" they must be indistinguishable'])
    expect(diagnostics[0]!.notes).to.deep.equal([
      'the same trace: x[insn=push,consumers=1]',
      'the same trace: x[insn=a.b,consumers=1]',
    ])
    expect(disagreements(differ)).to.deep.equal(diagnostics)
  })

  it('without a test are orphans', () => {
    const files = [
      'a.yaml',
      'b.yml',
      'a.trace',
      'a.n=1.trace',
      'a.n=2.trace',
      'b.trace',
      'gone.n=1.trace',
      'x.txt',
    ]
    const messages = orphanGoldens('dir', files, new Set(['a.n=1.trace']), new Set(['a'])).map(
      ({ message }) => message,
    )
    expect(messages).to.deep.equal(
      ['a.trace', 'a.n=2.trace', 'gone.n=1.trace'].map(name => `no test compares itself with dir/${name}`),
    )
  })
})
