// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { analyse } from '../../src/uprobes/user-bkpt/analyse.ts'
import { refusalReason } from '../../src/uprobes/user-bkpt/refusal-reason.ts'
import { code, isVector } from './is-vector.ts'

const options = {
  mode: 64,
  address: 0x401000n,
  emulated: 'branches-and-push',
  nops: 'by-opcode',
  optimize: 'nop5',
  refusal: 524,
  isVector,
} as const
const reasonOf = (text: string): string => {
  expect(analyse(code(text), options), text).to.be.a('number')
  return refusalReason(code(text), 64, isVector)
}

describe('the reason of a refusal', () => {
  it('names what the kernel looked at', () => {
    const table: Record<string, RegExp> = {
      cc: /^a breakpoint stands there already/,
      'f0 ff 07': /prefix f0 \(lock\)/,
      '3e ff e0': /prefix 3e \(ds, or notrack\)/,
      '66 2e 0f 1f 84 00 00 00 00 00': /prefix 2e \(cs\)/,
      '26 90': /prefix 26 \(es\)/,
      '36 90': /prefix 36 \(ss\)/,
      '8e d0': /load of ss/,
      '17': /load of ss/,
      'f3 cc': /raises or ends an interrupt/,
      'cd 80': /raises or ends an interrupt/,
      cf: /raises or ends an interrupt/,
      f1: /debug exception/,
      f4: /operating system/,
      'e4 10': /operating system/,
      '06': /opcode 06, which means nothing/,
      ea: /opcode ea, which means nothing/,
      'c5 f9 ef c0': /vector instruction .* ef,/,
      '66 e9 00 00': /branch of 16 bits/,
    }
    for (const [bytes, pattern] of Object.entries(table)) expect(reasonOf(bytes), bytes).to.match(pattern)
  })

  it('names what else a kernel may look at: its own emulation, its table of 2010', () => {
    const reason = (text: string, how: { execute?: 'emulate'; instructions?: '2010' }) =>
      refusalReason(code(text), 64, isVector, how)
    expect(reason('0f a2', { execute: 'emulate' })).to.match(/no emulation of this instruction/)
    expect(reason('0f 05', { instructions: '2010' })).to.match(/table of 2010 does not have this opcode/)
    expect(reason('c5 fc 28 08', { instructions: '2010' })).to.match(/table of 2010/)
    expect(reason('f0 ff 07', { instructions: '2010' })).to.match(/prefix f0 \(lock\)/)
  })

  it('is another one for every cause: only branches with prefix 66 are refused for their size', () => {
    for (let first = 0; first < 256; first++) {
      for (const prefix of ['', '66 ', 'f2 ', '48 ']) {
        const text = `${prefix}${first.toString(16).padStart(2, '0')} 05 00 00 00 00 00 00`
        const analysis = analyse(code(text), options)
        if (typeof analysis !== 'number') continue
        const reason = refusalReason(code(text), 64, isVector)
        if (/16 bits/.test(reason)) expect(text).to.match(/^66 (e8|e9|eb|7)/)
        if (-analysis === 8) expect(reason).to.match(/decoder/)
      }
    }
  })
})
