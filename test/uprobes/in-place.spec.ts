// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { KernelPath, Task } from '../../src/kernel/kernel.ts'
import { Flag, Register } from '../../src/machine/machine.ts'
import type { KernelProfile } from '../../src/uprobes/profile.ts'
import type { Uprobe } from '../../src/uprobes/registry/uprobe.ts'
import { type ExecuteParts, executes } from '../../src/uprobes/strategies/execute/executes.ts'
import { type Booted, boot, makeThread } from './boot.ts'
import { at, bugsOf } from './bugs-of.ts'

const inline: Partial<KernelProfile> = { execute: 'inline', emulated: 'none' }
const alone: Partial<KernelProfile> = { ...inline, insert: 'quiesce' }
const exit = '\nmov eax, 231\nsyscall\n'

function started(program: string, choices = inline): { app: Booted; task: Task } {
  const app = boot(`.globl _start\n_start:\n${program}`, choices)
  expect(app.attach('work', app.consumer('work'))).to.equal(0)
  return { app, task: app.start() }
}

/** Two threads, both about to execute `work`. */
const twoThreads = `
        ${makeThread}
work:   lea ecx, [rdi+1]
after:  mov eax, 60
        syscall
`

function twoAt(choices: Partial<KernelProfile>): { app: Booted; first: Task; second: Task } {
  const { app, task: first } = started(twoThreads, choices)
  app.until(first, 'step')
  return { app, first, second: app.kernel.tasks.at(-1)! }
}

/** What a debugger of the process writes. */
function patch(app: Booted, task: Task, symbol: string, byte: number): void {
  const address = Number(app.address(symbol))
  const frame = task.mm!.page(address, 'write', true)
  app.kernel.machine.memory.write(frame, address % 4096, Uint8Array.of(byte))
}

const hasTrapFlag = ({ registers }: Task): boolean => (registers[Register.rflags]! & Flag.TF) !== 0n

describe('a probed instruction that is executed where it is', () => {
  it('can be missed by others meanwhile, who are not stopped', () => {
    const { app, first, second } = twoAt(inline)
    app.stepTo(second, app.address('after'))
    app.finish(first)
    expect(app.hits).to.have.lengthOf(1)
    expect(app.events('quiesce', 'resumed')).to.deep.equal([])
  })

  it('is a second hit for who meets the breakpoint that a faster one has written', () => {
    const { app, first, second } = twoAt(inline)
    patch(app, first, 'work', 0xcc)
    app.until(second, 'step')
    app.until(first, 'stepped')
    app.until(second, 'step')
    app.until(second, 'stepped')
    expect(app.hits).to.have.lengthOf(3)
    expect([app.bytes(second, 'work', 1), hasTrapFlag(second)]).to.deep.equal(['cc', false])
  })

  it('is stepped while all others stand still, where breakpoints are written in that way', () => {
    const { app, first, second } = twoAt(alone)
    app.step(second, 10)
    expect(first.turnedBack).to.equal(false)
    expect([app.register(second, 'rip'), app.hits.length]).to.deep.equal([app.address('work'), 1])
    app.until(first, 'resumed')
    app.finish(first)
    app.finish(second)
    expect(app.hits).to.have.lengthOf(2)
    const stops = app.kernel.events.filter(({ kind }) => kind === 'quiesce')
    const ofHits = stops.filter(({ fields }) => fields['probe'] === 'work' && fields['threads'] === 1n)
    expect(ofHits.map(({ thread }) => thread)).to.include(first.name)
    expect(app.events('resumed')).to.have.lengthOf(stops.length)
  })

  it('lets the others go on where its page is gone', () => {
    const log: string[] = []
    const kernel = {
      isStopping: () => false,
      records: () => false,
      currentName: () => 'app',
      stopThreads: (_: unknown, __: string, except: Task) => {
        log.push(`all but ${except.name}`)
        return { count: 1, complete: true, release: () => log.push('go on') }
      },
    }
    const task = { name: 'app', mm: { vmaAt: () => undefined }, stepping: false }
    const uprobe = { name: 'p', analysis: { original: Uint8Array.of(0x90) } }
    const execute = executes.inline({ kernel, insert: 'quiesce' } as unknown as ExecuteParts)
    const path = execute.begin(
      task as unknown as Task,
      uprobe as unknown as Uprobe,
      0x401000n,
    ) as KernelPath<boolean>
    expect(path.next()).to.deep.equal({ done: true, value: false })
    expect([log, task.stepping]).to.deep.equal([['all but app', 'go on'], false])
  })

  it('leaves alone what somebody else has written meanwhile', () => {
    const { app, task } = started(`work: lea ecx, [rdi+1]${exit}`)
    app.until(task, 'step')
    patch(app, task, 'work', 0x90)
    app.until(task, 'stepped')
    expect(app.bytes(task, 'work', 1)).to.equal('90')
  })

  it('gets its breakpoint back in a page that has been dropped meanwhile', () => {
    const { app, task } = started(`work: lea ecx, [rdi+1]${exit}`)
    app.until(task, 'step')
    task.mm!.dropPage(Number(app.address('work')) & -4096)
    app.until(task, 'stepped')
    expect(app.bytes(task, 'work', 1)).to.equal('cc')
  })

  it('has no signal to send again where none has come', () => {
    const { app, task } = started(`work: lea ecx, [rdi+1]${exit}`)
    app.until(task, 'stepped')
    expect([task.signalPending, task.stepping]).to.deep.equal([false, false])
  })

  it('may set the trap flag for the program, which gets the trap behind the next one', () => {
    const { app, task } = started('push 0x346\nwork: popfq\nafter: nop\nnop\n')
    app.until(task, 'stepped')
    expect(hasTrapFlag(task)).to.equal(true)
    app.finish(task)
    expect(app.events('signal')).to.deep.equal([`signal SIGTRAP ${at(app, 'after', 1n)}`])
  })

  it('may be a call whose push could not be emulated: its fault makes the stack grow', () => {
    const program = `sub rsp, 0x9000\nand rsp, -4096\nwork: call f\nmov edi, eax${exit}f: mov eax, 7\nret\n`
    const { app, task } = started(program, { ...inline, emulated: 'branches-and-push' })
    const { mm } = task
    app.until(task, 'trap')
    const read = mm!.writeWord
    mm!.writeWord = () => 0
    app.until(task, 'step')
    mm!.writeWord = read
    app.until(task, 'stepped')
    expect(hasTrapFlag(task)).to.equal(false)
    app.finish(task)
    expect(app.kernel.ending(task)?.code).to.equal(7)
  })

  it('does not take the trap flag along where it faults', () => {
    const { app, task } = started('xor edi, edi\nwork: mov eax, [rdi]\n')
    app.until(task, 'signal')
    expect([hasTrapFlag(task), app.bytes(task, 'work', 1)]).to.deep.equal([false, 'cc'])
    expect(bugsOf(app)).to.deep.equal([])
  })

  it('leaves no breakpoint out where the thread ends in the middle of it', () => {
    const { app, task: first } = started(
      twoThreads.replace('after:', '').replace('work:   lea ecx, [rdi+1]', 'mov eax, 60\nwork: syscall'),
    )
    app.until(first, 'step')
    const second = app.kernel.tasks.at(-1)!
    expect(app.bytes(second, 'work', 1)).to.equal('0f')
    app.finish(first)
    expect(app.bytes(second, 'work', 1)).to.equal('cc')
  })
})
