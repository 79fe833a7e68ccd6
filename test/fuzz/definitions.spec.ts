// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { definitionCases } from './definition-cases.ts'
import { fuzz } from './fuzz.ts'

const seed = 1

/** `npm run fuzz` has ten times as many. */
describe('hostile definitions', () => {
  it('10,000 definitions, filters and triggers are taken, or refused at a place inside of them', () => {
    const { endings, failures } = fuzz(definitionCases, seed, 0, 10_000)
    const wrong = failures.map(
      ({ number, error }) => `npm run fuzz -- ${seed} definitions ${number}: ${error.stack}`,
    )
    expect(wrong).to.deep.equal([])
    for (const kind of ['definition', 'filter', 'trigger'])
      expect(endings.get(`${kind} taken`), `${kind}s taken`).to.be.within(300, 2500)
    const refusals = [...endings.keys()].filter(ending => ending.includes('refused: '))
    expect(refusals.length, 'different refusals').to.be.greaterThan(45)
  })
})
