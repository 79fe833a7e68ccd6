// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { createMachine } from '../../src/machine/create-machine.ts'
import { PageFault, Register, Vector } from '../../src/machine/machine.ts'
import { BareMachine, code, data, exception, stackTop } from './bare-machine.ts'

const limit = { kind: 'limit' }

describe('the processor', () => {
  it('starts as after exec', () => {
    const { cpu } = createMachine({ memory: 0x1_0000 })
    expect([...cpu.registers]).to.deep.equal([...new Array(17).fill(0n), 0x202n, 0n, 0n, 0n])
  })

  it('stops at exactly the limit, wherever blocks begin and end', () => {
    // A loop of three instructions behind a prologue; rcx counts rounds, rax instructions of the loop's first kind.
    const program = '31c0 b90a000000 ffc0 ffc9 75fa f4'
    const whole = new BareMachine(program)
    expect(whole.run()).to.deep.equal(exception(Vector.GP))
    expect(whole.retired).to.equal(32)
    for (const step of [1, 2, 3, 5, 7, 31]) {
      const m = new BareMachine(program)
      let at = 0
      for (; at + step <= 32; at += step) {
        expect(m.run(step)).to.deep.equal(limit)
        expect(m.retired).to.equal(at + step)
        const reference = new BareMachine(program)
        for (let n = 0; n < at + step; n++) reference.run(1)
        expect([...m.machine.cpu.registers]).to.deep.equal([...reference.machine.cpu.registers])
      }
      expect(m.run(33)).to.deep.equal(exception(Vector.GP))
      expect(m.get('rax')).to.equal(10n)
    }
    expect(whole.run(0)).to.deep.equal(limit)
  })

  it('goes on with registers that were changed between runs', () => {
    const m = new BareMachine('ffc0 ffc0 ffc0 f4')
    m.run(1)
    m.set({ rax: 0xffff_ffffn, rflags: 0x203n })
    m.run(1)
    expect(m.get('rax')).to.equal(0n)
    // inc keeps CF, which was set from outside: CF PF AF ZF.
    expect(m.get('rflags')).to.equal(0x257n)
  })

  it('does system calls', () => {
    const m = new BareMachine('90 0f05 90', { rflags: 0x2d7n, rcx: 1n })
    expect(m.run()).to.deep.equal({ kind: 'syscall' })
    expect(m.get('rip')).to.equal(BigInt(code + 3))
    expect(m.get('rcx')).to.equal(BigInt(code + 3))
    expect(m.get('r11')).to.equal(0x2d7n)
    expect(m.retired).to.equal(2)
  })

  it('traps after each instruction while TF is set', () => {
    const trap = exception(Vector.DB)
    // nop; popf that sets TF; nop; popf that clears it; nop; hlt.
    const m = new BareMachine('90 9d 90 9d 90 f4', { rsp: BigInt(stackTop - 16) })
    m.put(stackTop - 16, '0203000000000000 0202000000000000')
    expect(m.run(3)).to.deep.equal(trap)
    expect(m.get('rip')).to.equal(BigInt(code + 3))
    expect(m.retired).to.equal(3)
    // TF was set when the second popf began.
    expect(m.run(100)).to.deep.equal(trap)
    expect(m.get('rip')).to.equal(BigInt(code + 4))
    expect(m.run(100)).to.deep.equal(exception(Vector.GP))
    expect(m.retired).to.equal(5)
    const call = new BareMachine('0f05', { rflags: 0x302n })
    expect(call.run()).to.deep.equal({ kind: 'syscall' })
    const breakpoint = new BareMachine('cc', { rflags: 0x302n })
    expect(breakpoint.run()).to.deep.equal(exception(Vector.BP))
  })

  it('traps after each iteration of a repeated instruction', () => {
    const m = new BareMachine('f3aa f4', { rflags: 0x302n, rcx: 2n, rdi: BigInt(data), rax: 0x41n })
    expect(m.run()).to.deep.equal(exception(Vector.DB))
    expect([m.get('rip'), m.get('rcx')]).to.deep.equal([BigInt(code), 1n])
    m.run()
    expect([m.get('rip'), m.get('rcx')]).to.deep.equal([BigInt(code + 2), 0n])
  })

  it('tells the time by counting instructions', () => {
    const m = new BareMachine('90 90 0f31 f4')
    expect(m.run()).to.deep.equal(exception(Vector.GP))
    expect([m.get('rax'), m.get('rdx')]).to.deep.equal([2n, 0n])
  })

  it('keeps contexts apart', () => {
    const m = new BareMachine('90 660fefc0 f4')
    const { cpu } = m.machine
    const context = m.machine.newContext()
    cpu.save(context)
    context.registers[Register.rbx] = 9n
    context.extended.fill(0xee, 160, 176)
    // TOP is 3, and st(0) holds 1.
    context.extended[3] = 3 << 3
    context.extended.fill(1, 32, 42)
    cpu.reset()
    const other = m.machine.newContext()
    cpu.save(other)
    expect(other.extended.slice(160, 176).some(byte => byte !== 0)).to.equal(false)
    expect(new DataView(other.extended.buffer).getUint16(0, true)).to.equal(0x37f)
    expect(new DataView(other.extended.buffer).getUint32(24, true)).to.equal(0x1f80)
    cpu.restore(context)
    cpu.save(other)
    expect(other).to.deep.equal(context)
    cpu.run(2)
    cpu.save(other)
    expect(other.extended.slice(160, 176).some(byte => byte !== 0)).to.equal(false)
    expect(other.registers[Register.rbx]).to.equal(9n)
  })

  it('answers cpuid by its model', () => {
    const vendor = new BareMachine('0fa2 f4')
    vendor.run()
    const text = ['rbx', 'rdx', 'rcx'].map(name => {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32LE(Number(vendor.get(name as 'rbx')))
      return bytes.toString()
    })
    expect(text.join('')).to.equal('AuthenticAMD')
    const features = new BareMachine('0fa2 f4', { rax: 1n })
    features.run()
    expect(features.get('rdx')).to.equal(0x0788_a131n)
    expect(features.get('rcx')).to.equal(0x2001n)
  })

  it('uses segment bases', () => {
    const m = new BareMachine('64488b042508000000 65488b1d00000000 f4', {
      fsBase: BigInt(data),
      gsBase: BigInt(data) - BigInt(code + 17),
    })
    m.put(data, '0102030405060708 1112131415161718')
    m.run()
    expect(m.get('rax')).to.equal(0x1817_1615_1413_1211n)
    expect(m.get('rbx')).to.equal(0x0807_0605_0403_0201n)
  })
})

describe('repeated string instructions', () => {
  const { USER, WRITE } = PageFault

  it('count every iteration, and one for none', () => {
    const m = new BareMachine('f348a5 90 f4', {
      rcx: 20n,
      rsi: BigInt(data),
      rdi: BigInt(data + 2048),
    })
    m.put(data, '11'.repeat(160))
    expect(m.run(7)).to.deep.equal(limit)
    expect([m.get('rcx'), m.get('rip')]).to.deep.equal([13n, BigInt(code)])
    expect(m.hex(data + 2048, 57)).to.equal(`${'11'.repeat(56)}00`)
    expect(m.run(13)).to.deep.equal(limit)
    expect(m.get('rip')).to.equal(BigInt(code + 3))
    expect(m.hex(data + 2048, 161)).to.equal(`${'11'.repeat(160)}00`)
    const none = new BareMachine('f3aa 90 f4', { rdi: 0n, rcx: 0n })
    expect(none.run()).to.deep.equal(exception(Vector.GP))
    expect(none.retired).to.equal(2)
  })

  it('stop at a fault with what they have done', () => {
    const m = new BareMachine('90 f3aa f4', { rcx: 100n, rdi: BigInt(data + 4090), rax: 0x5an })
    expect(m.run()).to.deep.equal(exception(Vector.PF, WRITE | USER, data + 4096))
    expect([m.get('rcx'), m.get('rdi')]).to.deep.equal([94n, BigInt(data + 4096)])
    expect(m.get('rip')).to.equal(BigInt(code + 1))
    expect(m.retired).to.equal(7)
    m.space.map(data + 4096, 4096, 'rw')
    expect(m.run()).to.deep.equal(exception(Vector.GP))
    expect(m.hex(data + 4096, 95)).to.equal(`${'5a'.repeat(94)}00`)
    expect(m.retired).to.equal(101)
  })

  it('repeat a pattern where the target overlaps what follows', () => {
    const m = new BareMachine('f3a4 f4', { rcx: 10n, rsi: BigInt(data), rdi: BigInt(data + 2) })
    m.put(data, '0102')
    m.run()
    expect(m.hex(data, 13)).to.equal('01020102010201020102010200')
  })

  it('go down with DF and cross pages', () => {
    const m = new BareMachine('fd f3a5 f4', {
      rcx: 3n,
      rsi: BigInt(data + 8),
      rdi: BigInt(data + 4098),
    })
    m.space.map(data + 4096, 4096, 'rw')
    m.put(data, '010000000200000003000000')
    expect(m.run()).to.deep.equal(exception(Vector.GP))
    expect(m.hex(data + 4090, 12)).to.equal('010000000200000003000000')
    expect([m.get('rsi'), m.get('rdi')]).to.deep.equal([BigInt(data - 4), BigInt(data + 4086)])
  })

  it('compare and scan until told otherwise', () => {
    const scan = new BareMachine('f2ae f4', { rcx: 100n, rdi: BigInt(data), rax: 0n })
    scan.put(data, '414243 00 44')
    scan.run()
    expect([scan.get('rcx'), scan.get('rdi')]).to.deep.equal([96n, BigInt(data + 4)])
    const compare = new BareMachine('f3a6 f4', {
      rcx: 8n,
      rsi: BigInt(data),
      rdi: BigInt(data + 16),
    })
    compare.put(data, '0102030405060708 0000000000000000 0102037f05060708')
    compare.run()
    expect([compare.get('rcx'), compare.get('rflags') & 0x41n]).to.deep.equal([4n, 1n])
    expect(compare.retired).to.equal(4)
  })
})
