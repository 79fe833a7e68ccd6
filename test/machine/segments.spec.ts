// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { Flag, Vector } from '../../src/machine/machine.ts'
import { BareMachine, code, data, exception, stackTop } from './bare-machine.ts'

const limit = { kind: 'limit' }
const zero = (m: BareMachine) => (m.get('rflags') & Flag.ZF) !== 0n
/** A quadword as it lies in memory. */
const quad = (value: number | bigint) => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes.toString('hex')
}

describe('segments', () => {
  it('of data take the selectors of the user, null ones, and no others', () => {
    for (const [selector, error] of [
      [0, undefined],
      [3, undefined],
      [0x28, undefined],
      [0x2b, undefined],
      [0x33, undefined],
      [0x7b, undefined],
      [0x10, 0x10],
      [0x2f, 0x2c],
      [0x43, 0x40],
      [0xffff, 0xfffc],
    ] as const) {
      // mov ds, eax; mov ecx, ds
      const m = new BareMachine('8ed8 8cd9', { rax: BigInt(selector) })
      const exit = m.run(2)
      expect(exit, `0x${selector.toString(16)}`).to.deep.equal(
        error === undefined ? limit : exception(Vector.GP, error),
      )
      expect(m.get('rcx')).to.equal(error === undefined ? BigInt(selector) : 0n)
    }
  })

  it('of the stack are the one that is there, and cs is not for loading', () => {
    expect(new BareMachine('8ed0', { rax: 0x2bn }).run(1)).to.deep.equal(limit)
    for (const selector of [0, 0x28, 0x33])
      expect(new BareMachine('8ed0', { rax: BigInt(selector) }).run(1)).to.deep.equal(
        exception(Vector.GP, selector & 0xfffc),
      )
    expect(new BareMachine('8ec8', { rax: 0x33n }).run(1)).to.deep.equal(exception(Vector.UD))
  })

  it('fs and gs lose their base with a new selector', () => {
    // push 0x2b; pop fs; mov rax, fs:[rbx]
    const m = new BareMachine('6a2b 0fa1 64488b03', { fsBase: 0x1234n, gsBase: 5n, rbx: BigInt(data) })
    m.put(data, quad(7))
    expect(m.run(3)).to.deep.equal(limit)
    expect([m.get('rax'), m.get('fsBase'), m.get('gsBase')]).to.deep.equal([7n, 0n, 5n])
  })

  it('stay with their task', () => {
    const m = new BareMachine('8ee8 8ce9', { rax: 0x2bn })
    const { cpu } = m.machine
    m.run(1)
    const context = m.machine.newContext()
    cpu.save(context)
    cpu.reset()
    cpu.restore(context)
    m.run(1)
    expect(m.get('rcx')).to.equal(0x2bn)
  })

  it('come with an offset from far pointers', () => {
    // lgs ecx, [rdi]; lss rcx with REX.W has the same pointer
    const m = new BareMachine('0fb50f 480fb20f', { rdi: BigInt(data), rcx: -1n })
    m.put(data, '785634f2 2b00')
    expect(m.run(1)).to.deep.equal(limit)
    expect(m.get('rcx')).to.equal(0xf234_5678n)
    expect(m.run(1)).to.deep.equal(limit)
  })

  it('answer lar, lsl, verr and verw', () => {
    // lar eax, bx; lsl ecx, bx
    const ask = (selector: number) => {
      const m = new BareMachine('0f02c3 0f03cb', { rbx: BigInt(selector), rax: 1n, rcx: 1n })
      m.run(2)
      return [m.get('rax'), m.get('rcx'), zero(m)]
    }
    expect(ask(0x33)).to.deep.equal([0xaf_fb00n, 0xffff_ffffn, true])
    expect(ask(0x2b)).to.deep.equal([0xcf_f300n, 0xffff_ffffn, true])
    expect(ask(0x7b)).to.deep.equal([0x40_f500n, 0n, true])
    expect(ask(0x10)).to.deep.equal([1n, 1n, false])
    const verify = (hex: string, selector: number) => {
      const m = new BareMachine(hex, { rax: BigInt(selector) })
      m.run(1)
      return zero(m)
    }
    expect([verify('0f00e0', 0x33), verify('0f00e8', 0x33), verify('0f00e8', 0x2b)]).to.deep.equal([
      true,
      false,
      true,
    ])
  })

  it('and tables are told as Linux tells them', () => {
    // sgdt [rdi]; sidt [rdi+16]; str eax; smsw ecx: the upper halves stay
    const m = new BareMachine('0f0107 0f014f10 0f00c8 0f01e1', { rdi: BigInt(data), rax: -1n, rcx: -1n })
    expect(m.run(4)).to.deep.equal(limit)
    expect(m.hex(data, 10)).to.equal('00000000feffffffffff')
    expect(m.hex(data + 16, 10)).to.equal('00000000ffffffffffff')
    expect([m.get('rax'), m.get('rcx')]).to.deep.equal([0xffff_ffff_0000_0040n, 0xffff_ffff_8005_0033n])
  })
})

describe('far control transfers', () => {
  it('jump with any privilege in the selector, and call with 4 or 8 bytes each', () => {
    // call far [rdi], with and without REX.W, to +0x20
    for (const [hex, stack] of [
      ['ff1f', '02004000 33000000'],
      ['48ff1f', '0300400000000000 3300000000000000'],
    ] as const) {
      const m = new BareMachine(hex, { rdi: BigInt(data), rsp: BigInt(stackTop - 64) })
      m.put(data, '20004000 3000')
      expect(m.run(1)).to.deep.equal(limit)
      const bytes = stack.replaceAll(' ', '')
      expect([m.get('rip'), m.get('rsp')]).to.deep.equal([
        BigInt(code + 0x20),
        BigInt(stackTop - 64 - bytes.length / 2),
      ])
      expect(m.hex(Number(m.get('rsp')), bytes.length / 2)).to.equal(bytes)
    }
  })

  it('name the selector that is none of code, and leave the stack alone', () => {
    for (const selector of [0, 0x10, 0x2b, 0x37]) {
      const m = new BareMachine('ff1f', { rdi: BigInt(data) })
      m.put(data, `20004000 ${selector.toString(16).padStart(2, '0')}00`)
      expect(m.run(1)).to.deep.equal(exception(Vector.GP, selector & 0xfffc))
      expect(m.get('rsp')).to.equal(BigInt(stackTop - 8))
    }
  })

  it('return from interrupts with flags and stack', () => {
    const frame = (cs: number, flags: number, ss: number) =>
      [code + 0x20, cs, flags, stackTop - 256, ss].map(quad).join('')
    const run = (bytes: string) => {
      const m = new BareMachine('48cf', { rsp: BigInt(stackTop - 64) })
      m.put(stackTop - 64, bytes)
      return [m.run(1), m.get('rip'), m.get('rsp'), m.get('rflags')]
    }
    // Neither IF nor IOPL change; TF takes effect behind the next instruction.
    expect(run(frame(0x33, 0x3cd7, 0x2b))).to.deep.equal([
      limit,
      BigInt(code + 0x20),
      BigInt(stackTop - 256),
      0xed7n,
    ])
    expect(run(frame(0x30, 2, 0x2b))[0]).to.deep.equal(exception(Vector.GP, 0x30))
    expect(run(frame(0x33, 2, 0x28))[0]).to.deep.equal(exception(Vector.GP, 0x28))
    expect(run(frame(0x23, 2, 0x2b))[0]).to.include({ kind: 'missing' })
  })

  it('return from interrupts into the middle of a block at any limit', () => {
    // iretq; inc eax; inc eax; hlt: to the second inc.
    for (const most of [1, 2, 100]) {
      const m = new BareMachine('48cf ffc0 ffc0 f4', { rsp: BigInt(stackTop - 64) })
      m.put(stackTop - 64, [code + 4, 0x33, 0x202, stackTop - 8, 0x2b].map(quad).join(''))
      m.run(most)
      if (most < 100) m.run(100)
      expect([m.get('rax'), m.retired]).to.deep.equal([1n, 2])
    }
  })

  it('refuse 32-bit code by name', () => {
    const m = new BareMachine('ff2f', { rdi: BigInt(data) })
    m.put(data, '20004000 2300')
    expect(m.run(1)).to.include({ kind: 'missing', text: 'jmp far fword ptr [rdi] to 32-bit code (cs 0x23)' })
  })
})

describe('branches with 16-bit operands', () => {
  it('go to the lowest 64 KiB, and push and pop two bytes', () => {
    // call rel16 +0x10
    const m = new BareMachine('66e81000')
    expect(m.run(1)).to.deep.equal(limit)
    expect([m.get('rip'), m.get('rsp')]).to.deep.equal([0x14n, BigInt(stackTop - 10)])
    expect(m.hex(stackTop - 10, 2)).to.equal('0400')
    const r = new BareMachine('66c20400')
    r.put(stackTop - 8, '3412')
    r.run(1)
    expect([r.get('rip'), r.get('rsp')]).to.deep.equal([0x1234n, BigInt(stackTop - 2)])
  })

  it('go on where they are not taken', () => {
    const m = new BareMachine('6674f0')
    m.run(1)
    expect(m.get('rip')).to.equal(BigInt(code + 3))
  })
})

describe('enter', () => {
  it('copies the frame pointers of outer levels', () => {
    // enter 0x20, 3
    const m = new BareMachine('c8200003', { rsp: BigInt(stackTop - 256), rbp: BigInt(stackTop - 64) })
    m.put(stackTop - 80, quad(0x2222) + quad(0x1111))
    expect(m.run(1)).to.deep.equal(limit)
    const frame = stackTop - 264
    expect([m.get('rbp'), m.get('rsp')]).to.deep.equal([BigInt(frame), BigInt(frame - 24 - 0x20)])
    expect(m.hex(frame - 24, 32)).to.equal([frame, 0x2222, 0x1111, stackTop - 64].map(quad).join(''))
  })

  it('changes no register when its end cannot be written', () => {
    const registers = { rsp: BigInt(stackTop - 4000), rbp: BigInt(stackTop - 64) }
    const m = new BareMachine('c8000102', registers)
    expect(m.run(1)).to.deep.equal(exception(Vector.PF, 6, stackTop - 4024 - 0x100))
    expect([m.get('rsp'), m.get('rbp')]).to.deep.equal([registers.rsp, registers.rbp])
  })
})

describe('alignment checks', () => {
  const flags = 0x4_0202n
  const misaligned = exception(Vector.AC)
  const run = (hex: string, offset: number) =>
    new BareMachine(hex, { rdi: BigInt(data + offset), rflags: flags }).run(1)

  it('ask for the size of an access, or of its parts', () => {
    for (const [hex, alignment] of [
      ['8a07', 1],
      ['668b07', 2],
      ['8b07', 4],
      ['488907', 8],
      ['0f1007', 16],
      ['db2f', 8],
      ['d937', 4],
      ['66d937', 2],
      ['dd37', 4],
      ['0fc70f', 8],
      ['0f6007', 4],
      ['f3aa', 1],
    ] as const) {
      expect(run(hex, 16 + alignment), hex).to.deep.equal(limit)
      if (alignment > 1) expect(run(hex, 16 + alignment / 2), hex).to.deep.equal(misaligned)
    }
  })

  it('come after non-canonical addresses and #GP of SSE, and before page faults', () => {
    expect(run('0f2807', 1)).to.deep.equal(exception(Vector.GP))
    const far = new BareMachine('8b07', { rdi: 0x8000_0000_0001n, rflags: flags })
    expect(far.run(1)).to.deep.equal(exception(Vector.GP))
    expect(run('8b07', 4096 + 1)).to.deep.equal(misaligned)
  })

  it('begin and end with the flag', () => {
    // mov eax, [rdi]; popfq; mov eax, [rdi]
    const m = new BareMachine('8b07 9d 8b07', { rdi: BigInt(data + 1) })
    m.put(stackTop - 8, quad(flags))
    expect(m.run()).to.deep.equal(misaligned)
    expect(m.retired).to.equal(2)
    m.set({ rflags: 0x202n })
    expect(m.run(1)).to.deep.equal(limit)
  })

  it('hold for every element of a repeated string', () => {
    // rep movsq, aligned, then with a misaligned source
    const registers = { rdi: BigInt(data), rsi: BigInt(data + 64), rcx: 4n, rflags: flags }
    expect(new BareMachine('f348a5', registers).run(4)).to.deep.equal(limit)
    expect(new BareMachine('f348a5', { ...registers, rsi: BigInt(data + 65) }).run(4)).to.deep.equal(
      misaligned,
    )
  })
})
