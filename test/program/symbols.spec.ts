// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { addressOf, fileOffsetOf, findSymbol, symbolAt, symbolise } from '../../src/program/symbols.ts'
import { imageOf } from './assemble-text.ts'

const image = imageOf(`
main: nop
      nop
add:  ret
      .size add, 1
      hlt
.data
count: .quad 5
.bss
room: .zero 5000
`)

describe('symbols of an assembled program', () => {
  it('labels of code are functions up to the next label, unless told otherwise', () => {
    const brief = image.symbols.map(({ name, address, size, type }) => [name, address, size, type])
    expect(brief).to.deep.equal([
      ['main', 0x401000n, 2, 'function'],
      ['add', 0x401002n, 1, 'function'],
      ['count', 0x402000n, 8, 'object'],
      ['room', 0x403000n, 5000, 'object'],
    ])
  })

  it('are found by name', () => {
    expect(findSymbol(image, 'add')?.address).to.equal(0x401002n)
    expect(findSymbol(image, 'ad')).to.equal(undefined)
  })

  it('name addresses', () => {
    expect(symbolise(image, 0x401000n)).to.equal('main')
    expect(symbolise(image, 0x401001n)).to.equal('main+0x1')
    expect(symbolise(image, 0x402007n)).to.equal('count+0x7')
    expect(symbolise(image, 0x403000n + 4999n)).to.equal('room+0x1387')
    expect(symbolise(image, 0x400000n)).to.equal('0x400000')
    expect(symbolise(image, 0x403000n + 5000n)).to.equal('0x404388')
    // Behind the written size of `add`, and no other symbol reaches there.
    expect(symbolAt(image, 0x401003n)).to.equal(undefined)
  })

  it('a type and a size may be written, and local labels are kept out', () => {
    const other = imageOf('.type a, @object\na: nop\nb: .Lc: nop\n.size b, .-b\n1: nop\nc = b + 1\n')
    const brief = other.symbols.map(({ name, address, size, type }) => [name, address, size, type])
    expect(brief).to.deep.equal([
      ['a', 0x401000n, 1, 'object'],
      ['b', 0x401001n, 1, 'function'],
      ['c', 0x401002n, 1, 'function'],
    ])
  })

  it('addresses and file offsets stand for each other', () => {
    expect(fileOffsetOf(image, 0x401002n)).to.equal(0x1002)
    expect(fileOffsetOf(image, 0x402000n)).to.equal(0x2000)
    expect(fileOffsetOf(image, 0x403000n)).to.equal(undefined)
    expect(addressOf(image, 0x1002)).to.equal(0x401002n)
    expect(addressOf(image, 0)).to.equal(0x400000n)
    expect(addressOf(image, 0x5000000)).to.equal(undefined)
  })
})
