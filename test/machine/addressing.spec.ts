// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { PageFault, Vector } from '../../src/machine/machine.ts'
import { BareMachine, code, data, exception } from './bare-machine.ts'

const { USER } = PageFault
const all = 0xffff_ffff_ffff_ffffn

/** rax after one instruction with rbx = data and these bytes at data + 0x10. */
function load(hex: string, registers = {}): bigint {
  const m = new BareMachine(hex, { rbx: BigInt(data), ...registers })
  m.put(data + 0x10, '8877665544332211')
  expect(m.run(1)).to.deep.equal({ kind: 'limit' })
  return m.get('rax')
}

describe('addresses', () => {
  it('add base, scaled index and displacement modulo 2^64', () => {
    const value = 0x1122_3344_5566_7788n
    expect(load('488b4310')).to.equal(value)
    expect(load('488b44cb08', { rcx: 1n })).to.equal(value)
    // A negative index and a carry out of the low half.
    expect(load('488b04cb', { rbx: BigInt(data + 0x18), rcx: all })).to.equal(value)
    expect(load('488b44cb10', { rcx: 1n << 61n })).to.equal(value)
    expect(load('488b042510006000')).to.equal(value)
    expect(load('48a11000600000000000')).to.equal(value)
    // Relative to the next instruction, at code + 7.
    expect(load('488b0509002000')).to.equal(value)
  })

  it('have 32 bits with an address size prefix', () => {
    const value = 0x1122_3344_5566_7788n
    expect(load('67488b4310', { rbx: BigInt(data) | (0xabn << 40n) })).to.equal(value)
    expect(load('67488b042510006000')).to.equal(value)
    const wrapped = new BareMachine('67488b4320', { rbx: 0xffff_fff0n })
    expect(wrapped.run()).to.deep.equal(exception(Vector.PF, USER, 0x10))
  })

  it('of a lone displacement are sign-extended, or not with the prefix', () => {
    const far = new BareMachine('8b0425f0ffffff')
    expect(far.run()).to.deep.equal(exception(Vector.PF, USER, 0xffff_ffff_ffff_fff0n))
    const near = new BareMachine('678b0425f0ffffff')
    expect(near.run()).to.deep.equal(exception(Vector.PF, USER, 0xffff_fff0n))
  })

  it('are only computed by lea, in every size', () => {
    const registers = { rbx: 0x7fff_ffff_ffff_fff0n, rcx: 2n, rax: all }
    expect(load('488d44cb7f', registers)).to.equal(0x8000_0000_0000_007fn)
    expect(load('8d44cb7f', registers)).to.equal(0x7fn)
    expect(load('668d44cb7f', registers)).to.equal(0xffff_ffff_ffff_007fn)
    expect(load('67488d44cb7f', registers)).to.equal(0x7fn)
    expect(load('64488d4300', { rbx: 5n, fsBase: 100n })).to.equal(5n)
  })

  it('of a bit string reach far from the operand', () => {
    // bts [rbx], rcx with a negative bit number.
    const m = new BareMachine('480fab0b f4', { rbx: BigInt(data + 64), rcx: BigInt.asUintN(64, -63n) })
    m.run()
    expect(m.hex(data + 56, 8)).to.equal('0200000000000000')
    expect(m.get('rip')).to.equal(BigInt(code + 4))
  })

  it('of pop [rsp] use the stack pointer after it', () => {
    const m = new BareMachine('8f0424 f4', { rsp: BigInt(data) })
    m.put(data, 'aa'.repeat(8))
    m.run()
    expect(m.hex(data + 8, 8)).to.equal('aa'.repeat(8))
  })
})
