// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { Kernel } from '../../src/kernel/kernel.ts'
import { RateLimit } from '../../src/uprobes/hit/rate-limit.ts'

describe('a rate limit', () => {
  it('lets ten lines through in five seconds, and ten in the next', () => {
    const log: string[] = []
    const clock = { now: 0n, log: (text: string) => log.push(text) }
    const limit = new RateLimit(clock as unknown as Kernel)
    const linesAt = (now: bigint): number => {
      clock.now = now
      const before = log.length
      for (let count = 0; count < 8; count++) limit.log(`line at ${now}`)
      return log.length - before
    }
    expect(linesAt(0n)).to.equal(8)
    expect(linesAt(5_000_000_000n)).to.equal(2)
    expect(linesAt(5_000_000_001n)).to.equal(8)
    expect(linesAt(10_000_000_001n)).to.equal(2)
    expect(log[0]).to.equal('line at 0')
  })
})
