// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { Flag, Register, registerCount } from '../../src/machine/machine.ts'
import { type Analysis, analyse } from '../../src/uprobes/user-bkpt/analyse.ts'
import { emulate } from '../../src/uprobes/user-bkpt/emulate.ts'
import { holds } from '../../src/uprobes/user-bkpt/holds.ts'
import { fakeMemory, wordAt } from './fake-memory.ts'
import { code, isVector } from './is-vector.ts'

const stack: [number, number] = [0x7000, 0x8000]

function run(
  text: string,
  state: Partial<Record<keyof typeof Register, bigint>>,
): { done: boolean; registers: BigUint64Array; bytes: Map<number, number> } {
  const analysis = analyse(code(text), {
    mode: 64,
    address: 0x401000n,
    emulated: 'branches-and-push',
    nops: 'by-opcode',
    optimize: 'nop5',
    refusal: 524,
    isVector,
  }) as Analysis
  const registers = new BigUint64Array(registerCount)
  registers[Register.rip] = 0x401000n
  registers[Register.rsp] = 0x7f00n
  for (const [name, value] of Object.entries(state))
    registers[Register[name as keyof typeof Register]] = value
  const { mm, bytes } = fakeMemory({ writable: stack })
  return { done: emulate(analysis, mm, registers), registers, bytes }
}

describe('emulation', () => {
  it('jumps by a signed distance from the end of the instruction', () => {
    expect(run('eb fe', {}).registers[Register.rip]).to.equal(0x401000n)
    expect(run('e9 fb 0f 00 00', {}).registers[Register.rip]).to.equal(0x402000n)
    expect(run('e9 00 00 00 80', { rip: 0x10n }).registers[Register.rip]).to.equal(0xffff_ffff_8000_0015n)
  })

  it('calls: pushes the address behind the call', () => {
    const { done, registers, bytes } = run('e8 10 00 00 00', {})
    expect(done).to.equal(true)
    expect(registers[Register.rip]).to.equal(0x401015n)
    expect(registers[Register.rsp]).to.equal(0x7ef8n)
    expect(wordAt(bytes, 0x7ef8)).to.equal(0x401005n)
  })

  it('pushes each register, rsp with its old value', () => {
    expect(wordAt(run('50', { rax: 2n ** 64n - 1n }).bytes, 0x7ef8)).to.equal(2n ** 64n - 1n)
    expect(wordAt(run('41 57', { r15: 15n }).bytes, 0x7ef8)).to.equal(15n)
    const { registers, bytes } = run('54', {})
    expect(wordAt(bytes, 0x7ef8)).to.equal(0x7f00n)
    expect(registers[Register.rsp]).to.equal(0x7ef8n)
    expect(registers[Register.rip]).to.equal(0x401001n)
  })

  it('leaves a push that faults to a step, with every register as it was', () => {
    for (const [text, rsp] of [
      ['50', 0x7000n],
      ['e8 10 00 00 00', 0x7004n],
      ['50', 0n],
      ['50', 0xffff_8000_0000_0008n],
    ] as const) {
      const { done, registers } = run(text, { rsp })
      expect(done, text).to.equal(false)
      expect(registers[Register.rsp]).to.equal(rsp)
      expect(registers[Register.rip]).to.equal(0x401000n)
    }
  })

  it('leaves what it does not know to a step', () => {
    const { done, registers } = run('8d 04 37', {})
    expect([done, registers[Register.rip]]).to.deep.equal([false, 0x401000n])
  })

  it('changes no flag and loses the exchange of 41 90', () => {
    const rflags = 0x8d5n
    const { registers } = run('41 90', { rax: 2n, r8: 1n, rflags })
    expect(registers[Register.rax]).to.equal(2n)
    expect(registers[Register.rflags]).to.equal(rflags)
    expect(registers[Register.rip]).to.equal(0x401002n)
  })

  it('takes conditional jumps, short and near, as the flags say', () => {
    for (let condition = 0; condition < 16; condition++)
      for (const rflags of [2n, 3n, 6n, 0x42n, 0x82n, 0x802n, 0x882n, 0x8d7n]) {
        const target = holds(condition, rflags) ? 0x401012n : 0x401002n
        const short = run(`7${condition.toString(16)} 10`, { rflags })
        expect(short.registers[Register.rip]).to.equal(target)
        const near = run(`0f 8${condition.toString(16)} 0c 00 00 00`, { rflags })
        expect(near.registers[Register.rip]).to.equal(target === 0x401012n ? 0x401012n : 0x401006n)
      }
  })
})

describe('the condition codes', () => {
  const { CF, PF, ZF, SF, OF } = Flag
  const meanings: [number, string, (set: (flag: bigint) => boolean) => boolean][] = [
    [0x0, 'o', set => set(OF)],
    [0x2, 'b', set => set(CF)],
    [0x4, 'e', set => set(ZF)],
    [0x6, 'be', set => set(CF) || set(ZF)],
    [0x8, 's', set => set(SF)],
    [0xa, 'p', set => set(PF)],
    [0xc, 'l', set => set(SF) !== set(OF)],
    [0xe, 'le', set => set(ZF) || set(SF) !== set(OF)],
  ]
  for (const [condition, name, meaning] of meanings)
    it(`${name} and n${name} in all 32 states`, () => {
      for (let state = 0; state < 32; state++) {
        const flags = [CF, PF, ZF, SF, OF].reduce(
          (sum, flag, bit) => (state & (1 << bit) ? sum | flag : sum),
          0n,
        )
        const expected = meaning(flag => (flags & flag) !== 0n)
        expect(holds(condition, flags)).to.equal(expected)
        expect(holds(condition + 1, flags)).to.equal(!expected)
      }
    })
})
