// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { KernelPath, Task } from '../../src/kernel/kernel.ts'
import { endStep, leaveStep } from '../../src/uprobes/hit/end-step.ts'
import type { Execution } from '../../src/uprobes/hit/execute.ts'
import type { HitParts } from '../../src/uprobes/hit/parts.ts'
import { releaseTask } from '../../src/uprobes/hit/process-hooks.ts'
import { needState, stateOf, type TaskState } from '../../src/uprobes/hit/task-state.ts'
import { marksOf } from '../../src/uprobes/registry/mm-marks.ts'
import type { Uprobe } from '../../src/uprobes/registry/uprobe.ts'
import { boot } from './boot.ts'

const program = `
.globl _start
_start: mov ebx, 2
again:  call f
        dec ebx
        jnz again
        xor edi, edi
        mov eax, 231
        syscall
f:      .byte 0x0f, 0x1f, 0x44, 0x00, 0x00
last:   lea eax, [rax]
        ret
`

describe('handlers', () => {
  it('are told where the file lies, and whether a call has brought the hit', () => {
    const app = boot(program)
    const told: unknown[] = []
    app.attach(
      'f',
      app.consumer('f', {
        *handler({ bias, optimised, address, mm, task }) {
          told.push([bias === address - app.offset('f'), optimised, address, mm === task.mm])
          return 0
        },
      }),
    )
    app.finish(app.start())
    const address = app.address('f')
    expect(told).to.deep.equal([
      [true, undefined, address, true],
      [true, true, address, true],
    ])
  })

  it('that move rip do so within the step', () => {
    const app = boot(program, { optimize: 'none' })
    app.attach(
      'f',
      app.consumer('f', {
        *handler({ registers }) {
          registers[16] = app.address('last')
          return 0
        },
      }),
    )
    const task = app.start()
    app.stepTo(task, app.address('f'))
    app.step(task)
    expect(app.register(task, 'rip')).to.equal(app.address('last') + 2n)
  })

  it('of a return are not called once they are gone, though an earlier one sleeps', () => {
    const app = boot(program, { optimize: 'none' })
    let awake = false
    const old = app.returnConsumer('old')
    app.attach('last', old)
    app.attach('last', {
      probe: 'slow',
      *returnHandler(): KernelPath {
        yield { kind: 'sleep', reason: 'test', interruptible: false, ready: () => awake }
        app.hits.push('slow')
      },
    })
    app.attach('last', { probe: 'deaf', handler: () => 0 })
    const task = app.start()
    app.finish(task)
    expect(task.state).to.equal('sleeping')
    app.detach('last', old)
    awake = true
    app.finish(task)
    expect(app.hits).to.deep.equal(['slow', 'slow'])
    expect(app.kernel.ending(task)?.code).to.equal(0)
  })

  it('without a return handler hear nothing of one that a neighbour asks for', () => {
    const app = boot(program, { optimize: 'none' })
    app.attach('last', app.returnConsumer('r'))
    app.attach('last', app.consumer('p'))
    const task = app.start()
    app.finish(task)
    expect(app.hits.map(line => line.split(' ')[0])).to.deep.equal(['p', 'r', 'p', 'r'])
  })

  it('leave the doubt whether a process has probes to who finds none', () => {
    const app = boot(program, { optimize: 'none' })
    const gone = app.consumer('gone')
    app.attach('again', gone)
    app.attach('last', app.consumer('p'))
    const task = app.start()
    app.detach('again', gone)
    app.until(task, 'stepped')
    expect(marksOf(task.mm!)).to.deep.equal({ hasProbes: true, recalculate: true })
  })
})

describe('the end of a step', () => {
  /** A step of a task to which a signal has come, or not. */
  const setUp = (more: Partial<Execution>) => {
    const calls: string[] = []
    const parts = { kernel: { records: () => false } } as unknown as HitParts
    const active = {
      uprobe: { name: 'p' },
      state: 'executed',
      signalDenied: false,
      finished: () => calls.push('finished') && 'done',
      aborted: () => calls.push('aborted'),
      released: () => calls.push('released'),
      ...more,
    } as unknown as Execution
    const flags = { stepping: true, restarting: false, signalPending: false }
    const task = { ...flags, registers: new BigUint64Array(32) } as unknown as Task
    const state = { active } as TaskState
    return { parts, active, task, state, calls }
  }

  it('gives everything back, whether the copy was executed or not', () => {
    for (const [how, call] of [
      ['executed', 'finished'],
      ['trapped', 'aborted'],
    ] as const) {
      const { parts, active, task, state, calls } = setUp({ state: how })
      expect(endStep(parts, task, state, active)).to.equal(undefined)
      expect(calls).to.deep.equal([call])
      expect(state.active).to.equal(undefined)
      expect(task).to.include({ stepping: false, restarting: false, signalPending: false })
    }
  })

  it('goes on within the step where the instruction has to be done again', () => {
    const { parts, active, task, state } = setUp({ finished: () => 'restart' })
    endStep(parts, task, state, active)
    expect(task.restarting).to.equal(true)
  })

  it('lets the signal through that has waited', () => {
    const ended = setUp({ signalDenied: true })
    endStep(ended.parts, ended.task, ended.state, ended.active)
    const left = setUp({ signalDenied: true })
    leaveStep(left.task, left.state, left.active)
    expect([ended, left].map(({ task }) => task.signalPending)).to.deep.equal([true, true])
  })

  it('of a task that leaves before it gives everything back or loses the probe (bug B13), and the task steps no more', () => {
    for (const [how, told] of [
      ['given back', []],
      ['lost', ['uprobe_free_utask: active uprobe', 'p leaks']],
    ] as const) {
      const { active, task } = setUp({ left: () => how })
      Object.assign(task, { plugins: new Map() })
      needState(task).active = active
      const log: string[] = []
      const parts = {
        kernel: { records: () => false },
        registry: { leak: ({ name }: Uprobe) => log.push(`${name} leaks`) },
        warnings: { warn: (line: string) => log.push(line) },
      }
      releaseTask(parts as unknown as HitParts, task, 'exec')
      expect([task.stepping, stateOf(task)]).to.deep.equal([false, undefined])
      expect(log).to.deep.equal(told)
    }
  })

  it('that another breakpoint has come before gives everything back too', () => {
    const { active, task, state, calls } = setUp({ state: 'superseded' })
    leaveStep(task, state, active)
    expect(calls).to.deep.equal(['released'])
    expect(state.active).to.equal(undefined)
    expect(task).to.include({ stepping: false, restarting: false, signalPending: false })
  })
})
