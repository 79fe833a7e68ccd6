// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { Kernel } from '../../src/kernel/kernel.ts'
import { Warnings } from '../../src/uprobes/hit/warnings.ts'

describe('a warning', () => {
  it('comes into the kernel log once', () => {
    const log: string[] = []
    const warnings = new Warnings({ log: (text: string) => log.push(text) } as unknown as Kernel)
    for (const text of ['here', 'there', 'here', 'there']) warnings.warn(text)
    expect(log).to.deep.equal(['WARNING: here', 'WARNING: there'])
  })
})
