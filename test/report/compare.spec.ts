// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { Figures } from '../../src/engine/compare/figures.ts'
import { comparisonBars } from '../../src/report/compare/bars.ts'
import type { Comparison } from '../../src/report/compare/comparison.ts'
import { comparisonJson } from '../../src/report/compare/comparison-json.ts'
import { comparisonTable } from '../../src/report/compare/table.ts'
import { inkFor } from '../../src/report/ink.ts'

const figures: Figures = {
  executions: 40,
  hits: 40,
  missed: 0,
  traps: 80,
  areas: 1,
  slots: 2,
  refused: 0,
  stopped: 0,
  stoppedFor: 0,
  changes: [],
  broken: [],
}

const sample: Comparison = {
  id: 'seed/<loop>',
  columns: [
    { variant: new Map([['execute', 'xol']]), outcome: { kind: 'figures', figures } },
    {
      variant: new Map([['execute', 'inline']]),
      outcome: {
        kind: 'figures',
        figures: { ...figures, hits: 30, missed: 10, areas: 0, changes: ['A: SIGTRAP instead of 3'] },
      },
    },
    { variant: new Map([['execute', 'rings']]), outcome: { kind: 'refused', reason: 'no segments' } },
  ],
}

describe('a comparison of kernels', () => {
  it('is a table with a column a variant, and says below what its cells only hint at', () => {
    const lines = comparisonTable(sample, inkFor(false)).split('\n')
    expect(lines.slice(0, 4)).to.deep.equal([
      'seed/<loop>',
      'execute                      xol        inline   rings',
      'events / executions      40 / 40       30 / 40       –',
      'missed                         0   10 (25.0 %)       –',
    ])
    expect(lines.slice(-3)).to.deep.equal(['  inline: A: SIGTRAP instead of 3', '  rings: no segments', ''])
  })

  it('does not say that a program is the same where that cannot be told', () => {
    const { changes: _, ...rest } = figures
    const variant = new Map([['execute', 'xol']])
    const untold: Comparison = {
      id: 'a',
      columns: [{ variant, outcome: { kind: 'figures', figures: rest } }],
    }
    expect(comparisonTable(untold, inkFor(false))).to.match(/^program result +–$/m)
  })

  it('is an object a variant in JSON', () => {
    const [first, , third] = comparisonJson(sample).trimEnd().split('\n')
    expect(JSON.parse(first!)).to.deep.equal({ id: 'seed/<loop>', variant: { execute: 'xol' }, ...figures })
    expect(JSON.parse(third!)).to.deep.equal({
      id: 'seed/<loop>',
      variant: { execute: 'rings' },
      refused: 'no segments',
    })
  })

  it('is drawn as bars, as long as the share of executions that was seen', () => {
    const picture = comparisonBars([sample])
    expect(picture).to.contain('seed/&lt;loop&gt;').and.to.contain('>30 / 40<')
    expect(
      [...picture.matchAll(/<rect [^>]*width="(\d+)"/g)].map(([, width]) => Number(width)),
    ).to.deep.equal([480, 480, 480, 360])
  })

  it('is drawn with bars that begin behind the longest label', () => {
    const variant = new Map([
      ['execute', 'inline'],
      ['signals-while-stepping', 'deliver'],
      ['uprobe-call-errno', 'EPROTO'],
    ])
    const long: Comparison = { id: 'a', columns: [{ variant, outcome: { kind: 'figures', figures } }] }
    const picture = comparisonBars([long])
    const [, label] = /<text x="(\d+)"[^>]*>execute=inline signals/.exec(picture)!
    const [, start] = /<rect x="(\d+)"/.exec(picture)!
    const characters = 'execute=inline signals-while-stepping=deliver uprobe-call-errno=EPROTO'.length
    expect(Number(start) - Number(label)).to.be.at.least(characters * 6)
    const [, width] = /<svg [^>]*width="(\d+)"/.exec(picture)!
    expect(Number(width)).to.be.above(Number(start) + 480)
  })
})
