// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import fc from 'fast-check'
import { RingBuffer, type RingBufferOptions } from '../../src/tracing/buffer/ring-buffer.ts'

const millisecond = 1_000_000n

/** Records of 38 bytes: two integers, a long and the text `hello` of an entry event. */
function fill(options: RingBufferOptions, count: number, pause = 1n): RingBuffer {
  const buffer = new RingBuffer(options)
  for (let n = 0; n < count; n++) buffer.write(BigInt(n) * pause, new Uint8Array(38).fill(n % 256))
  return buffer
}

const kilobytes = (kb: number): number => kb * 1024

describe('a ring buffer', () => {
  // From a 6.18 kernel: buffer_size_kb, options/overwrite, hits, and what per_cpu/cpu0/stats said then.
  const recorded: readonly [
    kb: number,
    overwrite: boolean,
    hits: number,
    entries: number,
    overrun: number,
    dropped: number,
  ][] = [
    [4, true, 100, 100, 0, 0],
    [4, true, 1000, 172, 828, 0],
    [8, true, 500, 224, 276, 0],
    [9, true, 1000, 264, 736, 0],
    [12, true, 777, 317, 460, 0],
    [16, true, 2000, 436, 1564, 0],
    [1, false, 300, 184, 0, 116],
    [4, false, 1000, 184, 0, 816],
    [16, false, 2000, 460, 0, 1540],
  ]
  for (const [kb, overwrite, hits, ...counts] of recorded) {
    it(`of ${kb} KiB ${overwrite ? 'overwrites' : 'drops'} as the kernel does after ${hits} hits`, () => {
      const { entries, overrun, dropped } = fill({ bytes: kilobytes(kb), overwrite }, hits)
      expect([entries, overrun, dropped]).to.deep.equal(counts)
    })
  }

  it('needs eight bytes more for a pause of 2^27 nanoseconds, but not at the start of a page', () => {
    const size = { bytes: kilobytes(4), overwrite: false }
    expect(fill(size, 200, (1n << 27n) - 1n).entries).to.equal(184)
    // Recorded with pauses of 140 ms.
    expect(fill(size, 165, 140n * millisecond).entries).to.equal(156)
  })

  it('takes no shorter record once one has not fitted', () => {
    const buffer = new RingBuffer({ bytes: kilobytes(4), overwrite: false })
    expect(buffer.write(0n, new Uint8Array(4072))).to.equal(true)
    expect(buffer.write(1n, new Uint8Array(4000))).to.equal(true)
    expect(buffer.write(2n, new Uint8Array(100))).to.equal(false)
    expect(buffer.write(3n, new Uint8Array(16))).to.equal(false)
    expect(buffer.dropped).to.equal(2)
  })

  it('gives back what it keeps: the newest records, or the oldest ones, with their times', () => {
    const records = fc.array(
      fc.record({
        pause: fc.oneof(fc.bigInt(0n, 100n), fc.bigInt(0n, 1n << 58n)),
        bytes: fc.uint8Array({ minLength: 16, maxLength: 400 }),
      }),
      { maxLength: 200 },
    )
    fc.assert(
      fc.property(records, fc.boolean(), fc.constantFrom(undefined, 1, 12), (written, overwrite, kb) => {
        const buffer = new RingBuffer({ ...(kb && { bytes: kilobytes(kb) }), overwrite })
        let time = 0n
        const all = written.map(({ pause, bytes }) => {
          time += pause
          buffer.write(time, bytes)
          return `${time} ${Buffer.from(bytes).toString('hex')}${'00'.repeat(-bytes.length & 3)}`
        })
        const kept = [...buffer.read()].map(
          ({ time: at, record }) => `${at} ${Buffer.from(record).toString('hex')}`,
        )
        const { entries, overrun, dropped } = buffer
        expect(kept).to.deep.equal(overwrite ? all.slice(overrun) : all.slice(0, entries))
        expect(entries + overrun + dropped).to.equal(all.length)
        if (kb === undefined) expect(entries).to.equal(all.length)
      }),
    )
  })

  it('is empty after it has been cleared', () => {
    const buffer = fill({ bytes: kilobytes(4) }, 1000)
    buffer.clear()
    expect([buffer.entries, buffer.overrun, [...buffer.read()]]).to.deep.equal([0, 0, []])
    expect(buffer.write(5n, new Uint8Array(16))).to.equal(true)
  })
})
