// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { checkFile } from '../../src/machine/vectors/check-file.ts'

describe('what hardware did', () => {
  for (const [file, stride, count] of [
    ['integer.vectors.gz', 1, 502],
    ['hello.musl.trace.gz', 1, 1191],
    // Whole blocks, linked, with their branches fused.
    ['hello.musl.trace.gz', 100, 15],
  ] as const)
    it(`is what the machine does: ${file}, ${stride} at a time`, () => {
      const contents = readFileSync(new URL(`data/${file}`, import.meta.url))
      const verdicts = [...checkFile(contents, stride)!]
      expect(verdicts.filter(({ wrong }) => wrong !== undefined)).to.deep.equal([])
      expect(verdicts).to.have.length(count)
    })

  it('knows only its two formats', () => {
    expect(checkFile(new Uint8Array(100))).to.equal(undefined)
  })
})
