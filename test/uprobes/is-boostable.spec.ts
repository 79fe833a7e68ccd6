// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { analyse } from '../../src/uprobes/user-bkpt/analyse.ts'
import { code, isVector } from './is-vector.ts'

function boostable(text: string): boolean {
  const analysis = analyse(code(text), {
    mode: 64,
    address: 0x401000n,
    emulated: 'none',
    nops: 'by-opcode',
    optimize: 'none',
    refusal: 524,
    isVector,
  })
  if (typeof analysis === 'number') throw new Error(`${text}: ${analysis}`)
  return analysis.boostable
}

describe('an instruction that may be left in its slot with a jump behind it (spec 09 §4)', () => {
  it('is one that goes on behind itself, or jumps to an address that it reads', () => {
    for (const text of [
      '8d 47 03',
      '0f af c7',
      '0f 90 c0',
      '0f a2',
      '69 c7 01 00 00 00',
      'c7 07 01 00 00 00',
      'c5 f8 58 c1',
    ])
      expect(boostable(text), text).to.equal(true)
  })

  it('is no branch relative to itself, from the first opcode of each row to the last', () => {
    for (const text of ['70 10', '7f 10', 'e0 10', 'e3 10', 'eb 10', 'e9 10 00 00 00'])
      expect(boostable(text), text).to.equal(false)
    for (const text of ['0f 80 10 00 00 00', '0f 8f 10 00 00 00', 'c7 f8 10 00 00 00'])
      expect(boostable(text), text).to.equal(false)
  })

  it('is not judged by the number of its opcode behind a vector prefix, unless it is taken for a return (bug B1)', () => {
    // vpshufd has the number of a conditional jump, vcmpps that of a return.
    expect(boostable('c5 f9 70 c1 1b')).to.equal(true)
    expect(boostable('c5 f0 c2 c1 00')).to.equal(false)
    expect(boostable('c2 08 00')).to.equal(true)
  })

  it('neither enters the kernel nor needs a fix-up', () => {
    for (const text of ['0f 05', '0f 34', 'e8 10 00 00 00', '9d', '48 8b 05 10 00 00 00'])
      expect(boostable(text), text).to.equal(false)
  })
})
