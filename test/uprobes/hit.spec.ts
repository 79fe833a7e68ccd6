// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { Task } from '../../src/kernel/kernel.ts'
import { type Booted, boot } from './boot.ts'

/** Exits with the sum 5 + 7 that `add` makes; `add` has a stepped, an emulated and a stepped instruction. */
const sum = `
.globl _start
_start: mov edi, 5
        mov esi, 7
        call add
        mov edi, eax
        mov eax, 231
        syscall
add:    lea eax, [rdi+rsi]
middle: nop
last:   ret
`

function codeOf({ kernel }: Booted, task: Task): number | undefined {
  return kernel.ending(task)?.code
}

describe('a hit', () => {
  it('of a stepped instruction: trap, handler, slot, back', () => {
    const app = boot(sum)
    const probe = app.consumer('in')
    expect(app.attach('add', probe)).to.equal(0)
    const task = app.start()
    expect(app.bytes(task, 'add', 3)).to.equal('cc 04 37')
    app.until(task, 'step')
    const { start } = app.uprobes.inspect().slotArea(task.mm!)!
    expect(app.uprobes.inspect().activeSlot(task)).to.equal(1)
    expect(app.uprobes.inspect().slotsInUse(task.mm!)).to.equal(1)
    expect(app.register(task, 'rip')).to.equal(BigInt(start + 128))
    app.until(task, 'stepped')
    expect(app.uprobes.inspect().slotsInUse(task.mm!)).to.equal(0)
    expect(app.register(task, 'rip')).to.equal(app.address('middle'))
    expect(app.register(task, 'rflags') & 0x100n).to.equal(0n)
    app.finish(task)
    expect(codeOf(app, task)).to.equal(12)
    expect(app.hits).to.deep.equal([`in 0x${app.address('add').toString(16)}`])
    expect(app.events('trap', 'step', 'stepped', 'emulated')).to.deep.equal([
      `trap in 0x${app.address('add').toString(16)}`,
      `step in 0x${(start + 128).toString(16)}`,
      `stepped in 0x${app.address('middle').toString(16)}`,
    ])
  })

  it('of an emulated instruction needs no slot', () => {
    const app = boot(sum)
    app.attach('middle', app.consumer('nop'))
    const task = app.start()
    const mm = task.mm!
    app.finish(task)
    expect(codeOf(app, task)).to.equal(12)
    expect(app.uprobes.inspect().slotArea(mm)).to.equal(undefined)
    expect(app.events('trap', 'step', 'stepped', 'emulated')).to.deep.equal([
      `trap nop 0x${app.address('middle').toString(16)}`,
      `emulated nop 0x${app.address('last').toString(16)}`,
    ])
  })

  it('counts one step, however the instruction is executed', () => {
    const steps = ['add', 'middle', 'last', undefined].map(symbol => {
      const app = boot(sum)
      if (symbol) app.attach(symbol, app.consumer('p'))
      const task = app.start()
      app.finish(task)
      return app.kernel.steps(task)
    })
    expect(new Set(steps).size).to.equal(1)
  })

  it('calls the newest consumer first, and the oldest in the other order', () => {
    for (const [order, names] of [
      ['newest-first', ['third', 'second', 'first']],
      ['oldest-first', ['first', 'second', 'third']],
    ] as const) {
      const app = boot(sum, { 'handler-order': order })
      for (const name of ['first', 'second', 'third']) app.attach('add', app.consumer(name))
      app.finish(app.start())
      expect(app.hits.map(line => line.split(' ')[0])).to.deep.equal(names)
      expect(app.uprobes.inspect().probes()[0]!.names).to.deep.equal(['first', 'second', 'third'])
      expect(app.events('trap')[0]).to.match(/^trap first /)
    }
  })

  it('can be stopped between trap and handler, and finds its probe gone', () => {
    const app = boot(sum)
    const probe = app.consumer('in')
    app.attach('add', probe)
    const task = app.start()
    app.until(task, 'trap')
    app.detach('add', probe)
    app.finish(task)
    expect(codeOf(app, task)).to.equal(12)
    expect(app.hits).to.deep.equal([])
    expect(app.events('step', 'stepped', 'signal')).to.deep.equal([])
  })

  it('ends its step from the copy when the probe goes meanwhile', () => {
    const app = boot(sum)
    const probe = app.consumer('in')
    app.attach('add', probe)
    const task = app.start()
    app.until(task, 'step')
    app.detach('add', probe)
    expect(app.bytes(task, 'add', 1)).to.equal('8d')
    // Gone with its last consumer, though the thread in its step still holds it.
    expect(app.uprobes.inspect().activeSlot(task)).to.equal(1)
    expect(app.uprobes.inspect().probes()).to.deep.equal([])
    const again = app.consumer('again')
    app.attach('add', again)
    app.until(task, 'stepped')
    const names = app.uprobes
      .inspect()
      .probes()
      .map(one => one.names)
    expect(names).to.deep.equal([['again']])
    app.detach('add', again)
    app.finish(task)
    expect(app.uprobes.inspect().probes()).to.deep.equal([])
    expect(codeOf(app, task)).to.equal(12)
    expect(app.events('stepped')).to.have.length(1)
  })

  it('is executed from the copy when another probe is put there meanwhile', () => {
    const app = boot(sum)
    const probe = app.consumer('in')
    app.attach('add', probe)
    const task = app.start()
    app.until(task, 'trap')
    app.detach('add', probe)
    app.attach('add', app.consumer('again'))
    app.finish(task)
    expect(app.hits).to.deep.equal([`again 0x${app.address('add').toString(16)}`])
    expect(codeOf(app, task)).to.equal(12)
  })

  it('makes unregister wait for a handler that sleeps', () => {
    const app = boot(sum)
    let awake = false
    const probe = app.consumer('slow', {
      *handler() {
        yield { kind: 'sleep', reason: 'test', interruptible: false, ready: () => awake }
        app.hits.push('slow')
        return 0
      },
    })
    app.attach('add', probe)
    const task = app.start()
    app.finish(task)
    expect(task.state).to.equal('sleeping')
    const path = app.uprobes.unregister(app.inode, app.offset('add'), probe)
    expect(app.kernel.perform(path, false).done).to.equal(false)
    expect(app.bytes(task, 'add', 1)).to.equal('8d')
    awake = true
    app.finish(task)
    expect(app.hits).to.deep.equal(['slow'])
    expect(app.kernel.perform(path, false).done).to.equal(true)
    expect(codeOf(app, task)).to.equal(12)
  })

  it('does not call a consumer that goes while an earlier one sleeps', () => {
    const app = boot(sum)
    let awake = false
    const old = app.consumer('old')
    app.attach('add', old)
    app.attach(
      'add',
      app.consumer('slow', {
        *handler() {
          yield { kind: 'sleep', reason: 'test', interruptible: false, ready: () => awake }
          return 0
        },
      }),
    )
    const task = app.start()
    app.finish(task)
    app.detach('add', old)
    awake = true
    app.finish(task)
    expect(app.hits).to.deep.equal([])
    expect(codeOf(app, task)).to.equal(12)
  })

  it('leaves out the instruction when a handler moves rip', () => {
    const app = boot(sum)
    app.attach(
      'add',
      app.consumer('skip', {
        *handler({ registers }) {
          registers[0] = 99n
          registers[16] = app.address('last')
          return 0
        },
      }),
    )
    const task = app.start()
    app.finish(task)
    expect(codeOf(app, task)).to.equal(99)
    expect(app.events('step', 'emulated')).to.deep.equal([])
  })

  it('takes the breakpoint out where every consumer asks for that', () => {
    const app = boot(sum.replace('call add', 'call add\ncall add'))
    const remove = (name: string) =>
      app.consumer(name, {
        filter: () => app.hits.length === 0,
        *handler() {
          app.hits.push(name)
          return 1
        },
      })
    app.attach('add', remove('a'))
    app.attach('add', remove('b'))
    const task = app.start()
    app.finish(task)
    expect(app.hits).to.deep.equal(['b', 'a'])
    expect(codeOf(app, task)).to.equal(12)
  })
})

describe('traps of the program itself', () => {
  it('are its own where no probe is near', () => {
    const app = boot('.globl _start\n_start: int3\n')
    const task = app.start()
    app.finish(task)
    expect(app.kernel.ending(task)?.signal).to.equal(5)
  })

  it('are claimed and given back in a process with a probe', () => {
    const app = boot('.globl _start\n_start: nop\nown: int3\nnop\n')
    app.attach('_start', app.consumer('p'))
    const task = app.start()
    app.step(task, 2)
    expect(app.register(task, 'rip')).to.equal(app.address('own') + 1n)
    expect(task.signalPending).to.equal(true)
    expect(task.trapNumber).to.equal(0)
    app.finish(task)
    expect(app.kernel.ending(task)?.signal).to.equal(5)
  })

  it('of the long form go on with its second byte (bug B5)', () => {
    // cd 03 c3: executing 03 c3 adds ebx to eax.
    const app = boot(`
.globl _start
_start: nop
        mov eax, 1
        mov ebx, 41
        .byte 0xcd, 0x03, 0xc3
        mov edi, eax
        mov eax, 231
        syscall
`)
    app.attach('_start', app.consumer('p'))
    const task = app.start()
    app.finish(task)
    expect(codeOf(app, task)).to.equal(42)
  })
})

describe('signals and a step out of line', () => {
  const faulting = `
.globl _start
_start: xor eax, eax
load:   mov rax, [rax]
`
  it('a fault of the copy is one of the original', () => {
    const app = boot(faulting)
    app.attach('load', app.consumer('load'))
    const task = app.start()
    app.step(task, 2)
    expect(app.register(task, 'rip')).to.equal(app.address('load'))
    expect(app.register(task, 'rflags') & 0x100n).to.equal(0n)
    expect(task.trapNumber).to.equal(0)
    expect(app.uprobes.inspect().slotsInUse(task.mm!)).to.equal(0)
    app.finish(task)
    expect(app.kernel.ending(task)?.signal).to.equal(11)
    expect(app.hits).to.have.length(1)
  })

  const signalled = (number: number) => {
    const app = boot(sum)
    app.attach('add', app.consumer('in'))
    const task = app.start()
    app.until(task, 'step')
    app.kernel.sendSignal(task, { signal: number, code: 0, pid: 1, uid: 0 })
    app.finish(task)
    expect(app.kernel.ending(task)?.signal).to.equal(number)
    const [signal] = app.kernel.events.filter(({ kind }) => kind === 'signal')
    return { app, ip: (signal!.fields['ip'] as { address: bigint }).address }
  }

  it('one from outside waits for the end of the instruction', () => {
    const { app, ip } = signalled(3)
    expect(ip).to.equal(app.address('middle'))
    expect(app.events('stepped')).to.have.lengthOf(1)
  })

  it('one that is certain to kill, without a core dump, ends the step at once', () => {
    const { app, ip } = signalled(15)
    expect(ip).to.equal(app.address('add'))
    expect(app.events('stepped')).to.deep.equal([])
  })

  it('SIGKILL ends the step at once', () => {
    const app = boot(sum)
    app.attach('add', app.consumer('in'))
    const task = app.start()
    app.until(task, 'step')
    const { mm } = task
    app.kernel.sendSignal(task, { signal: 9, code: 0, pid: 1, uid: 0 })
    app.finish(task)
    expect(app.kernel.ending(task)?.signal).to.equal(9)
    expect(app.events('stepped')).to.deep.equal([])
    expect(app.uprobes.inspect().slotsInUse(mm!)).to.equal(0)
    expect(app.uprobes.inspect().probes()).to.have.length(1)
  })
})

describe('slots', () => {
  /** 34 more threads, each of which runs over \`site\` once. */
  const crowd = `
.globl _start
_start: mov ebx, 34
spawn:  mov edi, 0x10f00
        lea rsi, [rip+stacks]
        mov eax, ebx
        shl eax, 6
        add rsi, rax
        xor edx, edx
        xor r10d, r10d
        xor r8d, r8d
        mov eax, 56
        syscall
        test eax, eax
        jz site
        dec ebx
        jnz spawn
        jmp site
site:   mov ecx, 1
        mov eax, 60
        xor edi, edi
        syscall
.bss
stacks: .zero 4096
`
  it('are taken from the lowest, and waited for when all are taken', () => {
    const app = boot(crowd)
    app.attach('site', app.consumer('site'))
    const first = app.start()
    app.stepTo(first, app.address('site'))
    const threads = app.kernel.tasks.slice(1)
    expect(threads).to.have.length(34)
    for (const [index, thread] of threads.entries()) {
      if (index < 31) {
        app.until(thread, 'step')
        expect(app.uprobes.inspect().activeSlot(thread)).to.equal(index + 1)
      } else {
        app.finish(thread)
        expect(thread.state).to.equal('sleeping')
      }
    }
    expect(app.uprobes.inspect().slotsInUse(first.mm!)).to.equal(31)
    app.kernel.sendSignal(threads[32]!, { signal: 15, code: 0, pid: 1, uid: 0 })
    expect(app.kernel.runnable(threads[32]!)).to.equal(false)
    app.until(threads[7]!, 'stepped')
    expect(threads.slice(31).map(thread => app.kernel.runnable(thread))).to.include(true)
  })
})
