// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import fc from 'fast-check'
import { readInstruction } from '../../src/uprobes/user-bkpt/read-instruction.ts'
import { code, hex, isVector, lengthOf } from './is-vector.ts'

const prefixes = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3]
const isPrefix = (byte: number): boolean => prefixes.includes(byte)
const isRex = (byte: number): boolean => (byte & 0xf0) === 0x40

/** Where the kernel's reader is known to differ from what an assembler means. */
function isPeculiar(bytes: Uint8Array): boolean {
  const start = bytes.findIndex(byte => !isPrefix(byte))
  const at = isRex(bytes[start]!) ? start + 1 : start
  const [first, second] = [bytes[at]!, bytes[at + 1]!]
  if (at > start && (isRex(first) || isPrefix(first))) return true // nothing but an opcode may follow REX
  if (new Set(bytes.subarray(0, start)).size > 4) return true // no room for a fifth prefix
  if (first === 0x8f || first === 0xd5) return true // XOP and REX2
  if (first === 0xc4 && isOfFourOperands(second, bytes[at + 3]!)) return true // refused by the kernel
  if (first === 0x0f && second === 0x78) return true // extrq and insertq of SSE4a have two immediates
  // ud0 has a ModRM byte for one of them, and moves of control registers no memory operand for the other.
  return first === 0x0f && (second === 0xff || (second >= 0x20 && second <= 0x27))
}

/** FMA4 and vpermil2 of the third VEX map. */
function isOfFourOperands(map: number, opcode: number): boolean {
  return (
    (map & 0x1f) === 3 &&
    ((opcode >= 0x48 && opcode <= 0x49) || (opcode >= 0x5c && opcode <= 0x5f) || (opcode & 0xe8) === 0x68)
  )
}

const head = fc.oneof(
  fc.constant<number[]>([]),
  fc.constant([0x0f]),
  fc.constantFrom([0x0f, 0x38], [0x0f, 0x3a]),
  fc.tuple(fc.constant(0xc4), fc.constantFrom(0xe1, 0xe2, 0xe3, 0x41)),
  fc.tuple(fc.constant(0x62), fc.constantFrom(0xf1, 0xf2, 0xf3), fc.constantFrom(0x7d, 0x7c, 0xfd)),
)

describe('reading an instruction as the kernel does', () => {
  it('gives every instruction the length that a decoder gives it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...prefixes), { maxLength: 2 }),
        fc.option(fc.integer({ min: 0x40, max: 0x4f }), { nil: undefined }),
        head,
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        (legacy, rex, opcode, tail) => {
          const bytes = Uint8Array.from([...legacy, ...(rex ? [rex] : []), ...opcode, ...tail]).subarray(
            0,
            16,
          )
          const length = lengthOf(bytes.subarray(0, 15))
          if (length === undefined || isPeculiar(bytes)) return
          const read = readInstruction(bytes, 64, isVector)?.length
          if (read !== length) expect(read, hex(bytes)).to.equal(length)
        },
      ),
      { numRuns: 3000 },
    )
  })

  it('reads 32-bit code too, with 16-bit addresses', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.boolean(), (tail, short) => {
        const bytes = Uint8Array.from(short ? [0x67, ...tail] : tail).subarray(0, 16)
        const start = bytes.findIndex(byte => !isPrefix(byte))
        const length = lengthOf(bytes.subarray(0, 15), 32)
        if (length === undefined || [0x8f, 0x62, 0xc4, 0xc5].includes(bytes[start]!)) return
        if (isPeculiar(bytes) && !isRex(bytes[start]!)) return
        const read = readInstruction(bytes, 32, isVector)?.length
        if (read !== length) expect(read, hex(bytes)).to.equal(length)
      }),
      { numRuns: 2000 },
    )
  })

  it('takes the byte behind REX for the opcode, whatever it is', () => {
    expect(readInstruction(code('48 66 90'), 64, isVector)).to.include({ length: 2 })
  })

  it('ends after 15 bytes', () => {
    const padded = (count: number): Uint8Array => code([...Array(count).fill('66'), '90'].join(' '))
    expect(readInstruction(padded(14), 64, isVector)?.length).to.equal(15)
    expect(readInstruction(padded(15), 64, isVector)).to.equal(undefined)
    expect(readInstruction(code('66 66 66 66 66 66 66 48 b8'), 64, isVector)).to.equal(undefined)
  })

  it('takes a fifth prefix for the opcode', () => {
    expect(readInstruction(code('26 2e 36 3e 64 90'), 64, isVector)).to.deep.include({
      prefixes: [0x26, 0x2e, 0x36, 0x3e],
      opcode: [0x64],
      length: 5,
    })
    expect(readInstruction(code('26 2e 36 3e 2e 90'), 64, isVector)).to.include({ length: 6 })
  })

  // Bytes, mode, opcode, length; none: no instruction.
  const cases: [string, 64 | 32, string?, number?][] = [
    ['c5 f8 77', 64, '77', 3],
    ['c5 f9 73 d1 04', 64, '73', 5],
    ['c5 f0 74 c1 04', 64, '74', 4],
    ['c5 f8 c2 c1 00', 64, 'c2', 5],
    ['c5 f9 c4 c0 01', 64, 'c4', 5],
    ['c5 f9 c5 c1 01', 64, 'c5', 5],
    ['c5 f8 c6 c1 01', 64, 'c6', 5],
    ['c5 f9 d4 c1 01', 64, 'd4', 4],
    ['c4 e3 71 0f c1 05', 64, '0f', 6],
    ['62 f5 7c 48 58 c1', 64, '58', 6],
    ['62 f6 7d 48 13 c1', 64, '13', 6],
    ['62 f2 7d 48 58 c1', 64, '58', 6],
    ['c4 e4 71 58 c1', 64],
    ['c4 e0 71 58 c1', 64],
    ['62 f7 7c 48 58 c1', 64],
    // XOP: immediates of its maps 8 and 10, and none below 8. What only AMD has in the third VEX map is not there.
    ['8f e8 78 c0 c1 01', 64, 'c0', 6],
    ['8f ea 78 10 c1 01 02 03 04', 64, '10', 9],
    ['8f e1 78 58 c1', 64],
    ['c4 e3 79 49 c1 00', 64],
    ['c4 e3 79 5b c1 00', 64, '5b', 6],
    ['c4 e3 79 5c c1 00', 64],
    ['c4 e3 79 5f c1 00', 64],
    ['c4 e3 79 60 c1 00', 64, '60', 6],
    // In 32-bit code only what would be a register operand makes a prefix of les, lds and bound; d5 is aad.
    ['c5 f8 77', 32, '77', 3],
    ['c5 c0 58 c0', 32, '58', 4],
    ['c5 bf 01 02 03 04', 32, 'c5', 6],
    ['d5 0a', 32, 'd5', 2],
    // REX2: map 0, map 1, the W bit, rows that it does not reach.
    ['d5 00 01 c0', 64, '01', 4],
    ['d5 00 69 c0 01 02 03 04', 64, '69', 8],
    ['d5 80 69 c0', 64, '69', 4],
    ['d5 08 b8 01 02 03 04 05 06 07 08', 64, 'b8', 11],
    ['d5 00 40', 64],
    ['d5 00 70', 64],
    ['d5 00 a8', 64],
    ['d5 00 e8', 64],
    ['d5 80 30', 64],
    ['d5 80 84', 64],
    ['d5 80 40 c1', 64, '40', 4],
    // Group 3: only test has an immediate.
    ['f6 c0 05', 64, 'f6', 3],
    ['f6 c8 05', 64, 'f6', 3],
    ['f6 d0', 64, 'f6', 2],
    ['f7 c0 01 02 03 04', 64, 'f7', 6],
    ['f7 d0', 64, 'f7', 2],
    ['0f 38 00 c1', 64, '0f 38 00', 4],
    ['0f 3a 0f c1 05', 64, '0f 3a 0f', 5],
    ['66 e8 01 02', 32, 'e8', 4],
    ['66 e8 01 02 03 04', 64, 'e8', 6],
  ]
  for (const [text, mode, opcode, length] of cases)
    it(`${text}, ${mode} bits: ${opcode === undefined ? 'nothing' : `opcode ${opcode}, ${length} bytes`}`, () => {
      const read = readInstruction(code(text), mode, () => true)
      expect(read && hex(Uint8Array.from(read.opcode))).to.equal(opcode)
      expect(read?.length).to.equal(length)
    })

  it('reads an immediate of one, two or four bytes with its sign, and passes over others', () => {
    const immediate = (text: string, mode: 64 | 32 = 64) =>
      readInstruction(code(text), mode, isVector)!.immediate
    expect(immediate('eb fe')).to.deep.equal({ value: -2, at: 1, size: 1 })
    expect(immediate('66 e9 fe ff 01 01', 32)).to.deep.equal({ value: -2, at: 2, size: 2 })
    expect(immediate('e8 01 02 03 84 ff')).to.deep.equal({ value: -0x7bfcfdff, at: 1, size: 4 })
    expect(immediate('c8 10 00 01')).to.deep.equal({ value: 0, at: 1, size: 3 })
    expect(immediate('48 b8 01 02 03 04 05 06 07 08')).to.deep.equal({ value: 0, at: 2, size: 8 })
    expect(immediate('90')).to.deep.equal({ value: 0, at: 1, size: 0 })
  })

  it('knows the opcode of a VEX instruction by its number in the map', () => {
    // vpshufd $0x1b,%xmm1,%xmm0
    const instruction = readInstruction(code('c5 f9 70 c1 1b'), 64, isVector)
    expect(instruction).to.deep.include({ opcode: [0x70], length: 5 })
    expect(instruction!.immediate.value).to.equal(0x1b)
    expect(instruction!.prefixes).to.deep.equal([])
  })
})
