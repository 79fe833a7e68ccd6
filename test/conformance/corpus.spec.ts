// SPDX-License-Identifier: MIT
import { join } from 'node:path'
import { expect } from 'chai'
import { checkCase } from '../../src/engine/corpus/check-case.ts'
import { type CorpusEntry, readCorpus } from '../../src/engine/corpus/read-corpus.ts'

const folder = join(import.meta.dirname, 'data')

describe('the recordings of a live 6.18 kernel', () => {
  for (const entry of readCorpus(folder)) {
    it('input' in entry ? `${entry.name}: ${entry.input.why}` : entry.name, () => {
      expect(checkCase(entry)).to.deep.equal([])
    })
  }

  it('fail with a word where a case cannot be read, or its program is not there', () => {
    expect(checkCase({ name: 'torn', problem: 'no such file' })).to.deep.equal([
      'the case cannot be read: no such file',
    ])
    const [entry] = readCorpus(folder)
    expect(checkCase({ ...(entry as CorpusEntry), files: new Map() })).to.deep.equal([
      'the program does not start: ENOENT',
    ])
  })
})
