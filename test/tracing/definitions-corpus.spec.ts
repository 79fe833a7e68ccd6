// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { checkRecord, readCorpus } from './definitions-corpus.ts'

/** The line as a test's name: one line, with its control characters as escapes. */
const nameOf = (line: string) =>
  line.slice(0, 120).replace(/\p{Cc}/gu, character => JSON.stringify(character).slice(1, -1))

/** Names of the files in `data/`: `definitions` came with the conformance corpus, the others were recorded in the same way. */
for (const name of ['definitions', 'more-definitions', 'odd-definitions']) {
  describe(`recorded ${name}`, () => {
    const records = readCorpus(readFileSync(new URL(`data/${name}.json`, import.meta.url), 'utf8'))

    for (const record of records) {
      it(nameOf(record.line), () => {
        expect(checkRecord(record)).to.deep.equal([])
      })
    }
  })
}
