// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { coverage } from './coverage.ts'
import { shippedScenarios } from './shipped.ts'

describe('the rows of the specification that scenarios show', () => {
  let ids: ReadonlySet<string>

  before(async function () {
    this.timeout(30_000)
    ids = new Set((await shippedScenarios()).map(({ id }) => id.replace(/\[.*/, '')))
  })

  for (const [section, rows] of Object.entries(coverage)) {
    it(`${section}: every row names scenarios that exist`, () => {
      for (const [row, scenarios] of Object.entries(rows)) {
        expect(scenarios, row).to.not.have.lengthOf(0)
        for (const id of scenarios) expect(ids.has(id), `${row}: there is no scenario ${id}`).to.equal(true)
      }
    })
  }

  it('every scenario of races and of bugs shows one of them', () => {
    const named = new Set(Object.values(coverage).flatMap(rows => Object.values(rows).flat()))
    expect([...ids].filter(id => /^(races|bugs)\//.test(id) && !named.has(id))).to.deep.equal([])
  })
})
