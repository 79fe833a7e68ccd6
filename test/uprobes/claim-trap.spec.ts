// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { AddressSpace, Task } from '../../src/kernel/kernel.ts'
import { Register } from '../../src/machine/machine.ts'
import { claimBreakpoint, isProbed, mayHaveProbes, stepExecuted } from '../../src/uprobes/hit/claim-trap.ts'
import { denySignal } from '../../src/uprobes/hit/deny-signal.ts'
import type { Execution } from '../../src/uprobes/hit/execute.ts'
import { handleReturn } from '../../src/uprobes/hit/handle-return.ts'
import type { HitParts } from '../../src/uprobes/hit/parts.ts'
import { needState } from '../../src/uprobes/hit/task-state.ts'
import { marksOf } from '../../src/uprobes/registry/mm-marks.ts'
import { type Booted, boot } from './boot.ts'

const space = () => ({ plugins: new Map() }) as unknown as AddressSpace
const taskOf = (more: Partial<Task> = {}): Task =>
  ({ plugins: new Map(), registers: new BigUint64Array(32), mm: space(), ...more }) as unknown as Task

const program = `
.globl _start
_start: call f
        call g
        mov edi, eax
        mov eax, 231
        syscall
f:      lea eax, [rdi+3]
        ret
g:      int3
        ret
`

describe('a breakpoint trap', () => {
  it('may be of probes where the process has some, or a return is pending', () => {
    expect(mayHaveProbes(taskOf({ mm: undefined }))).to.equal(false)
    expect(mayHaveProbes(taskOf())).to.equal(false)
    const marked = taskOf()
    marksOf(marked.mm!).hasProbes = true
    expect(mayHaveProbes(marked)).to.equal(true)
    const returning = taskOf()
    needState(returning).returns.push({} as never)
    expect(mayHaveProbes(returning)).to.equal(true)
  })

  it('is that of a probe at a user address, or of the trampoline', () => {
    const parts = {
      registry: { lifetime: { probeAt: (_: unknown, at: number) => (at === 0x400000 ? {} : undefined) } },
    } as unknown as HitParts
    const behind = (address: bigint, mm: AddressSpace | undefined = space()): boolean => {
      const task = taskOf({ mm })
      task.registers[Register.rip] = address + 1n
      return isProbed(parts, task)
    }
    expect([behind(0x400000n), behind(0x400001n), behind(2n ** 63n)]).to.deep.equal([true, false, false])
    const dead = taskOf({ mm: undefined })
    dead.registers[Register.rip] = 0x400001n
    expect(isProbed(parts, dead)).to.equal(false)
    const app = boot(program, { 'return-trampoline': 'int3' })
    app.attach('f', app.returnConsumer('f'))
    const task = app.start()
    app.until(task, 'stepped')
    expect(behind(BigInt(app.uprobes.inspect().slotArea(task.mm!)!.start), task.mm!)).to.equal(true)
    expect(behind(BigInt(app.uprobes.inspect().slotArea(task.mm!)!.start) + 1n, task.mm!)).to.equal(false)
  })

  it('is claimed, whether the task has a step that it could end or not', () => {
    const ended: string[] = []
    expect(claimBreakpoint(taskOf())).to.equal(true)
    const task = taskOf()
    needState(task).active = {} as Execution
    expect(claimBreakpoint(task)).to.equal(true)
    needState(task).active = { superseded: () => ended.push('step') } as unknown as Execution
    expect([claimBreakpoint(task), ended]).to.deep.equal([true, ['step']])
  })

  it('of a single step is that of the step under way, where there is one', () => {
    expect(stepExecuted(taskOf())).to.equal(false)
    const task = taskOf()
    expect([needState(task).active, stepExecuted(task)]).to.deep.equal([undefined, false])
    needState(task).active = { trapped: () => true } as unknown as Execution
    expect(stepExecuted(task)).to.equal(true)
    expect(stepExecuted(Object.assign(task, { mm: undefined }))).to.equal(false)
  })

  it('at the trampoline, of a thread without pending returns, is SIGILL', () => {
    const signals: number[] = []
    const kernel = {
      forceSignal: (_: Task, { signal }: { signal: number }) => signals.push(signal),
      log: () => {},
    }
    expect(handleReturn({ kernel } as unknown as HitParts, taskOf())).to.equal(undefined)
    expect(signals).to.deep.equal([4])
  })

  it('at a place that is registered but not installed there is taken again and again (spec 05 §4 step 5)', () => {
    const app = boot(program)
    app.attach('f', app.consumer('f'))
    app.attach('g', app.consumer('g', { filter: () => false }))
    const task = app.start()
    expect(() => app.finish(task)).to.throw('without ending its step')
    expect(app.hits.map(line => line[0])).to.deep.equal(['f'])
  })
})

describe('a signal during a step', () => {
  it('waits, and is remembered only where there is one', () => {
    const quiet = taskOf({ signalPending: false, trapNumber: 2 ** 32 - 1 } as Partial<Task>)
    const step = { state: 'stepping', signalDenied: false } as Execution
    needState(quiet).active = step
    expect([denySignal(quiet), step.signalDenied, quiet.signalPending]).to.deep.equal([true, false, false])
    Object.assign(quiet, { signalPending: true })
    denySignal(quiet)
    expect([step.signalDenied, quiet.signalPending]).to.deep.equal([true, false])
  })
})

describe('what handlers ask for', () => {
  const verdicts = (app: Booted, verdict: 0 | 1): string => {
    let wanted = true
    app.attach('f', app.consumer('f', { filter: () => wanted, handler: () => verdict }))
    const task = app.start()
    wanted = false
    app.finish(task)
    return app.events('trap').join()
  }

  it('is done where all ask for it, and the filter says so too', () => {
    const twice = program.replace('call g', 'call f')
    for (const [verdict, times] of [
      [0, 2],
      [1, 1],
    ] as const)
      expect(verdicts(boot(twice), verdict).split(',')).to.have.lengthOf(times)
  })

  it('a frame that a longjmp has left does not share the return of a tail call', () => {
    const app = boot(`
.globl _start
_start: call outer
        mov edi, eax
        mov eax, 231
        syscall
outer:  mov rbx, rsp
        call inner
resume: jmp tail
inner:  mov rsp, rbx
        jmp resume
tail:   mov eax, 4
        ret
`)
    for (const name of ['outer', 'inner', 'tail']) app.attach(name, app.returnConsumer(name))
    const task = app.start()
    app.finish(task)
    expect(app.hits.map(line => line.split(' ')[0])).to.deep.equal(['tail', 'outer'])
    expect(app.kernel.ending(task)?.code).to.equal(4)
  })
})
