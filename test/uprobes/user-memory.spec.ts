// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { AddressSpace } from '../../src/kernel/kernel.ts'
import {
  readWord,
  readWords,
  userAddress,
  writeWord,
  writeWords,
} from '../../src/uprobes/user-bkpt/user-memory.ts'
import { fakeMemory, wordAt } from './fake-memory.ts'

const range: [number, number] = [0x1000, 0x1020]
const userEnd = 0x7fff_ffff_f000n
const beyond = 0xffff_8000_0000_0000n

/** Answers every address, so that only the check before it can refuse one. */
const everywhere = { readWord: () => 1n, writeWord: () => 8 } as unknown as AddressSpace

describe('words of user memory', () => {
  it('have addresses from 0 up to the last page of the lower half', () => {
    expect(userAddress(0n)).to.equal(0)
    expect(userAddress(userEnd - 1n)).to.equal(Number(userEnd - 1n))
    expect(userAddress(userEnd)).to.equal(undefined)
    expect(userAddress(beyond)).to.equal(undefined)
    expect(userAddress(-1n)).to.equal(undefined)
  })

  it('are not looked for at other addresses', () => {
    expect(readWord(everywhere, 0x1000n)).to.equal(1n)
    expect(readWord(everywhere, beyond)).to.equal(undefined)
    expect(readWords(everywhere, beyond, 2)).to.equal(undefined)
    expect(writeWord(everywhere, beyond, 5n)).to.equal(8)
    expect(writeWord(everywhere, 0x1000n, 5n)).to.equal(0)
    expect(writeWords(everywhere, beyond, [5n, 6n])).to.equal(16)
  })

  it('are read one behind the other, or not at all', () => {
    const { mm, bytes } = fakeMemory({ writable: range })
    expect(writeWords(mm, 0x1010n, [5n, 6n])).to.equal(0)
    expect([wordAt(bytes, 0x1010), wordAt(bytes, 0x1018)]).to.deep.equal([5n, 6n])
    expect(readWords(mm, 0x1010n, 2)).to.deep.equal([5n, 6n])
    expect(readWords(mm, 0x1018n, 2)).to.equal(undefined)
    expect(readWord(mm, 0x101cn)).to.equal(undefined)
  })

  it('tell how many bytes were left over by a fault', () => {
    const { mm } = fakeMemory({ writable: range })
    expect(writeWord(mm, 0x101cn, 1n)).to.equal(4)
    expect(writeWords(mm, 0x1018n, [1n, 2n, 3n])).to.equal(16)
    expect(writeWords(mm, 0x1014n, [1n, 2n, 3n])).to.equal(12)
  })
})
