// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import fc from 'fast-check'
import { BareMachine } from './bare-machine.ts'

/** Arithmetic as a model: numbers without bounds, flags by their definition. CF PF AF ZF SF OF at their places. */
type Model = (
  a: bigint,
  b: bigint,
  carry: bigint,
) => { readonly exact: bigint; readonly nibble: bigint; readonly signed: bigint }

const signed = (bits: number, value: bigint) => BigInt.asIntN(bits, value)
const low = (value: bigint) => value & 15n

function models(bits: number): Record<string, Model> {
  const s = (value: bigint) => signed(bits, value)
  return {
    add: (a, b) => ({ exact: a + b, nibble: low(a) + low(b), signed: s(a) + s(b) }),
    adc: (a, b, c) => ({ exact: a + b + c, nibble: low(a) + low(b) + c, signed: s(a) + s(b) + c }),
    sub: (a, b) => ({ exact: a - b, nibble: low(a) - low(b), signed: s(a) - s(b) }),
    sbb: (a, b, c) => ({ exact: a - b - c, nibble: low(a) - low(b) - c, signed: s(a) - s(b) - c }),
  }
}

function flagsOf(bits: number, { exact, nibble, signed: value }: ReturnType<Model>): bigint {
  const result = BigInt.asUintN(bits, exact)
  const ones = [...(result & 0xffn).toString(2)].filter(digit => digit === '1').length
  return (
    (result !== exact ? 1n : 0n) |
    (ones % 2 === 0 ? 4n : 0n) |
    (nibble < 0n || nibble > 15n ? 0x10n : 0n) |
    (result === 0n ? 0x40n : 0n) |
    ((result >> BigInt(bits - 1)) << 7n) |
    (value !== signed(bits, exact) ? 0x800n : 0n)
  )
}

/** `op rax, rbx` in each width: the opcode of the byte form, and prefixes. */
const opcodes: Record<string, number> = { add: 0x00, adc: 0x10, sub: 0x28, sbb: 0x18 }
const hex = (byte: number) => byte.toString(16).padStart(2, '0')
const encode = (bits: number, opcode: number) =>
  `${bits === 16 ? '66' : bits === 64 ? '48' : ''}${hex(bits === 8 ? opcode : opcode + 1)}d8`

/** Values near the edges are as likely as all others together. */
const value = fc.oneof(
  fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }),
  fc
    .tuple(fc.constantFrom(0n, 7n, 15n, 31n, 32n, 63n), fc.bigInt({ min: -2n, max: 2n }))
    .map(([bit, off]) => BigInt.asUintN(64, (1n << bit) + off)),
)

describe('arithmetic', () => {
  for (const bits of [8, 16, 32, 64])
    for (const [name, model] of Object.entries(models(bits)))
      it(`${name} of ${bits} bits agrees with unbounded numbers`, () => {
        const machine = new BareMachine(`${encode(bits, opcodes[name]!)} f4`)
        fc.assert(
          fc.property(value, value, fc.boolean(), (rax, rbx, carry) => {
            const rip = BigInt(0x40_0000)
            machine.set({ rax, rbx, rip, rflags: carry ? 0x203n : 0x202n })
            machine.run(1)
            const a = BigInt.asUintN(bits, rax)
            const b = BigInt.asUintN(bits, rbx)
            const expected = model(a, b, carry ? 1n : 0n)
            const result = BigInt.asUintN(bits, expected.exact)
            const upper = bits >= 32 ? 0n : (rax >> BigInt(bits)) << BigInt(bits)
            expect(machine.get('rax')).to.equal(upper | result)
            expect(machine.get('rflags') & 0x8d5n).to.equal(flagsOf(bits, expected))
          }),
        )
      })

  it('pushes and pops every combination of flags', () => {
    const machine = new BareMachine('9d 9c 9f f4')
    for (let bits = 0; bits < 64; bits++) {
      const places = [1, 4, 0x10, 0x40, 0x80, 0x800]
      const flags = places.reduce((sum, place, n) => (bits & (1 << n) ? sum | place : sum), 0x202)
      const image = Buffer.alloc(8)
      image.writeUInt32LE(flags)
      machine.set({ rip: 0x40_0000n, rsp: 0x80_0000n - 16n, rax: 0n })
      machine.put(0x80_0000 - 16, image.toString('hex'))
      machine.run(3)
      expect(machine.hex(0x80_0000 - 16, 8)).to.equal(image.toString('hex'))
      expect(machine.get('rax')).to.equal(BigInt((flags & 0xd7) << 8))
    }
  })
})
