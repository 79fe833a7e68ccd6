// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { differences } from './extended-vectors.ts'

describe('MMX as hardware does it', () => {
  it('registers, the x87 state that they share, and exceptions are the same to the bit', () => {
    expect(differences('mmx.vectors.gz')).to.deep.equal({ count: 552, wrong: [] })
  })
})
