// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { designSpace } from '../scripts/design-space/design-space.ts'
import { root } from './source-files.ts'

describe('docs/design-space.md', () => {
  it('is what `npm run design-space` would write now', async () => {
    expect(await designSpace(root)).to.equal(readFileSync(`${root}docs/design-space.md`, 'utf8'))
  })

  it('measures optimised nops on a kernel that steps everything else in slots, and refuses what those refuse', () => {
    const rows = readFileSync(`${root}docs/design-space.md`, 'utf8').split('\n')
    const refused = (name: string) => rows.find(row => row.startsWith(`| ${name} |`))!.split('|')[6]
    expect(refused('a call in place of a nop')).to.equal(refused('slots (XOL)'))
  })

  it('shows the loss of inline execution growing with threads, and none with slots', async () => {
    const rows = readFileSync(`${root}docs/design-space.md`, 'utf8').split('\n')
    const missed = (name: string): number[] =>
      rows
        .find(row => row.startsWith(`| ${name} |`))!
        .split('|')[3]!
        .split('/')
        .map(share => Number.parseInt(share, 10))
    const inline = missed('inline')
    expect(inline[0]).to.equal(0)
    for (let index = 1; index < inline.length; index++) expect(inline[index]).to.be.above(inline[index - 1]!)
    expect(missed('slots (XOL)')).to.deep.equal([0, 0, 0, 0])
  })
})
