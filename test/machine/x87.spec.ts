// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import fc from 'fast-check'
import { double, pack } from '../../src/machine/cpu/soft-float/format.ts'
import { round } from '../../src/machine/cpu/soft-float/round.ts'
import { PageFault, Vector } from '../../src/machine/machine.ts'
import { BareMachine, code, data, exception } from './bare-machine.ts'

const limit = { kind: 'limit' }

describe('x87', () => {
  it('an exception that is not masked comes at the next instruction that waits', () => {
    // fldcw [rbx]; fld1; fldz; fdivp; fnstsw ax; nop; fld1
    const m = new BareMachine('d92b d9e8 d9ee def9 dfe0 90 d9e8', { rbx: BigInt(data) })
    m.put(data, '7b03')
    expect(m.run()).to.deep.equal(exception(Vector.MF))
    expect(m.get('rip')).to.equal(BigInt(code + 11))
    // ES, B and ZE; the operands are still there
    expect(m.get('rax') & 0xffffn).to.equal(0xb084n)
    // fnclex forgives it
    m.put(code + 11, 'dbe2 d9e8')
    expect(m.run(2)).to.deep.equal(limit)
  })

  it('waits before it looks at memory, and fnstcw does not wait', () => {
    const m = new BareMachine('d92b d9e8 d9ee def9 d97b04 dd01', { rbx: BigInt(data), rcx: 0x1234n })
    m.put(data, '7b03')
    expect(m.run()).to.deep.equal(exception(Vector.MF))
    expect(m.hex(data + 4, 2)).to.equal('7b03')
    m.put(code, 'dbe3 dd01')
    m.set({ rip: BigInt(code) })
    expect(m.run()).to.deep.equal(exception(Vector.PF, PageFault.USER, 0x1234))
  })

  it('overflow of the stack leaves an indefinite number and C1, underflow clears C1', () => {
    const m = new BareMachine(`${'d9e8'.repeat(9)} dfe0 db3b dbe3 d9fa dfe0`, { rbx: BigInt(data) })
    expect(m.run(10)).to.deep.equal(limit)
    expect(m.get('rax') & 0xffffn).to.equal(0x3a41n)
    m.run(1)
    expect(m.hex(data, 10)).to.equal('00000000000000c0ffff')
    m.run(3)
    expect(m.get('rax') & 0xffffn).to.equal(0x41n)
  })

  it('precision control rounds results, not loads', () => {
    // fldcw [rbx]; fld qword [rbx + 8]; fadd qword [rbx + 16]; fstp tbyte [rbx + 32]
    const m = new BareMachine('d92b dd4308 dc4310 db7b20', { rbx: BigInt(data) })
    const doubles = Buffer.alloc(16)
    doubles.writeDoubleLE(1, 0)
    doubles.writeDoubleLE(2 ** -40, 8)
    m.space.write(data + 8, doubles)
    for (const [control, wanted] of [
      ['7f03', '0000800000000080ff3f'],
      ['7f00', '0000000000000080ff3f'],
      ['7f08', '0000000000010080ff3f'],
    ] as const) {
      m.put(data, control)
      m.set({ rip: BigInt(code) })
      expect(m.run(4)).to.deep.equal(limit)
      expect(m.hex(data + 32, 10), control).to.equal(wanted)
    }
  })

  it('a store that faults leaves the stack alone', () => {
    const m = new BareMachine('d9e8 dd1b dfe0', { rbx: BigInt(data + 4092) })
    expect(m.run()).to.deep.equal(exception(Vector.PF, PageFault.WRITE | PageFault.USER, data + 4096))
    m.set({ rip: BigInt(code + 4) })
    m.run(1)
    expect(m.get('rax') & 0xffffn).to.equal(0x3800n)
  })

  it('fnsave and frstor bring everything back, in both sizes', () => {
    // fldpi; fldz; fnsave [rbx]; fld1; frstor [rbx]; fnsave [rbx + 128]
    for (const prefix of ['', '66']) {
      const m = new BareMachine(`d9eb d9ee ${prefix}dd33 d9e8 ${prefix}dd23 ${prefix}ddb380000000`, {
        rbx: BigInt(data),
      })
      expect(m.run(6)).to.deep.equal(limit)
      const bytes = prefix === '' ? 108 : 94
      expect(m.hex(data + 128, bytes)).to.equal(m.hex(data, bytes))
      expect(m.hex(data + (prefix === '' ? 28 : 14), 20)).to.equal('0000000000000000000035c26821a2da0fc90040')
    }
  })

  it('fnstenv tells where the last instruction was, and its operand', () => {
    const m = new BareMachine('90 48dd4308 d913 d97320', { rbx: BigInt(data) })
    m.run()
    // control, status, tags, then rip, selector and opcode, operand and selector
    expect(m.hex(data + 32, 28)).to.equal(
      '7f03ffff 0038ffff ff7fffff 05004000 33001301 00006000 2b00ffff'.replaceAll(' ', ''),
    )
  })

  it('decimals go in and out, up to eighteen digits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n }), value => {
        // fild qword [rbx]; fbstp [rbx + 16]; fbld [rbx + 16]; fistp qword [rbx + 32]
        const m = new BareMachine('df2b df7310 df6310 df7b20', { rbx: BigInt(data) })
        const bytes = Buffer.alloc(8)
        bytes.writeBigInt64LE(value)
        m.space.write(data, bytes)
        expect(m.run(4)).to.deep.equal(limit)
        expect(m.hex(data + 32, 8)).to.equal(bytes.toString('hex'))
        const digits = [...Buffer.from(m.hex(data + 16, 9), 'hex')].reverse()
        expect(BigInt(digits.map(byte => byte.toString(16).padStart(2, '0')).join(''))).to.equal(
          value < 0n ? -value : value,
        )
      }),
      { numRuns: 50 },
    )
  })

  it('an overflow that is not masked leaves memory and stack as they were', () => {
    // fldcw [rbx]; fld tbyte [rbx + 16]; fstp qword [rbx + 32]; fnstsw ax
    const m = new BareMachine('d92b db6b10 dd5b20 dfe0', { rbx: BigInt(data) })
    m.put(data, '7703')
    m.put(data + 16, '00000000000000800070')
    expect(m.run(4)).to.deep.equal(limit)
    expect(m.hex(data + 32, 8)).to.equal('0000000000000000')
    expect(m.get('rax') & 0xffffn).to.equal(0xb888n)
  })

  it('doubles are multiplied as doubles with 53 bits of precision', () => {
    // fldcw [rbx + 24]; fld qword [rbx]; fmul qword [rbx + 8]; fstp qword [rbx + 16]
    const m = new BareMachine('d96b18 dd03 dc4b08 dd5b10', { rbx: BigInt(data) })
    m.put(data + 24, '7f02')
    const ordinary = fc.double({ min: 1e-100, max: 1e100, noNaN: true })
    fc.assert(
      fc.property(ordinary, ordinary, (a, b) => {
        const doubles = Buffer.alloc(16)
        doubles.writeDoubleLE(a, 0)
        doubles.writeDoubleLE(b, 8)
        m.space.write(data, doubles)
        m.set({ rip: BigInt(code) })
        expect(m.run(4)).to.deep.equal(limit)
        expect(Buffer.from(m.hex(data + 16, 8), 'hex').readDoubleLE()).to.equal(a * b)
      }),
    )
  })

  it('a store as a double rounds to nearest, ties to even', () => {
    // fld tbyte [rbx]; fstp qword [rbx + 16]; fnclex; fnstsw ax
    const m = new BareMachine('db2b dd5b10 dbe2 dfe0', { rbx: BigInt(data) })
    const significand = fc
      .tuple(
        fc.bigInt({ min: 0n, max: (1n << 52n) - 1n }),
        fc.constantFrom(0n, 1n, 0x3ffn, 0x400n, 0x401n, 0x7ffn),
      )
      .map(([high, low]) => (1n << 63n) | (high << 11n) | low)
    fc.assert(
      fc.property(significand, fc.integer({ min: 16383 - 1080, max: 16383 + 1030 }), (bits, exponent) => {
        const register = Buffer.alloc(10)
        register.writeBigUInt64LE(bits)
        register.writeUInt16LE(exponent, 8)
        m.space.write(data, register)
        m.set({ rip: BigInt(code) })
        expect(m.run(2)).to.deep.equal(limit)
        const environment = {
          format: double,
          rounding: 0,
          masked: 63,
          flushToZero: false,
          chooseNan: <T>(first: T) => first,
          raised: 0,
          roundedUp: false,
        }
        const wanted = pack(double, round(environment, 0, bits, exponent - 16383 - 63))
        expect(Buffer.from(m.hex(data + 16, 8), 'hex').readBigUInt64LE()).to.equal(wanted)
        m.set({ rip: BigInt(code + 7) })
        m.run(1)
        expect(Number(m.get('rax') & 0x3fn)).to.equal(environment.raised)
        expect((m.get('rax') & 0x200n) !== 0n).to.equal(environment.roundedUp)
        m.set({ rip: BigInt(code + 5) })
        m.run(1)
      }),
      { numRuns: 300 },
    )
  })

  it('an angle of 2^63 is not reduced: C2', () => {
    const m = new BareMachine('db2b d9fe dfe0', { rbx: BigInt(data) })
    m.put(data, '00000000000000803e40')
    m.run(3)
    expect(m.get('rax') & 0xffffn).to.equal(0x3c00n)
  })
})
