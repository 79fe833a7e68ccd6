// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect } from 'chai'
import { baseInstruction, destinationAddress } from '../../src/machine/cpu/decode/base-instruction.ts'
import { undefinedFlags } from '../../src/machine/cpu/decode/undefined-flags.ts'
import { createMachine } from '../../src/machine/create-machine.ts'
import { Register, type RegisterName } from '../../src/machine/machine.ts'
import { FlatSpace } from '../../src/machine/vectors/flat-space.ts'
import { readVectors, vectorDataAddress } from '../../src/machine/vectors/read-vectors.ts'
import { flagsMask } from '../../src/machine/vectors/verdict.ts'
import { BareMachine, data, stackTop } from './bare-machine.ts'

/** Nothing is mapped there. */
const nowhere = 0x1234_5000n

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
}

function known(hex: string): boolean {
  return baseInstruction(bytesOf(hex), nowhere) !== undefined
}

describe('an instruction that is done from given bytes', () => {
  it('does what hardware did, and writes no memory but what it is said to', () => {
    const file = readFileSync(new URL('data/integer.vectors.gz', import.meta.url))
    const machine = createMachine({ memory: 0x10_0000 })
    const { cpu } = machine
    const space = new FlatSpace(machine)
    space.map(0x2000_0000, 0x3_0000, 'rw')
    let checked = 0
    for (const { instruction, input, signal, output } of readVectors(gunzipSync(file))) {
      const base = baseInstruction(instruction, nowhere)
      if (!base || !output || signal !== 0) continue
      space.write(vectorDataAddress, input.data)
      cpu.reset()
      cpu.registers.set(input.registers)
      cpu.registers[Register.rip] = nowhere
      cpu.registers[Register.rflags] = BigInt(input.rflags)
      const written = base.destinations.map(destination => ({
        start: Number(destinationAddress(destination, cpu.registers)) - vectorDataAddress,
        bytes: destination.bytes,
      }))
      const name = Buffer.from(instruction).toString('hex')
      expect(cpu.interpret(instruction), name).to.deep.equal({ kind: 'limit' })

      expect(cpu.registers.slice(0, 16), name).to.deep.equal(output.registers)
      const mask = flagsMask & ~undefinedFlags(instruction)
      expect(Number(cpu.registers[Register.rflags]) & mask, name).to.equal(output.rflags & mask)
      expect(cpu.registers[Register.rip], name).to.equal(nowhere + BigInt(base.length))
      const memory = space.read(vectorDataAddress, 256)
      expect(memory, name).to.deep.equal(output.data)
      memory.forEach((byte, at) => {
        if (byte === input.data[at]) return
        expect(
          written.some(({ start, bytes }) => at >= start && at < start + bytes),
          `${name} at ${at}`,
        ).to.equal(true)
      })
      checked++
    }
    expect(checked).to.be.greaterThan(200)
  })

  const run = (hex: string, registers: Partial<Record<RegisterName, bigint>> = {}) => {
    const machine = new BareMachine('', { rip: nowhere, ...registers })
    return { machine, exit: machine.machine.cpu.interpret(bytesOf(hex)) }
  }

  it('finds what is relative to rip, and where branches go, as if it lay there', () => {
    expect(run('48 8d 05 10 00 00 00').machine.get('rax')).to.equal(nowhere + 0x17n)
    expect(run('e9 00 01 00 00').machine.get('rip')).to.equal(nowhere + 0x105n)
    expect(run('74 10', { rflags: 0x242n }).machine.get('rip')).to.equal(nowhere + 0x12n)
    expect(run('74 10', { rflags: 0x202n }).machine.get('rip')).to.equal(nowhere + 2n)
    const { machine } = run('e8 00 01 00 00')
    expect(machine.hex(stackTop - 16, 8)).to.equal('0550341200000000')
  })

  it('changes nothing where it faults', () => {
    const { machine, exit } = run('01 07', { rdi: 0x10n, rax: 5n })
    expect(exit).to.deep.equal({ kind: 'exception', vector: 14, error: 6, address: 0x10n })
    expect([machine.get('rip'), machine.get('rax')]).to.deep.equal([nowhere, 5n])
    expect(run('f7 f1', { rcx: 0n }).exit).to.deep.include({ vector: 0 })
    expect(run('0f 0b').exit).to.deep.include({ vector: 6 })
  })

  it('neither counts nor is followed by a trap', () => {
    const { machine, exit } = run('9c', { rflags: 0x302n })
    expect(exit).to.deep.equal({ kind: 'limit' })
    expect(machine.retired).to.equal(0)
    expect(machine.hex(stackTop - 16, 2)).to.equal('0203')
  })

  it('leaves decoded code that goes on alone', () => {
    const machine = new BareMachine('ff c0 ff c0 ff c0', { rax: 0n })
    machine.run(1)
    machine.machine.cpu.interpret(bytesOf('48 83 c0 10'))
    machine.set({ rip: 0x40_0002n })
    machine.run(2)
    expect(machine.get('rax')).to.equal(0x13n)
  })
})

describe('the base set', () => {
  it('has integer instructions, locked ones too, and hints', () => {
    for (const hex of [
      '01 07',
      'f0 48 0f c1 07',
      'f0 48 0f b1 0f',
      '48 0f c7 0f',
      'c9',
      'a4',
      '9d',
      'c8 10 00 03',
    ])
      expect(known(hex), hex).to.equal(true)
    for (const hex of ['90', 'f3 90', '0f 1f 00', 'f3 0f 1e fa']) expect(known(hex), hex).to.equal(true)
  })

  it('has nothing newer, no floating point, nothing of the system, and no string that repeats', () => {
    for (const hex of ['0f 58 c1', 'd8 c1', '0f 77', 'f3 0f b8 c1', 'c5 f8 57 c0', '66 0f 38 f0 00'])
      expect(known(hex), hex).to.equal(false)
    for (const hex of [
      '0f 05',
      'cd 80',
      '0f 0b',
      'f4',
      'fa',
      '0f a2',
      '0f 31',
      '8e d8',
      '48 cf',
      'cb',
      'e4 60',
    ])
      expect(known(hex), hex).to.equal(false)
    for (const hex of ['f3 a4', 'f2 ae', '48 0f ab 0f', '06', '48 0f b2 07'])
      expect(known(hex), hex).to.equal(false)
  })

  it('says what an instruction writes, from the registers before it', () => {
    const at = (hex: string, registers: Partial<Record<RegisterName, bigint>>) => {
      const { machine } = new BareMachine('', registers)
      return baseInstruction(bytesOf(hex), nowhere)!.destinations.map(destination => [
        Number(destinationAddress(destination, machine.cpu.registers)),
        destination.bytes,
      ])
    }
    expect(at('48 01 44 8b 10', { rbx: BigInt(data), rcx: 3n })).to.deep.equal([[data + 28, 8]])
    expect(at('64 89 04 25 10 00 00 00', { fsBase: BigInt(data) })).to.deep.equal([[data + 16, 4]])
    expect(at('67 89 07', { rdi: 0xffff_ffff_0060_0000n })).to.deep.equal([[data, 4]])
    expect(at('01 05 00 00 00 00', {})).to.deep.equal([[Number(nowhere) + 6, 4]])
    expect(at('50', {})).to.deep.equal([[stackTop - 16, 8]])
    expect(at('8f 04 24', {})).to.deep.equal([[stackTop, 8]])
    expect(at('8b 07', {})).to.deep.equal([])
  })
})
