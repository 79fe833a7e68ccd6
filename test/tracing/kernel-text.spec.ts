// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import fc from 'fast-check'
import { characterAt, fromKernelText, toKernelText } from '../../src/tracing/kernel-text.ts'

const anyBytes = fc
  .array(fc.integer({ min: 0, max: 255 }))
  .map(bytes => bytes.map(byte => String.fromCharCode(byte)).join(''))

describe('a text of the kernel', () => {
  it('is the bytes of a text', () => {
    expect(toKernelText('aé日😀')).to.equal('a\xc3\xa9\xe6\x97\xa5\xf0\x9f\x98\x80')
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => fromKernelText(toKernelText(text)) === text))
  })

  it('comes back from a text, also where it is no UTF-8', () => {
    expect(fromKernelText('a\xc3 \xa9')).to.equal('a\udcc3 \udca9')
    fc.assert(fc.property(anyBytes, bytes => toKernelText(fromKernelText(bytes)) === bytes))
  })

  it('has columns that are found in the text', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 9, 10, 12].map(column => characterAt('aé日😀', column))).to.deep.equal([
      0, 1, 1, 2, 2, 2, 3, 3, 5, 7,
    ])
  })
})
