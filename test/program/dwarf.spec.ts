// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import fc from 'fast-check'
import { readInlinedCopies } from '../../src/program/dwarf/inlined-copies.ts'
import { openElf } from '../../src/program/elf/elf-file.ts'
import { fileBytes } from '../../src/program/elf/file-bytes.ts'
import { fileWith, opened, text, u8, u16, u32, u64 } from './debug-file.ts'

const code = 0x401000

/** A unit with its length in front. */
const unit = (...parts: readonly number[][]): number[] => [...u32(parts.flat().length), ...parts.flat()]

/** Shapes of a DWARF 5 unit that says everything by indices: strx1, addrx, rnglistx; and of one that declares first. */
const newAbbreviations = [
  // 1: unit with str_offsets_base, addr_base, rnglists_base, low_pc
  ...u8(1, 0x11, 1, 0x72, 0x17, 0x73, 0x17, 0x74, 0x17, 0x11, 0x01, 0, 0),
  // 2: function with name strx1; 3: copy with origin ref4, low_pc addrx, call_line data1; 4: copy with ranges rnglistx
  ...u8(2, 0x2e, 1, 0x03, 0x25, 0, 0),
  ...u8(3, 0x1d, 0, 0x31, 0x13, 0x11, 0x1b, 0x59, 0x0b, 0, 0),
  ...u8(4, 0x1d, 0, 0x31, 0x13, 0x55, 0x23, 0x59, 0x21, 7, 0, 0),
  // 5: definition of a declaration, by ref4; 6: copy with nothing left; 7: something with a block and a text, to be skipped
  ...u8(5, 0x2e, 1, 0x47, 0x13, 0, 0),
  ...u8(6, 0x1d, 0, 0x31, 0x13, 0, 0),
  ...u8(7, 0x34, 0, 0x02, 0x18, 0x03, 0x08, 0, 0),
  // 8: copy with entry_pc as a distance from low_pc
  ...u8(8, 0x1d, 0, 0x31, 0x13, 0x11, 0x01, 0x52, 0x0b, 0, 0),
  0,
]

const entries = (): number[][] => {
  const header = 12
  const root = [1, ...u32(8), ...u32(8), ...u32(12), ...u64(code)]
  const skipped = [7, 3, 1, 2, 3, ...text('twice')]
  const declared = [2, 0]
  const declaredAt = header + root.length + skipped.length
  const definedAt = declaredAt + declared.length
  return [
    root,
    skipped,
    declared,
    [5, ...u32(declaredAt)],
    [3, ...u32(definedAt), 1, 33],
    [4, ...u32(declaredAt), 0],
    [6, ...u32(declaredAt)],
    [8, ...u32(definedAt), ...u64(code + 0x50), 4],
    [2, 1],
    [0],
  ]
}

const newFile = fileWith({
  '.debug_info': unit(u16(5), u8(1, 8), u32(0), ...entries()),
  '.debug_abbrev': newAbbreviations,
  '.debug_str': [...text('twice'), ...text('other')],
  '.debug_str_offsets': [...u32(12), ...u16(5), ...u16(0), ...u32(0), ...u32(6)],
  '.debug_addr': [...u32(20), ...u16(5), ...u8(8, 0), ...u64(code + 0x90), ...u64(code + 0x10)],
  // One list: empty offset pair, base address by index, offset pair, end.
  '.debug_rnglists': [
    ...u32(0),
    ...u16(5),
    ...u8(8, 0),
    ...u32(1),
    ...u32(4),
    4,
    2,
    2,
    1,
    0,
    4,
    0x08,
    0x18,
    0,
  ],
})

const oldFile = fileWith({
  '.debug_info': [
    ...unit(u16(9), u8(1, 2, 3)),
    ...unit(u16(4), u32(0), u8(8), [1, ...u64(code), 2, ...text('twice'), 3, ...u32(0x1d), ...u32(0), 0]),
  ],
  '.debug_abbrev': [
    ...u8(1, 0x11, 1, 0x11, 0x01, 0, 0),
    ...u8(2, 0x2e, 0, 0x03, 0x08, 0, 0),
    ...u8(3, 0x1d, 0, 0x31, 0x10, 0x55, 0x17, 0, 0),
    0,
  ],
  '.debug_ranges': [
    ...[u64(0x20), u64(0x20), u32(-1), u32(-1), u64(code + 0x40), u64(2), u64(3), u64(0), u64(0)].flat(),
  ],
})

describe('inlined copies', () => {
  it('are found where DWARF 5 says everything by indices', () => {
    expect(readInlinedCopies(opened(newFile), 'twice')).to.deep.equal({
      kind: 'read',
      copies: [
        { address: BigInt(code + 0x10), line: 33 },
        { address: BigInt(code + 0x54) },
        { address: BigInt(code + 0x98), line: 7 },
      ],
      known: true,
      vanished: 1,
    })
    const other = readInlinedCopies(opened(newFile), 'other')
    expect(other).to.deep.equal({ kind: 'read', copies: [], known: true, vanished: 0 })
    expect(readInlinedCopies(opened(newFile), 'none')).to.include({ known: false })
  })

  it('are found in DWARF 4, behind a unit of an unknown version', () => {
    const found = readInlinedCopies(opened(oldFile), 'twice')
    expect(found).to.deep.include({ kind: 'read', copies: [{ address: BigInt(code + 0x42) }] })
  })

  it('cannot be seen without debug information, or where it is somewhere else', () => {
    expect(readInlinedCopies(opened(fileWith({})), 'twice')).to.deep.equal({ kind: 'none' })
    const linked = fileWith({ '.gnu_debuglink': [...text('a.debug'), ...u32(0)] })
    expect(readInlinedCopies(opened(linked), 'twice')).to.include({ kind: 'unreadable' })
  })

  it('survive any change of the file', () => {
    const files = fc.constantFrom(newFile, oldFile)
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(files, changes, (file, edits) => {
        const bytes = Uint8Array.from(file)
        // Behind the code, where the tables are.
        for (const [at, value] of edits) bytes[4352 + (at % (bytes.length - 4352))] = value
        const elf = openElf(fileBytes(bytes), 'a')
        if (elf.ok) readInlinedCopies(elf.value, 'twice')
      }),
      { numRuns: 400 },
    )
  })
})
