// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { croppedLine } from '../../src/diagnostics/cropped-line.ts'

describe('a line of the author', () => {
  it('is shown whole where it is short', () => {
    expect(croppedLine('\ta: b', 4, 9)).to.deep.equal({ shown: '\ta: b', before: '\ta: ', marked: 'b' })
  })

  it('is cropped around the mark', () => {
    const { shown, before, marked } = croppedLine(`${'a'.repeat(5000)}X${'b'.repeat(5000)}`, 5000, 1)
    expect(shown).to.equal(`…${'a'.repeat(40)}X${'b'.repeat(79)}…`)
    expect([before.length, marked]).to.deep.equal([41, 'X'])
    expect(croppedLine('a'.repeat(500), 500, 1).before).to.have.lengthOf(121)
  })

  it('cannot move the cursor', () => {
    const { shown, before, marked } = croppedLine('a\u001b[2J\u0000\ud800\tX', 8, 1)
    expect(shown).to.equal('a\\u001b[2J\\u0000\\ud800\tX')
    expect([before.length, marked]).to.deep.equal([shown.length - 1, 'X'])
  })

  it('ends before a mark behind it', () => {
    expect(croppedLine('ab', 4, 1)).to.deep.equal({ shown: 'ab', before: 'ab  ', marked: '' })
  })
})
