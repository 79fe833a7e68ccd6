// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { AddressSpace, DieNotifier, Kernel, SignalInfo, Task } from '../../src/kernel/kernel.ts'
import { Register } from '../../src/machine/machine.ts'
import type { Execution } from '../../src/uprobes/hit/execute.ts'
import type { HitParts } from '../../src/uprobes/hit/parts.ts'
import { resume } from '../../src/uprobes/hit/resume.ts'
import { needState } from '../../src/uprobes/hit/task-state.ts'
import { marksOf } from '../../src/uprobes/registry/mm-marks.ts'
import { handleInNotifier } from '../../src/uprobes/strategies/handlers/notifier.ts'
import { trapBySignal } from '../../src/uprobes/strategies/trap/signal.ts'

const probed = 0x400000n
const elsewhere = 0x400010n

/** A task behind a breakpoint, in a process with a probe; its step under way, if it has one, writes down what becomes of it. */
function setUp({ at = probed, hasProbes = true, step = undefined as Partial<Execution> | undefined } = {}) {
  const done: string[] = []
  const mm = { plugins: new Map(), read: () => 0 } as unknown as AddressSpace
  marksOf(mm).hasProbes = hasProbes
  const registers = new BigUint64Array(32)
  registers[Register.rip] = at + 1n
  const task = { plugins: new Map(), registers, mm, resumeWork: false, trapNumber: 3 } as unknown as Task
  if (step)
    needState(task).active = {
      state: 'stepping',
      trapped: () => done.push('trapped') > 0,
      superseded: () => done.push('superseded'),
      finished: () => done.push('finished') && 'done',
      aborted: () => done.push('aborted'),
      released: () => done.push('released'),
      ...step,
    } as unknown as Execution
  const reportSignal: ((task: Task, signal: SignalInfo) => unknown)[] = []
  const kernel = { records: () => false, hooks: { reportSignal } } as unknown as Kernel
  const probeAt = (_: AddressSpace, place: number) => {
    done.push('lookup')
    return BigInt(place) === probed ? {} : undefined
  }
  const registry = { lifetime: { probeAt, recalculate: () => {} } } as unknown as HitParts['registry']
  const parts = { kernel, registry } as HitParts
  const takes = (signal: number) => reportSignal[0]!(task, { signal } as SignalInfo) !== undefined
  return { task, parts, done, takes }
}

const stepOf = (call: boolean): Partial<Execution> => {
  const action = { kind: 'step', fixUps: { call } }
  return { state: 'executed', uprobe: { analysis: { action } } } as unknown as Partial<Execution>
}

describe('a notifier that handles hits', () => {
  const told = (trap: 'int3' | 'debug', options: Parameters<typeof setUp>[0]): ReturnType<DieNotifier> => {
    const { parts, task } = setUp(options)
    return handleInNotifier(parts)(trap, task)
  }

  it('claims the trap of a probe, in a process that has some, and the end of a step', () => {
    expect(told('int3', {})).to.have.property('verdict', 'stop')
    expect(told('int3', { at: elsewhere })).to.equal('done')
    expect(told('int3', { hasProbes: false })).to.equal('done')
    expect(told('debug', {})).to.equal('done')
    expect(told('debug', { step: stepOf(false) })).to.have.property('verdict', 'stop')
  })

  it('looks nothing up where the process has no probes', () => {
    const { parts, task, done } = setUp({ hasProbes: false })
    handleInNotifier(parts)('int3', task)
    expect(done).to.deep.equal([])
  })

  it('leaves a return address on the stack to the way back to user mode', () => {
    const { parts, task, done } = setUp({ step: stepOf(true) })
    expect(handleInNotifier(parts)('debug', task)).to.equal('stop')
    expect([task.resumeWork, done]).to.deep.equal([true, ['trapped']])
  })

  it('does so for no other step, and for no breakpoint in the middle of one', () => {
    for (const [trap, call] of [
      ['debug', false],
      ['int3', true],
    ] as const) {
      const { parts, task } = setUp({ step: stepOf(call) })
      handleInNotifier(parts)(trap, task)
      expect(task.resumeWork).to.equal(false)
    }
  })
})

describe('probes that live on SIGTRAP', () => {
  const takes = (signal: number, options: Parameters<typeof setUp>[0] = {}): [boolean, string[]] => {
    const world = setUp(options)
    trapBySignal(world.parts)
    return [world.takes(signal), world.done]
  }

  it('take that of a task behind a probe, and no other signal', () => {
    expect(takes(5)).to.deep.equal([true, ['lookup']])
    expect(takes(5, { at: elsewhere })).to.deep.equal([false, ['lookup']])
    expect(takes(11)).to.deep.equal([false, []])
  })

  it('take it for the end of a step, unless it came from a breakpoint that ends the step', () => {
    const { uprobe } = stepOf(false)
    expect(takes(5, { step: { uprobe: uprobe! } })).to.deep.equal([true, ['lookup', 'superseded']])
    const never = { superseded: undefined, uprobe: uprobe! } as unknown as Partial<Execution>
    expect(takes(5, { step: never })).to.deep.equal([true, ['trapped']])
  })
})

describe('the way back to user mode', () => {
  it('of a task that another breakpoint has stopped gives the step up, and then looks at the breakpoint', () => {
    const { parts, task, done } = setUp({ at: elsewhere, step: { state: 'superseded' } })
    resume(parts, task)
    expect(done).to.deep.equal(['released', 'lookup'])
    expect(task.registers[Register.rip]).to.equal(elsewhere)
  })
})
