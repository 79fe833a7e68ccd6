// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { Vector } from '../../src/machine/machine.ts'
import { BareMachine, code, data, exception } from './bare-machine.ts'

const done = exception(Vector.GP)

describe('changed code', () => {
  it('is seen at the next instruction, when the block changes itself', () => {
    // mov byte [rip+1], 0xc3 → the `inc eax` that follows becomes `inc ebx`.
    const m = new BareMachine('c60501000000c3 ffc0 f4')
    expect(m.run()).to.deep.equal(done)
    expect([m.get('rax'), m.get('rbx')]).to.deep.equal([0n, 1n])
    expect(m.retired).to.equal(2)
  })

  it('is seen by the next call from a block that was linked to it', () => {
    // Calls a function at +0x20 twice; in between its `mov eax, 1` becomes `mov eax, 2`.
    const m = new BareMachine('e81b000000 89c1 c6051300000002 e80d000000 f4')
    m.put(code + 0x20, 'b801000000 c3')
    expect(m.run()).to.deep.equal(done)
    expect([m.get('rcx'), m.get('rax')]).to.deep.equal([1n, 2n])
  })

  it('is seen after a write by the kernel, and after the bytes are put back', () => {
    const m = new BareMachine('ffc0 ffc0 ebfa')
    const { memory } = m.machine
    const { frame } = m.space.table.get(code / 4096)!
    m.run(30)
    expect(m.get('rax')).to.equal(20n)
    memory.write(frame, 2, Uint8Array.of(0xcc))
    expect(m.run(30)).to.deep.equal(exception(Vector.BP))
    expect(m.get('rip')).to.equal(BigInt(code + 3))
    memory.write(frame, 2, Uint8Array.of(0xff))
    m.set({ rip: BigInt(code + 2) })
    expect(m.run(2)).to.deep.equal({ kind: 'limit' })
    expect(m.get('rip')).to.equal(BigInt(code))
  })

  it('is seen again after code that had been there before', () => {
    // Stores bl into its own last instruction, `inc ecx` or `inc edx`.
    const m = new BareMachine('881d01000000 ffc1 f4')
    const registers: bigint[][] = []
    for (const byte of [0xc1n, 0xc2n, 0xc1n, 0xc2n, 0xc1n, 0xc2n]) {
      m.set({ rip: BigInt(code), rbx: byte })
      expect(m.run()).to.deep.equal(done)
      registers.push([m.get('rcx'), m.get('rdx')])
    }
    expect(registers).to.deep.equal([
      [1n, 0n],
      [1n, 1n],
      [2n, 1n],
      [2n, 2n],
      [3n, 2n],
      [3n, 3n],
    ])
  })

  it('is seen through another mapping of the same frame', () => {
    const m = new BareMachine('ffc0 c60302 ffc0 f4', { rbx: BigInt(data + 6) })
    const entry = m.space.table.get(code / 4096)!
    m.machine.memory.retain(entry.frame)
    m.space.unmap(data, 4096)
    m.space.table.set(data / 4096, { ...entry, write: true, execute: false })
    expect(m.run()).to.deep.equal(exception(Vector.PF, 6, 0))
    // `ffc0` became `ff02`: inc dword [rdx].
    expect([m.get('rax'), m.get('rip')]).to.deep.equal([1n, BigInt(code + 5)])
  })

  it('is seen when another frame takes the place of the page', () => {
    const m = new BareMachine('ffc0 ebfc')
    m.run(10)
    const page = code / 4096
    const old = m.space.table.get(page)!
    const frame = m.machine.memory.allocate()!
    m.machine.memory.write(frame, 0, Buffer.from('ffc1ebfc', 'hex'))
    m.space.table.set(page, { ...old, frame })
    m.run(10)
    expect([m.get('rax'), m.get('rcx')]).to.deep.equal([5n, 5n])
    // And in another address space.
    const table = m.machine.newPageTable()
    table.set(page, old)
    m.machine.cpu.use(table)
    m.run(10)
    expect([m.get('rax'), m.get('rcx')]).to.deep.equal([10n, 5n])
    m.machine.cpu.use(m.space.table)
    m.run(10)
    expect([m.get('rax'), m.get('rcx')]).to.deep.equal([10n, 10n])
  })

  it('is seen in either half of an instruction across two pages', () => {
    const m = new BareMachine('90 ebfd')
    m.space.map(code + 4096, 4096, 'rwx')
    // mov eax, imm32 at the end of the page, then hlt.
    m.put(code + 4094, 'b801 000000 f4')
    const start = { rip: BigInt(code + 4094) }
    m.set(start)
    m.run()
    expect(m.get('rax')).to.equal(1n)
    m.put(code + 4096, '02')
    m.set(start)
    m.run()
    expect(m.get('rax')).to.equal(0x201n)
    m.put(code + 4095, '03')
    m.set(start)
    m.run()
    expect(m.get('rax')).to.equal(0x203n)
    m.space.map(code + 4096, 4096, 'rwx')
    m.put(code + 4096, '000004 f4')
    m.set(start)
    m.run()
    expect(m.get('rax')).to.equal(0x0400_0003n)
  })

  it('does not slow down data beside it', () => {
    // A loop that counts in its own page: the code stays decoded.
    const m = new BareMachine('48ff05f1000000 ebf7', {})
    m.run(1000)
    expect(m.hex(code + 0xf8, 8)).to.equal('f401000000000000')
  })

  it('is found in a page that is read-only for the program', () => {
    const m = new BareMachine('8803 f4', { rbx: BigInt(code) })
    m.space.protect(code, 4096, 'rx')
    expect(m.run()).to.deep.equal(exception(Vector.PF, 7, code))
  })

  it('may have more constants than the machine keeps', () => {
    // 400 loads of a 64-bit constant and a hlt, again and again with other constants.
    const m = new BareMachine('')
    const page = Buffer.alloc(4096)
    let value = 1n << 40n
    for (let round = 0; round < 400; round++) {
      for (let n = 0; n < 400; n++) {
        page.writeUInt16LE(0xb848, n * 10)
        page.writeBigUInt64LE(value++, n * 10 + 2)
      }
      page[4000] = 0xf4
      m.space.write(code, page)
      m.set({ rip: BigInt(code) })
      expect(m.run()).to.deep.equal(done)
      expect(m.get('rax')).to.equal(value - 1n)
    }
  })

  it('is taken over by the next machine in the same memory where it is the same', () => {
    for (const [hex, rax] of [
      ['ffc0 ffc0 f4', 2n],
      ['ffc0 ffc0 f4', 2n],
      ['ffc0 90 90 f4', 1n],
      ['ffc0 ffc0 f4', 2n],
    ] as const) {
      const m = new BareMachine(hex)
      expect(m.run()).to.deep.equal(done)
      expect(m.get('rax')).to.equal(rax)
      m.put(code, 'ffc3')
    }
  })
})
