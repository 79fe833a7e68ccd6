// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { Event } from '../../src/events/event.ts'
import { type ExpectationUpdate, updateExpectations } from '../../src/expect/golden/update-expectations.ts'
import { writeScalar } from '../../src/expect/golden/write-scalar.ts'
import { briefly, event, planOf, runOf, scenariosOf } from './judging.ts'

const text = `title: t
binaries: { calc: { asm: "main: ret" } }
threads: { A: { run: calc:main } }
probes: { p: "p calc:main a=%di:s32 b=%si:s32 s=+0(%dx):string" }
expect:
  events:
    - hit: p
      args: { a: 1, b: _, s: 'old' }   # three of them
    - hit: p
      args: { a: { max: 9 }, b: $x }
    - { exit: A, value: 0x10 } # hex
  contains:
    - { hit: p, args: { b: $x } }
`

const hit = (a: bigint, b: bigint, s = 'old') => event('A', 'hit', 'p', { args: { a, b, s } })
const exit = (value: bigint) => event('A', 'exit', 'A', { value })

async function update(source: string, ...runs: (readonly Event[])[]): Promise<ExpectationUpdate> {
  const scenarios = await scenariosOf(source)
  return updateExpectations(
    scenarios[0]!.file,
    runs.map((events, at) => ({ plan: planOf(scenarios[at]!), run: runOf(events) })),
  )
}

describe('updating expectations', () => {
  it('changes plain values where they stand, and nothing else', async () => {
    const { text: updated, left } = await update(text, [hit(-7n, 2n, "it's"), hit(5n, 6n), exit(0x1fn)])
    expect(updated).to.equal(
      text.replace('a: 1,', 'a: -7,').replace("'old'", "'it''s'").replace('0x10', '0x1f'),
    )
    expect(left).to.deep.equal([])
  })

  it('leaves a run alone that is right', async () => {
    expect(await update(text, [hit(1n, 2n), hit(5n, 6n), exit(16n)])).to.deep.equal({
      text,
      patches: [],
      left: [],
    })
  })

  it('never touches ranges, and adds or removes no event', async () => {
    const range = await update(text, [hit(1n, 2n), hit(10n, 6n), exit(16n)])
    expect(range.text).to.equal(text)
    expect(range.left.map(briefly)).to.deep.equal(['T002 10:18 "{ max: 9 }" got 10'])
    const missing = await update(text, [hit(30n, 2n), exit(16n)])
    expect(missing.patches.map(patch => patch.text)).to.deep.equal(['30'])
    expect(missing.left.map(({ code }) => code)).to.deep.equal(['T001'])
  })

  it('gives one value one change, however often it is compared', async () => {
    const twice = text.replace('args: { a: 1, b: _, s', 'times: 2\n      args: { a: 1, b: _, s')
    const same = await update(twice, [hit(4n, 0n), hit(4n, 0n), hit(5n, 6n), exit(16n)])
    expect(same.patches.map(patch => patch.text)).to.deep.equal(['4'])
    const different = await update(twice, [hit(4n, 0n), hit(5n, 0n), hit(5n, 6n), exit(16n)])
    expect(different.left).to.have.length(1)
  })

  it('refuses what would break another variant, and what a matrix wrote', async () => {
    const matrix = text.replace('title: t', 'title: t\nmatrix: { n: [1, 2] }')
    const right = [hit(1n, 2n), hit(5n, 6n), exit(16n)]
    const wrong = [hit(1n, 2n), hit(5n, 6n), exit(17n)]
    expect((await update(matrix, wrong, wrong)).text).to.equal(matrix.replace('0x10', '0x11'))
    const refused = await update(matrix, right, wrong)
    expect(refused.text).to.equal(matrix)
    expect(refused.left.map(({ message }) => message)).to.deep.equal([
      'race[n=1] needs another value than the variants that share its expectation',
    ])
    const written = matrix.replace('value: 0x10', 'value: "${n}"')
    const { text: same, left } = await update(written, [hit(1n, 2n), hit(5n, 6n), exit(17n)])
    expect(same).to.equal(written)
    expect(left).to.have.length(1)
  })

  it('writes scalars that read back as the value', () => {
    const cases: [value: Parameters<typeof writeScalar>[0], before: string, after: string | undefined][] = [
      [5n, '0x1', '0x5'],
      [-5n, '0x1', '-5'],
      [0xffff_ffff_ffff_ffffn, '1', '0xffffffffffffffff'],
      ['SIGTRAP', 'SIGSEGV', 'SIGTRAP'],
      ['true', 'SIGSEGV', '"true"'],
      ['a, b', 'plain', '"a, b"'],
      ['a"b\n', '"x"', '"a\\"b\\n"'],
      ['é', "'x'", '"é"'],
      [null, '5', '"(fault)"'],
      [{ address: 4n, at: 'calc:add+0x4' }, 'calc:add', 'calc:add+0x4'],
      [{ address: 4n, at: '0x4' }, 'calc:add', '0x4'],
      [5n, '"${n}"', undefined],
      ['x', '|\n  y', undefined],
      [[1n], '1', undefined],
    ]
    for (const [value, before, after] of cases) expect(writeScalar(value, before), before).to.equal(after)
  })
})
