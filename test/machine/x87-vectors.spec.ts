// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { differences } from './extended-vectors.ts'

describe('x87 as hardware does it', () => {
  it('results, conditions, tags and exceptions are the same to the bit', () => {
    expect(differences('x87.vectors.gz')).to.deep.equal({ count: 606, wrong: [] })
  })

  it('transcendental functions differ in the last bit at most', () => {
    expect(differences('transcendental.vectors.gz', 1)).to.deep.equal({ count: 160, wrong: [] })
  })

  it('and hardly ever differ at all', () => {
    const { wrong } = differences('transcendental.vectors.gz')
    expect(wrong.length).to.be.at.most(8)
  })
})
