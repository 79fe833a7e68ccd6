// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import fc from 'fast-check'
import { readElf } from '../../src/program/elf/read-elf.ts'
import { type ElfContents, writeElf } from '../../src/program/elf/write-elf.ts'
import { brief, errorsOf, imageOf, unwrap } from './assemble-text.ts'

const page = 4096
const contents: ElfContents = {
  positionIndependent: false,
  entry: 0x401000n,
  segments: [
    {
      address: 0x400000n,
      memorySize: page,
      fileOffset: 0,
      fileSize: page,
      read: true,
      write: false,
      execute: false,
    },
    {
      address: 0x401000n,
      memorySize: 3,
      fileOffset: page,
      fileSize: 3,
      read: true,
      write: false,
      execute: true,
    },
    {
      address: 0x402000n,
      memorySize: 0x2010,
      fileOffset: 2 * page,
      fileSize: 8,
      read: true,
      write: true,
      execute: false,
    },
  ],
  sections: [
    section('.text', 0x401000n, Uint8Array.of(0x90, 0x90, 0xc3), { execute: true }),
    section('.data', 0x402000n, new Uint8Array(8).fill(7), { write: true }),
    {
      ...section('.bss', 0x403000n, new Uint8Array(0), { write: true }),
      bytes: undefined,
      size: 0x1010,
    } as never,
  ],
  symbols: [
    { name: 'main', address: 0x401000n, size: 3, type: 'function', binding: 'global', section: 0 },
    { name: 'count', address: 0x402000n, size: 8, type: 'object', binding: 'local', section: 1 },
    { name: 'room', address: 0x403000n, size: 16, type: 'object', binding: 'local', section: 2 },
    { name: 'later', address: 0x401002n, size: 0, type: 'none', binding: 'weak', section: 0 },
  ],
}

function section(name: string, address: bigint, bytes: Uint8Array, { write = false, execute = false }) {
  const fileOffset = Number(address - 0x400000n)
  return { name, address, size: bytes.length, bytes, fileOffset, alignment: 16, loaded: true, write, execute }
}

const bytes = writeElf(contents)
const view = (copy: Uint8Array): DataView => new DataView(copy.buffer)

/** The file with one change. */
function changed(change: (view: DataView) => void): string[] {
  const copy = bytes.slice()
  change(view(copy))
  return errorsOf(readElf(copy, 'a'))
}

const header = (index: number): number => 64 + index * 56

describe('ELF', () => {
  it('reads what it writes', () => {
    const image = unwrap(readElf(bytes, 'a'))
    expect(image).to.include({ name: 'a', entry: 0x401000n, positionIndependent: false })
    expect(image.segments).to.deep.equal(contents.segments)
    expect(image.symbols).to.deep.equal([
      { name: 'count', address: 0x402000n, size: 8, fileOffset: 0x2000, type: 'object' },
      { name: 'room', address: 0x403000n, size: 16, type: 'object' },
      { name: 'main', address: 0x401000n, size: 3, fileOffset: 0x1000, type: 'function' },
      { name: 'later', address: 0x401002n, size: 0, fileOffset: 0x1002, type: 'none' },
    ])
    expect(image.bytes.subarray(0x1000, 0x1003)).to.deep.equal(Uint8Array.of(0x90, 0x90, 0xc3))
  })

  it('reads any symbols that it writes', () => {
    const symbol = fc.record({
      name: fc.string({ minLength: 1, maxLength: 20 }).filter(name => !name.includes('\0')),
      address: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
      size: fc.nat(),
      type: fc.constantFrom('function' as const, 'object' as const, 'none' as const),
      binding: fc.constant('global' as const),
      section: fc.constantFrom(0, 1, 2),
    })
    fc.assert(
      fc.property(fc.array(symbol, { maxLength: 20 }), symbols => {
        const image = unwrap(readElf(writeElf({ ...contents, symbols }), 'a'))
        const plain = ({ name, address, size, type }: (typeof image.symbols)[number]) => ({
          name,
          address,
          size,
          type,
        })
        expect(image.symbols.map(plain)).to.deep.equal(
          symbols.map(({ name, address, size, type }) => ({
            name: new TextDecoder().decode(new TextEncoder().encode(name)),
            address,
            size,
            type,
          })),
        )
      }),
    )
  })

  it('says what is wrong with a file that is none, or none of ours', () => {
    expect(errorsOf(readElf(new Uint8Array(0), 'a'))[0])
      .to.include('B010')
      .and.include('does not start as an ELF file')
    expect(errorsOf(readElf(new TextEncoder().encode('#!/bin/sh\n'), 'a'))[0]).to.include(
      'does not start as an ELF file',
    )
    expect(errorsOf(readElf(bytes.subarray(0, 40), 'a'))[0]).to.include('ends inside its ELF header')
    expect(changed(at => at.setUint8(4, 1))[0])
      .to.include('B011')
      .and.include('64-bit little-endian')
    expect(changed(at => at.setUint16(18, 183, true))[0]).to.include('another machine (ELF machine 183')
    expect(changed(at => at.setUint16(16, 1, true))[0]).to.include('its ELF type is 1')
    expect(changed(at => at.setUint16(56, 0, true))[0]).to.include('no program headers')
    expect(changed(at => at.setUint16(56, 60000, true))[0]).to.include('program headers lie outside')
    expect(changed(at => at.setBigUint64(32, (1n << 64n) - 8n, true))[0]).to.include(
      'program headers lie outside',
    )
  })

  it('refuses segments that contradict the file, each other or the machine', () => {
    expect(changed(at => at.setBigUint64(header(1) + 32, 4n, true))[0]).to.include(
      'more bytes in the file than in memory',
    )
    expect(changed(at => at.setBigUint64(header(2) + 8, 0x7000000n, true))[0]).to.include('outside the file')
    expect(changed(at => at.setBigUint64(header(1) + 16, 0x400ff0n, true))[0]).to.include(
      'disagree within the page',
    )
    expect(changed(at => at.setBigUint64(header(0) + 40, 0x2000n, true))[0]).to.include(
      'overlaps the segment before it',
    )
    expect(changed(at => at.setBigUint64(header(2) + 16, 1n << 47n, true))[0]).to.include(
      'beyond user addresses',
    )
    expect(changed(at => at.setBigUint64(header(2) + 40, 1n << 40n, true))[0]).to.include('more than 4 GiB')
  })

  it('reads the path of the interpreter, and refuses a malformed one', () => {
    const interpreted = (length: number, path: string): Uint8Array => {
      const copy = bytes.slice()
      view(copy).setUint32(header(3), 3, true)
      view(copy).setBigUint64(header(3) + 8, 0x2000n, true)
      view(copy).setBigUint64(header(3) + 32, BigInt(length), true)
      copy.set(new TextEncoder().encode(path), 0x2000)
      return copy
    }
    expect(unwrap(readElf(interpreted(5, '/ld\0\0'), 'a')).interpreter).to.equal('/ld')
    expect(errorsOf(readElf(interpreted(3, '/ld'), 'a'))[0]).to.include('interpreter is malformed')
    expect(errorsOf(readElf(interpreted(1 << 30, '/ld'), 'a'))[0]).to.include('interpreter lies outside')
  })

  it('survives every truncation', () => {
    for (let length = 0; length < bytes.length; length += length < 512 ? 1 : 37)
      readElf(bytes.slice(0, length), 'a')
  })

  it('survives any change, and never accepts segments outside the file', () => {
    const interesting = fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)
    const place = fc.oneof(
      fc.nat(64 + 4 * 56 - 1),
      fc.integer({ min: bytes.length - 1200, max: bytes.length - 1 }),
    )
    const change = fc.tuple(place, fc.oneof(interesting, fc.nat(255)))
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), changes => {
        const copy = bytes.slice()
        for (const [at, value] of changes) copy[at] = value
        const result = readElf(copy, 'a')
        if (!result.ok) {
          expect(result.diagnostics.map(brief)).to.have.lengthOf(1)
          return
        }
        for (const { fileOffset, fileSize, memorySize } of result.value.segments) {
          expect(fileOffset + fileSize).to.be.at.most(copy.length)
          expect(fileSize).to.be.at.most(memorySize)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('survives noise behind a good header', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 300 }), noise => {
        const copy = new Uint8Array(16 + noise.length)
        copy.set(bytes.subarray(0, 16))
        copy.set(noise, 16)
        readElf(copy, 'a')
      }),
    )
  })

  it('what the assembler writes is the same each time', () => {
    const text = 'main: call f\nret\nf: ret\n.data\nx: .quad main\n'
    expect(imageOf(text).bytes).to.deep.equal(imageOf(text).bytes)
  })
})
