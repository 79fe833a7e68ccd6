// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { didYouMean, suggest } from '../../src/diagnostics/suggest.ts'

describe('suggestions', () => {
  const cases: readonly (readonly [word: string, candidates: string[], best: string | undefined])[] = [
    ['runs', ['run', 'args'], 'run'],
    ['ad', ['main', 'add'], 'add'],
    ['mian', ['main', 'add'], 'main'],
    ['clac', ['calc'], 'calc'],
    ['optimise', ['optimize', 'output'], 'optimize'],
    ['work', ['write', 'lock'], undefined],
    ['m', ['n'], undefined],
    ['abc', [], undefined],
    ['abcdef', ['abxxef', 'abcdxx', 'abcdex'], 'abcdex'],
  ]
  for (const [word, candidates, best] of cases) {
    it(`${word} among ${candidates.join(', ') || 'nothing'}: ${best ?? 'none'}`, () => {
      expect(suggest(word, candidates)).to.equal(best)
    })
  }

  it('are a question', () => {
    expect(didYouMean('runs', ['run'])).to.equal('did you mean `run`?')
    expect(didYouMean('x', ['run'])).to.equal(undefined)
  })
})
