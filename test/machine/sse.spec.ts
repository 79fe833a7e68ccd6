// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import fc from 'fast-check'
import { double, single } from '../../src/machine/cpu/soft-float/format.ts'
import {
  type SoftLane,
  softAdd,
  softDivide,
  softMaximum,
  softMinimum,
  softMultiply,
  softRoot,
  softSubtract,
} from '../../src/machine/cpu/sse/soft-lanes.ts'
import { PageFault, Vector } from '../../src/machine/machine.ts'
import { BareMachine, code, data, exception } from './bare-machine.ts'

const limit = { kind: 'limit' }

describe('SSE', () => {
  it('operands of 16 bytes must be aligned, before anything is looked up', () => {
    for (const hex of ['0f2803', '0f2903', '0f5803', '660fef03', '660fd303', '660f70031b']) {
      const m = new BareMachine(hex, { rbx: BigInt(data + 8) })
      expect(m.run(1), hex).to.deep.equal(exception(Vector.GP))
      m.set({ rbx: 0x1234_5678n })
      expect(m.run(1), hex).to.deep.equal(exception(Vector.GP))
    }
    for (const hex of ['0f1003', 'f20f5803', 'f30fe603', '0f5a03', '660f3a600300']) {
      const m = new BareMachine(hex, { rbx: BigInt(data + 7) })
      expect(m.run(1), hex).to.deep.equal(hex === '660f3a600300' ? exception(Vector.UD) : limit)
    }
  })

  it('loads across a page fault at the page that is missing and change nothing', () => {
    const m = new BareMachine('0f1003', { rbx: BigInt(data + 4090) })
    setXmm(m, 0, 0x1122n)
    expect(m.run(1)).to.deep.equal(exception(Vector.PF, PageFault.USER, data + 4096))
    expect(xmm(m, 0)).to.equal(0x1122n)
  })

  it('an exception that is not masked keeps the target and is told in MXCSR', () => {
    // ldmxcsr [rbx]; divsd xmm0, xmm1
    const m = new BareMachine('0fae13 f20f5ec1', { rbx: BigInt(data) })
    m.put(data, '801d0000')
    setXmm(m, 0, 0x3ff0_0000_0000_0000n)
    expect(m.run()).to.deep.equal(exception(Vector.XM))
    expect(m.get('rip')).to.equal(BigInt(code + 3))
    expect(xmm(m, 0)).to.equal(0x3ff0_0000_0000_0000n)
    expect(mxcsr(m)).to.equal(0x1d84)
  })

  it('one lane with such an exception keeps all of them, and what their results would raise', () => {
    // ldmxcsr [rbx]; divps xmm0, [rbx + 16]: one by three, one by zero
    const m = new BareMachine('0fae13 0f5e4310', { rbx: BigInt(data) })
    m.put(data, '801d0000')
    m.put(data + 16, '00004040 00000000 0000803f 0000803f')
    setXmm(m, 0, 0x3f80_0000_3f80_0000n)
    expect(m.run()).to.deep.equal(exception(Vector.XM))
    expect(xmm(m, 0)).to.equal(0x3f80_0000_3f80_0000n)
    expect(mxcsr(m)).to.equal(0x1d84)
  })

  it('ldmxcsr refuses bits that do not exist', () => {
    const m = new BareMachine('0fae13', { rbx: BigInt(data) })
    m.put(data, '801f0100')
    expect(m.run(1)).to.deep.equal(exception(Vector.GP))
    expect(mxcsr(m)).to.equal(0x1f80)
  })

  it('NaNs: the first operand goes on, quietly; an invalid operation makes a negative one', () => {
    const m = new BareMachine('f20f58c1 f20f5cd3')
    setXmm(m, 0, 0x7ff0_0000_0000_0123n)
    setXmm(m, 1, 0xfff8_0000_0000_0456n)
    setXmm(m, 2, 0x7ff0_0000_0000_0000n)
    setXmm(m, 3, 0x7ff0_0000_0000_0000n)
    m.run(2)
    expect(xmm(m, 0)).to.equal(0x7ff8_0000_0000_0123n)
    expect(xmm(m, 2)).to.equal(0xfff8_0000_0000_0000n)
    expect(mxcsr(m)).to.equal(0x1f81)
  })

  it('minsd gives the second of two zeros and of anything with a NaN', () => {
    const m = new BareMachine('f20f5dc1 f20f5dd3')
    setXmm(m, 1, 1n << 63n)
    setXmm(m, 2, 0x7ff8_0000_0000_0000n)
    setXmm(m, 3, 0x4000_0000_0000_0000n)
    m.run(2)
    expect(xmm(m, 0)).to.equal(1n << 63n)
    expect(xmm(m, 2)).to.equal(0x4000_0000_0000_0000n)
  })

  it('maskmovdqu stores only the bytes that the mask names, where all could be', () => {
    const m = new BareMachine('660ff7c1', { rdi: 0x1234n })
    setXmm(m, 0, 0x8877_6655_4433_2211n)
    expect(m.run(1)).to.deep.equal(exception(Vector.PF, PageFault.USER | PageFault.WRITE, 0x1234))
    setXmm(m, 1, 0x8000_0000_0000_8000n)
    m.set({ rip: BigInt(code), rdi: BigInt(data) })
    m.run(1)
    expect(m.hex(data, 8)).to.equal('0022000000000088')
  })

  it('instructions of x86-64-v2 are none for the profile without them', () => {
    // pshufb, pcmpistri, pextrw to memory, crc32; the pextrw of SSE2 stays
    for (const hex of ['660f3800c1', '660f3a63c100', '660f3a150301', 'f20f38f0c1'])
      expect(new BareMachine(hex).run(1), hex).to.deep.equal(exception(Vector.UD))
    expect(new BareMachine('660fc5c101').run(1)).to.deep.equal(limit)
  })

  it('fxsave writes 416 bytes, across pages too, and fxrstor takes them back', () => {
    // fxsave [rbx]; xorps xmm0, xmm0; fninit; fxrstor [rbx]
    const at = data + 4096 - 240
    const m = new BareMachine('480fae03 0f57c0 dbe3 480fae0b', { rbx: BigInt(at) })
    m.space.map(data + 4096, 4096, 'rw')
    m.put(at + 416, 'aa')
    setXmm(m, 0, 0xdead_beefn)
    expect(m.run(3)).to.deep.equal(limit)
    expect(m.hex(at + 24, 4)).to.equal('801f0000')
    expect(m.hex(at + 416, 1)).to.equal('aa')
    expect(xmm(m, 0)).to.equal(0n)
    expect(m.run(1)).to.deep.equal(limit)
    expect(xmm(m, 0)).to.equal(0xdead_beefn)
    m.set({ rip: BigInt(code), rbx: BigInt(at + 8) })
    expect(m.run(1)).to.deep.equal(exception(Vector.GP))
  })

  it('approximate reciprocals are closer than 1.5 × 2^−12', () => {
    fc.assert(
      fc.property(fc.float({ min: Math.fround(1e-30), max: Math.fround(1e30), noNaN: true }), x => {
        const m = new BareMachine('f30f53c8 f30f52d0')
        setXmm(m, 0, BigInt(new Uint32Array(new Float32Array([x]).buffer)[0]!))
        m.run(2)
        const [reciprocal, root] = [1, 2].map(n => {
          const bits = Number(xmm(m, n) & 0xffff_ffffn)
          return new Float32Array(new Uint32Array([bits]).buffer)[0]!
        })
        expect(Math.abs(reciprocal! * x - 1)).to.be.below(1.5 / 4096)
        expect(Math.abs(root! * Math.sqrt(x) - 1)).to.be.below(1.5 / 4096)
      }),
      { numRuns: 200 },
    )
  })
})

/** The quick way, on the arithmetic of the host, and the exact one agree in results and in what they raise. */
describe('quick arithmetic', () => {
  const operations: [name: string, opcode: string, lane: SoftLane][] = [
    ['add', '58', softAdd],
    ['multiply', '59', softMultiply],
    ['subtract', '5c', softSubtract],
    ['minimum', '5d', softMinimum],
    ['divide', '5e', softDivide],
    ['maximum', '5f', softMaximum],
    ['root', '51', softRoot],
  ]
  const bits64 = fc.oneof(
    fc.double().map(x => new BigUint64Array(new Float64Array([x]).buffer)[0]!),
    fc.integer({ min: -4096, max: 4096 }).map(x => new BigUint64Array(new Float64Array([x / 8]).buffer)[0]!),
    fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  )
  const bits32 = fc.oneof(
    fc.float().map(x => BigInt(new Uint32Array(new Float32Array([x]).buffer)[0]!)),
    fc
      .integer({ min: -4096, max: 4096 })
      .map(x => BigInt(new Uint32Array(new Float32Array([x / 8]).buffer)[0]!)),
    fc.bigInt({ min: 0n, max: (1n << 32n) - 1n }),
  )

  for (const [name, opcode, lane] of operations)
    for (const [prefix, format, bits] of [
      ['f2', double, bits64],
      ['f3', single, bits32],
    ] as const)
      it(`${name}, ${format.precision} bits`, () => {
        const m = new BareMachine(`${prefix}0f${opcode}c1`)
        fc.assert(
          fc.property(bits, bits, (a, b) => {
            setXmm(m, 0, a)
            setXmm(m, 1, b)
            setMxcsr(m, 0x1f80)
            m.set({ rip: BigInt(code) })
            expect(m.run(1)).to.deep.equal(limit)
            const environment = {
              format,
              rounding: 0,
              masked: 63,
              flushToZero: false,
              chooseNan: <T>(first: T) => first,
              raised: 0,
              roundedUp: false,
            }
            expect(xmm(m, 0)).to.equal(lane(environment, a, b, false, 0))
            expect(mxcsr(m)).to.equal(0x1f80 | environment.raised)
          }),
          { numRuns: 500 },
        )
      })
})

function withContext<T>(m: BareMachine, use: (view: DataView) => T): T {
  const context = m.machine.newContext()
  m.machine.cpu.save(context)
  const result = use(new DataView(context.extended.buffer))
  m.machine.cpu.restore(context)
  return result
}

function setXmm(m: BareMachine, n: number, low: bigint): void {
  withContext(m, view => view.setBigUint64(160 + 16 * n, low, true))
}

function xmm(m: BareMachine, n: number): bigint {
  return withContext(m, view => view.getBigUint64(160 + 16 * n, true))
}

function setMxcsr(m: BareMachine, value: number): void {
  withContext(m, view => view.setUint32(24, value, true))
}

function mxcsr(m: BareMachine): number {
  return withContext(m, view => view.getUint32(24, true))
}
