// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { checkFile } from '../../src/machine/vectors/check-file.ts'

describe('what hardware did', () => {
  for (const [file, count] of [
    ['integer.vectors.gz', 502],
    ['hello.musl.trace.gz', 1195],
  ] as const)
    it(`is what the machine does: ${file}`, () => {
      const contents = readFileSync(new URL(`data/${file}`, import.meta.url))
      const verdicts = [...checkFile(contents)!]
      expect(verdicts.filter(({ wrong }) => wrong !== undefined)).to.deep.equal([])
      expect(verdicts).to.have.length(count)
    })

  it('knows only its two formats', () => {
    expect(checkFile(new Uint8Array(100))).to.equal(undefined)
  })
})
