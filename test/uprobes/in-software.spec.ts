// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { KernelProfile } from '../../src/uprobes/profile.ts'
import { boot } from './boot.ts'
import { at, bugsOf } from './bugs-of.ts'

const emulate: Partial<KernelProfile> = { execute: 'emulate', emulated: 'none' }

function started(program: string) {
  const app = boot(`.globl _start\n_start:\n${program}`, emulate)
  expect(app.attach('work', app.consumer('work'))).to.equal(0)
  return { app, task: app.start() }
}

describe('a probed instruction that the kernel does itself', () => {
  it('is over when the program gets the trap of its own flag, behind it', () => {
    const { app, task } = started(
      'pushfq\nor dword ptr [rsp], 0x100\npopfq\nwork: inc eax\nafter: nop\nnop\n',
    )
    app.finish(task)
    expect(bugsOf(app)).to.deep.equal([`B28 work app ${at(app, 'after')}`])
    expect(app.events('signal')).to.deep.equal([`signal SIGTRAP ${at(app, 'after')}`])
  })

  it('may be interrupted by others before its results are written, and after', () => {
    const { app, task } = started('work: inc eax\nafter: nop\n')
    app.until(task, 'emulating')
    const { totalSteps } = app.kernel
    app.until(task, 'emulated')
    expect([app.register(task, 'rip'), app.kernel.totalSteps]).to.deep.equal([
      app.address('after'),
      totalSteps,
    ])
    app.step(task)
    expect(app.kernel.totalSteps).to.equal(totalSteps + 1)
  })

  it('sends no trap to a program that has not asked for it', () => {
    const { app, task } = started('work: inc eax\nafter: nop\n')
    app.until(task, 'emulated')
    app.step(task)
    expect([bugsOf(app), app.events('signal')]).to.deep.equal([[], []])
  })

  it('has been executed where it raises a signal: its trap is not one to be taken again', () => {
    const { app, task } = started('xor edi, edi\nwork: mov [rdi], eax\n')
    app.stepTo(task, app.address('work'))
    app.step(task)
    expect([task.turnedBack, app.hits.length]).to.deep.equal([false, 1])
    app.finish(task)
    expect([app.hits.length, app.kernel.ending(task)?.signal]).to.deep.equal([1, 11])
  })

  it('is turned back where its memory has gone before the results were written', () => {
    const { app, task } = started(
      'lea rdi, [rip + data]\nmov eax, 7\nwork: mov [rdi], eax\n.data\ndata: .long 5\n',
    )
    app.stepTo(task, app.address('work'))
    const mm = task.mm!
    const { write } = mm
    let results = 0
    mm.write = (address, bytes) => (bytes[0] === 7 && results++ === 0 ? 0 : write.call(mm, address, bytes))
    app.step(task)
    expect([task.turnedBack, app.bytes(task, 'data', 4)]).to.deep.equal([true, '05 00 00 00'])
    app.until(task, 'emulated')
    expect([app.hits.length, app.bytes(task, 'data', 4)]).to.deep.equal([2, '07 00 00 00'])
  })
})
