// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { Inode, Vma } from '../../src/kernel/kernel.ts'
import { addressOf, offsetOf, suitableVmas } from '../../src/uprobes/registry/suitable-vma.ts'

/** A mapping of a file by the letters of its rights; `m`: it may be made executable. */
function mapping(rights: string, more: Partial<Vma> = {}): Vma {
  const has = (letter: string): boolean => rights.includes(letter)
  return {
    inode: {} as Inode,
    start: 0x400000,
    end: 0x402000,
    fileOffset: 0x1000,
    flags: { read: has('r'), write: has('w'), execute: has('x'), mayExecute: has('m'), shared: has('s') },
    ...more,
  } as unknown as Vma
}

describe('a mapping that gets breakpoints', () => {
  // Rights; with may-exec: registering, removing; with read-exec.
  const table: [string, boolean, boolean, boolean][] = [
    ['rxm', true, true, true],
    ['rm', true, true, false],
    ['m', true, true, false],
    ['xm', true, true, false],
    ['rwm', false, true, false],
    ['rwxm', false, true, false],
    ['rxms', false, false, false],
    ['rms', false, false, false],
    ['r', false, false, false],
    ['rx', false, false, true],
    ['', false, false, false],
  ]
  for (const [rights, registering, removing, actual] of table)
    it(`${rights || 'nothing'}: ${registering}, ${removing}; by its rights now ${actual}`, () => {
      const vma = mapping(rights)
      expect(suitableVmas['may-exec'](vma, true)).to.equal(registering)
      expect(suitableVmas['may-exec'](vma, false)).to.equal(removing)
      expect(suitableVmas['read-exec'](vma, true)).to.equal(actual)
      const anonymous = mapping(rights, { inode: undefined } as Partial<Vma>)
      expect(suitableVmas['may-exec'](anonymous, true)).to.equal(false)
      expect(suitableVmas['read-exec'](anonymous, true)).to.equal(false)
    })

  it('shows file offsets from its first on', () => {
    const vma = mapping('rxm')
    expect([0xfff, 0x1000, 0x2fff, 0x3000].map(offset => addressOf(vma, offset))).to.deep.equal([
      undefined,
      0x400000,
      0x401fff,
      undefined,
    ])
    expect(offsetOf(vma, 0x401234)).to.equal(0x2234)
  })
})
