// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { checkRecord, readCorpus } from './definitions-corpus.ts'

/** Names of the files in `data/`: `definitions` came with the conformance corpus, the others were recorded in the same way. */
for (const name of ['definitions', 'more-definitions', 'odd-definitions']) {
  describe(`recorded ${name}`, () => {
    const records = readCorpus(readFileSync(new URL(`data/${name}.json`, import.meta.url), 'utf8'))

    for (const record of records) {
      it(record.line.slice(0, 120), () => {
        expect(checkRecord(record)).to.deep.equal([])
      })
    }
  })
}
