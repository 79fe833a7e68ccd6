// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { parseAxes } from '../../src/cli/parse-axes.ts'
import { variantsOf } from '../../src/engine/compare/variant.ts'

describe('--over', () => {
  it('names a choice and its values; several make every combination', () => {
    const axes = parseAxes(['emulated=none,nops', 'xol.slots=2,4'])
    if (typeof axes === 'string') throw new Error(axes)
    expect(variantsOf(axes).map(variant => [...variant.values()].join(' '))).to.deep.equal([
      'none 2',
      'none 4',
      'nops 2',
      'nops 4',
    ])
  })

  const mistakes = {
    'exekute=xol': 'a kernel has no choice `exekute`; did you mean `execute`?',
    execute: '`--over execute` needs values: --over execute=xol,inline,emulate,rings,boost',
    'execute=xol,in-line': '`execute` cannot be `in-line`; did you mean `inline`?',
    'execute=xol,xol': '`--over execute` names `xol` twice',
    'xol.slots=0': '`xol.slots` must be a number from 1 to 9999, not `0`',
  }
  for (const [word, message] of Object.entries(mistakes))
    it(`refuses ${word}`, () => expect(parseAxes([word])).to.equal(message))

  it('refuses more combinations than anybody waits for', () => {
    const sizes = (count: number) => `xol.slot-size=${Array.from({ length: count }, (_, at) => at + 16)}`
    expect(parseAxes([sizes(200), 'execute=xol,inline,emulate,boost,rings'])).to.have.lengthOf(2)
    expect(parseAxes([sizes(201), 'execute=xol,inline,emulate,boost,rings'])).to.equal(
      '`--over` makes 1005 kernels of these values, and at most 1000 can be compared',
    )
  })

  it('refuses the same choice twice', () => {
    expect(parseAxes(['emulated=none', 'emulated=nops'])).to.equal('`--over` names `emulated` twice')
  })
})
