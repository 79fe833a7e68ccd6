// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { Task } from '../../src/kernel/kernel.ts'
import { Flag, Register, registerCount } from '../../src/machine/machine.ts'
import { type Analysis, analyse } from '../../src/uprobes/user-bkpt/analyse.ts'
import {
  abortStep,
  beginStep,
  finishStep,
  noTrap,
  type StepOutcome,
} from '../../src/uprobes/user-bkpt/single-step.ts'
import { fakeMemory, wordAt } from './fake-memory.ts'
import { code, isVector } from './is-vector.ts'

const probe = 0x401000n
const slot = 0x7fff_ffff_e080n
const rsp = 0x7f00n

type Options = {
  readonly flags?: bigint
  readonly stack?: bigint
  readonly instructions?: '2010'
}

/** A task with its step begun, every other register 0x1000 and its number. */
function begin(text: string, { flags = 2n, stack = rsp, instructions }: Options = {}) {
  const registers = new BigUint64Array(registerCount).map((_, index) => 0x1000n + BigInt(index))
  registers[Register.rip] = probe
  registers[Register.rsp] = stack
  registers[Register.rflags] = flags
  const task = { registers, trapNumber: 14 } as unknown as Task
  const analysis = analyse(code(text), {
    mode: 64,
    address: probe,
    emulated: 'branches-and-push',
    nops: 'by-opcode',
    optimize: 'none',
    refusal: 524,
    isVector,
    ...(instructions && { instructions }),
  }) as Analysis
  const step = beginStep(task, analysis, probe, slot)
  const { mm, bytes } = fakeMemory({ writable: [0x7000, 0x8000] })
  const register = (name: keyof typeof Register): bigint => registers[Register[name]]!
  return {
    task,
    register,
    bytes,
    /** The copy has been executed and has left these registers. */
    finish(left: Partial<Record<keyof typeof Register, bigint>>): StepOutcome {
      for (const [name, value] of Object.entries(left)) registers[Register[name as 'rip']] = value
      return finishStep(task, mm, step)
    },
    abort: () => abortStep(task, step),
  }
}

const isStepping = (flags: bigint): boolean => (flags & Flag.TF) !== 0n

describe('a step over a copy', () => {
  it('begins at the slot, with the trap flag and no trap number', () => {
    const { task, register } = begin('8d 04 37')
    expect(register('rip')).to.equal(slot)
    expect(register('rflags')).to.equal(2n | Flag.TF)
    expect(task.trapNumber).to.equal(noTrap)
    expect([...task.registers.slice(0, 4)]).to.deep.equal([0x1000n, 0x1001n, 0x1002n, 0x1003n])
  })

  it('ends behind the probe, with the flags and the trap number from before', () => {
    const step = begin('8d 04 37')
    expect(step.finish({ rip: slot + 3n, rax: 12n })).to.equal('done')
    expect(step.register('rip')).to.equal(probe + 3n)
    expect(step.register('rflags')).to.equal(2n)
    expect(step.register('rax')).to.equal(12n)
    expect(step.register('rsp')).to.equal(rsp)
    expect(step.task.trapNumber).to.equal(14)
    expect(step.task.registers[0x10 - 1]).to.equal(0x100fn)
  })

  it('goes back to the probe when it is aborted', () => {
    const step = begin('8b 05 10 00 00 00')
    step.abort()
    expect(step.register('rip')).to.equal(probe)
    expect(step.register('rsi')).to.equal(0x1006n)
    expect(step.register('rflags')).to.equal(2n)
    expect(step.task.trapNumber).to.equal(14)
  })

  it('keeps a trap flag that the program has set itself', () => {
    const done = begin('8d 04 37', { flags: 2n | Flag.TF })
    done.finish({ rip: slot + 3n })
    expect(isStepping(done.register('rflags'))).to.equal(true)
    const aborted = begin('8d 04 37', { flags: 2n | Flag.TF })
    aborted.abort()
    expect(isStepping(aborted.register('rflags'))).to.equal(true)
  })

  it('keeps the trap flag that popf has popped, and only then', () => {
    const set = begin('9d')
    set.finish({ rip: slot + 1n, rflags: 2n | Flag.TF })
    expect(isStepping(set.register('rflags'))).to.equal(true)
    const other = begin('50', { stack: 0x10n })
    other.finish({ rip: slot + 1n, rflags: 2n | Flag.TF })
    expect(isStepping(other.register('rflags'))).to.equal(false)
  })

  it('gives the scratch register the address behind the instruction, and its value back', () => {
    const step = begin('8b 05 10 00 00 00')
    expect(step.register('rsi')).to.equal(probe + 6n)
    step.finish({ rip: slot + 6n })
    expect(step.register('rsi')).to.equal(0x1006n)
    expect(step.register('rip')).to.equal(probe + 6n)
  })

  it('in 2010 gives it the whole address, and counts the four bytes that the copy lacks', () => {
    const step = begin('8b 0d 10 00 00 00', { instructions: '2010' })
    expect(step.register('rax')).to.equal(probe + 6n + 0x10n)
    step.finish({ rip: slot + 2n, rcx: 5n })
    expect(step.register('rip')).to.equal(probe + 6n)
    expect(step.register('rax')).to.equal(0x1000n)
    expect(step.register('rcx')).to.equal(5n)
  })

  it('leaves what a return or a jump has made of rip', () => {
    for (const text of ['c3', 'ff e0']) {
      const step = begin(text)
      step.finish({ rip: 0x1234n })
      expect(step.register('rip'), text).to.equal(0x1234n)
    }
  })

  it('replaces the return address that a call has pushed', () => {
    const step = begin('ff d0')
    expect(step.finish({ rip: 0x1234n, rsp: rsp - 8n })).to.equal('done')
    expect(step.register('rip')).to.equal(0x1234n)
    expect(step.register('rsp')).to.equal(rsp - 8n)
    expect(wordAt(step.bytes, 0x7ef8)).to.equal(probe + 2n)
  })

  it('is to be done again where that address cannot be written', () => {
    const step = begin('ff d0', { stack: 0x6008n })
    expect(step.finish({ rip: 0x1234n, rsp: 0x6000n })).to.equal('restart')
    expect(step.register('rip')).to.equal(probe)
    expect(step.register('rsp')).to.equal(0x6008n)
    expect(step.register('rflags')).to.equal(2n)
  })

  it('of a call whose push has failed before is to be done again, without the pushed word', () => {
    const step = begin('e8 10 00 00 00')
    expect(step.finish({ rip: slot + 5n, rsp: rsp - 8n })).to.equal('restart')
    expect(step.register('rip')).to.equal(probe)
    expect(step.register('rsp')).to.equal(rsp)
  })

  it('of a push whose emulation has failed before ends in the slot', () => {
    const step = begin('50')
    expect(step.finish({ rip: slot + 1n, rsp: rsp - 8n })).to.equal('done')
    expect(step.register('rip')).to.equal(slot + 1n)
    expect(step.register('rsp')).to.equal(rsp - 8n)
  })
})
