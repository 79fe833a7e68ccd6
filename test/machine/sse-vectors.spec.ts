// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { differences } from './extended-vectors.ts'

describe('SSE as hardware does it', () => {
  it('lanes, conversions, exceptions and strings are the same to the bit', () => {
    expect(differences('sse.vectors.gz')).to.deep.equal({ count: 620, wrong: [] })
  })
})
