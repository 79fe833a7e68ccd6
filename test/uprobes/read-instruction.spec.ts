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
  if (first === 0x0f && second === 0x78) return true // extrq and insertq of SSE4a have two immediates
  // ud0 has a ModRM byte for one of them, and moves of control registers no memory operand for the other.
  return first === 0x0f && (second === 0xff || (second >= 0x20 && second <= 0x27))
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

  it('knows the opcode of a VEX instruction by its number in the map', () => {
    // vpshufd $0x1b,%xmm1,%xmm0
    const instruction = readInstruction(code('c5 f9 70 c1 1b'), 64, isVector)
    expect(instruction).to.deep.include({ opcode: [0x70], length: 5 })
    expect(instruction!.immediate.value).to.equal(0x1b)
    expect(instruction!.prefixes).to.deep.equal([])
  })
})
