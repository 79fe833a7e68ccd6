// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { PageFault, Vector } from '../../src/machine/machine.ts'
import { BareMachine, code, data, exception, stackTop } from './bare-machine.ts'

const { PRESENT, WRITE, USER, FETCH } = PageFault
const all = 0xffff_ffff_ffff_ffffn

describe('faults', () => {
  it('of a load leave everything as it was', () => {
    const m = new BareMachine('90 488b03', { rax: 5n, rbx: 0x1234n })
    expect(m.run()).to.deep.equal(exception(Vector.PF, USER, 0x1234))
    expect(m.get('rax')).to.equal(5n)
    expect(m.get('rip')).to.equal(BigInt(code + 1))
    expect(m.retired).to.equal(1)
  })

  it('of a store across a page write nothing and name the byte that faults', () => {
    const m = new BareMachine('488903', { rax: all, rbx: BigInt(data + 4093) })
    expect(m.run()).to.deep.equal(exception(Vector.PF, WRITE | USER, data + 4096))
    expect(m.hex(data + 4093, 3)).to.equal('000000')
  })

  it('do not come from accesses across two mapped pages', () => {
    const m = new BareMachine('488903 488b0b 480103 f4', {
      rax: 0x1122_3344_5566_7788n,
      rbx: BigInt(data + 4093),
    })
    m.space.map(data + 4096, 4096, 'rw')
    expect(m.run()).to.deep.equal(exception(Vector.GP))
    expect(m.get('rcx')).to.equal(0x1122_3344_5566_7788n)
    expect(m.hex(data + 4093, 8)).to.equal('10efccaa88664422')
  })

  it('tell a missing right from a missing page', () => {
    const m = new BareMachine('8803', { rbx: BigInt(data) })
    m.space.protect(data, 4096, 'r')
    expect(m.run()).to.deep.equal(exception(Vector.PF, PRESENT | WRITE | USER, data))
    m.space.protect(data, 4096, '')
    expect(m.run()).to.deep.equal(exception(Vector.PF, WRITE | USER, data))
    m.space.protect(data, 4096, 'rw')
    expect(m.run(1)).to.deep.equal({ kind: 'limit' })
    m.space.protect(data, 4096, 'r')
    m.set({ rip: BigInt(code) })
    expect(m.run(1)).to.deep.equal(exception(Vector.PF, PRESENT | WRITE | USER, data))
  })

  it('of two operands of cmps come from (%rdi) first, but from (%rsi) of repe cmpsb, as on the AMD processor of the recordings', () => {
    for (const hex of ['a6', '48a7', 'f2a6', 'f3a7', 'f348a7']) {
      const m = new BareMachine(hex, { rsi: 0x10n, rdi: 0x2000n, rcx: 3n })
      expect(m.run()).to.deep.equal(exception(Vector.PF, USER, 0x2000))
    }
    const m = new BareMachine('f3a6', { rsi: 0x10n, rdi: 0x2000n, rcx: 3n })
    expect(m.run()).to.deep.equal(exception(Vector.PF, USER, 0x10))
  })

  it('keep user mode out of supervisor pages', () => {
    const m = new BareMachine('8a03', { rbx: BigInt(data) })
    const { table } = m.space
    table.set(data / 4096, { ...table.get(data / 4096)!, user: false })
    expect(m.run()).to.deep.equal(exception(Vector.PF, PRESENT | USER, data))
  })

  it('of a fetch: no page, no right, and the second half of an instruction', () => {
    const m = new BareMachine('ffe3', { rbx: 0x12_3456n })
    expect(m.run()).to.deep.equal(exception(Vector.PF, USER | FETCH, 0x12_3456))
    expect(m.get('rip')).to.equal(0x12_3456n)
    expect(m.retired).to.equal(1)
    m.set({ rip: BigInt(data) })
    expect(m.run()).to.deep.equal(exception(Vector.PF, PRESENT | USER | FETCH, data))
    // mov eax, imm32 in the last three bytes of the page.
    m.put(code + 4093, 'b81122')
    m.set({ rip: BigInt(code + 4093) })
    expect(m.run()).to.deep.equal(exception(Vector.PF, USER | FETCH, code + 4096))
    expect(m.get('rip')).to.equal(BigInt(code + 4093))
    m.space.map(code + 4096, 4096, 'rx')
    m.put(code + 4096, '3344 f4')
    expect(m.run()).to.deep.equal(exception(Vector.GP))
    expect(m.get('rax')).to.equal(0x4433_2211n)
  })

  it('of addresses that are not canonical are #GP, and #SS for the stack', () => {
    const hole = 0x8000_0000_0000n
    expect(new BareMachine('8a03', { rbx: hole }).run()).to.deep.equal(exception(Vector.GP))
    expect(new BareMachine('8a4500', { rbp: hole }).run()).to.deep.equal(exception(Vector.SS))
    expect(new BareMachine('50', { rsp: hole + 8n }).run()).to.deep.equal(exception(Vector.SS))
    // The first byte is canonical, the others are not.
    expect(new BareMachine('488b03', { rbx: hole - 1n }).run()).to.deep.equal(exception(Vector.GP))
    const branch = new BareMachine('ffe3', { rbx: hole })
    expect(branch.run()).to.deep.equal(exception(Vector.GP))
    expect(branch.get('rip')).to.equal(BigInt(code))
    // The kernel's half is canonical but has no page for users.
    const kernel = 0xffff_ffff_8000_0000n
    expect(new BareMachine('8a03', { rbx: kernel }).run()).to.deep.equal(exception(Vector.PF, USER, kernel))
  })

  it('of call and push leave the stack pointer', () => {
    for (const hex of ['e800000000', '50', '6a01', 'ff33', 'c8100000'])
      expect(registersAfterFault(hex)).to.deep.equal({ rsp: 0x12_3000n, rbp: 7n })
  })

  it('of pop into memory leave it too', () => {
    const m = new BareMachine('8f03', { rbx: 0x1000n })
    expect(m.run()).to.deep.equal(exception(Vector.PF, WRITE | USER, 0x1000))
    expect(m.get('rsp')).to.equal(BigInt(stackTop - 8))
  })

  it('of division: by zero, and a quotient that does not fit', () => {
    expect(new BareMachine('f7f3').run()).to.deep.equal(exception(Vector.DE))
    const big = new BareMachine('48f7fb', { rax: 0x8000_0000_0000_0000n, rdx: all, rbx: all })
    expect(big.run()).to.deep.equal(exception(Vector.DE))
    expect(big.get('rax')).to.equal(0x8000_0000_0000_0000n)
    const least = new BareMachine('48f7fb f4', { rax: 0x8000_0000_0000_0000n, rdx: all, rbx: 1n })
    expect(least.run()).to.deep.equal(exception(Vector.GP))
    expect(least.get('rdx')).to.equal(0n)
  })

  it('of instructions that are none, too long or not for users', () => {
    expect(new BareMachine('0f0b').run()).to.deep.equal(exception(Vector.UD))
    expect(new BareMachine('06 90').run()).to.deep.equal(exception(Vector.UD))
    expect(new BareMachine(`${'66'.repeat(15)}90`).run()).to.deep.equal(exception(Vector.GP))
    for (const hex of ['f4', 'fa', 'e460', '0f0110', '0f22c0'])
      expect(new BareMachine(hex, { rax: BigInt(data) }).run()).to.deep.equal(exception(Vector.GP))
    expect(new BareMachine('cd80').run()).to.deep.equal(exception(Vector.GP, 0x402))
    // lock is allowed on instructions that write memory only.
    expect(new BareMachine('f090').run()).to.deep.equal(exception(Vector.UD))
  })

  it('of unaligned SSE operands are #GP', () => {
    const m = new BareMachine('0f2803', { rbx: BigInt(data + 8) })
    expect(m.run()).to.deep.equal(exception(Vector.GP))
    expect(new BareMachine('0f1003 f4', { rbx: BigInt(data + 8) }).run(1)).to.deep.equal({ kind: 'limit' })
  })

  it('of #BP leave rip behind it and do not count', () => {
    const m = new BareMachine('90 cc')
    expect(m.run()).to.deep.equal(exception(Vector.BP))
    expect(m.get('rip')).to.equal(BigInt(code + 2))
    expect(m.retired).to.equal(1)
  })

  it('name an instruction that the machine does not have', () => {
    // retf to the user's 32-bit code segment.
    const m = new BareMachine('90 cb')
    m.put(stackTop - 8, '00004000 23000000')
    const exit = m.run()
    const text = 'ret far to 32-bit code (cs 0x23)'
    expect(exit).to.deep.include({ kind: 'missing', address: BigInt(code + 1), text })
    expect(m.get('rip')).to.equal(BigInt(code + 1))
    expect(m.retired).to.equal(1)
  })
})

function registersAfterFault(hex: string) {
  const m = new BareMachine(hex, { rsp: 0x12_3000n, rbp: 7n, rbx: BigInt(data) })
  expect(m.run()).to.deep.equal(exception(Vector.PF, WRITE | USER, 0x12_3000 - 8))
  return { rsp: m.get('rsp'), rbp: m.get('rbp') }
}
