// SPDX-License-Identifier: MIT
import { join } from 'node:path'
import { expect } from 'chai'
import { checkCase } from '../../src/engine/corpus/check-case.ts'
import { readCorpus } from '../../src/engine/corpus/read-corpus.ts'

const folder = join(import.meta.dirname, 'data')

describe('the recordings of a live 6.18 kernel', () => {
  for (const entry of readCorpus(folder)) {
    it(`${entry.name}: ${entry.input.why}`, () => {
      expect(checkCase(entry)).to.deep.equal([])
    })
  }
})
