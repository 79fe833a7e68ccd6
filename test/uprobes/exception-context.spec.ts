// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { Register } from '../../src/machine/machine.ts'
import { profiles } from '../../src/uprobes/profile.ts'
import { boot, makeThread } from './boot.ts'

const call = `
.globl _start
_start: lea rdi, [rip+far]
probe:  lea ecx, [rdi+1]
after:  mov eax, 231
        syscall
f:      ret
.data
pointer: .quad f
.balign 4096
far:     .quad 5
`
const exit = (line: string): string =>
  `.globl _start\n_start: ${line}\nafter: mov edi, 7\nmov eax, 231\nsyscall\n`

/** Both are about to execute `work`. */
const twoThreads = `.globl _start
_start:
        ${makeThread}
work:   lea ecx, [rdi+1]
        mov eax, 60
        syscall
`

describe('handlers in the notifier', () => {
  it('see what is in memory and nothing else; later the same memory is there', () => {
    const read: number[] = []
    const app = boot(call, { handlers: 'notifier' })
    const consumer = app.consumer('p', {
      handler({ mm, registers }) {
        read.push(mm.read(Number(registers[Register.rdi]!), new Uint8Array(8)))
        return 0
      },
    })
    app.attach('probe', consumer)
    const task = app.start()
    app.until(task, 'step')
    expect(read).to.deep.equal([0])
    expect(task.mm!.read(Number(app.address('far')), new Uint8Array(8))).to.equal(8)
  })

  it('do not sleep, and the log says for whom', () => {
    const app = boot(exit('lea ecx, [rdi+1]'), { handlers: 'notifier' })
    const consumer = app.consumer('p', {
      *handler() {
        yield { kind: 'sleep', reason: 'a test', interruptible: false, ready: () => false }
        return 0
      },
    })
    app.attach('_start', consumer)
    const task = app.start()
    app.finish(task)
    expect(app.events('log')).to.deep.equal([`log BUG: scheduling while atomic: app/${task.id}/0x00000002`])
    expect(app.kernel.ending(task)).to.deep.equal({ code: 7 })
  })

  it('that wait for others wait for ever, and that ends the run', () => {
    const app = boot(exit('lea ecx, [rdi+1]'), { handlers: 'notifier' })
    const never = (): boolean => false
    const consumer = app.consumer('p', {
      *handler() {
        while (!never()) yield { kind: 'sleep', reason: 'a lock', interruptible: false, ready: never }
        return 0
      },
    })
    app.attach('_start', consumer)
    expect(() => app.finish(app.start())).to.throw('app waits for ever in exception context: a lock')
  })

  it('nobody waits for a slot: the trap is taken again and again', () => {
    const xol = { ...profiles['linux-6.18'].xol, slots: 2 }
    const app = boot(twoThreads, { handlers: 'notifier', xol })
    app.attach('work', app.consumer('p'))
    const first = app.start()
    app.until(first, 'step')
    const second = app.kernel.tasks.at(-1)!
    app.step(second, 10)
    const before = app.hits.length
    app.step(second, 5)
    expect(app.hits.length - before).to.equal(5)
    expect([second.turnedBack, app.register(second, 'rip')]).to.deep.equal([true, app.address('work')])
    app.finish(first)
    app.step(second)
    expect([second.turnedBack, app.register(second, 'rip') > app.address('work')]).to.deep.equal([
      false,
      true,
    ])
  })

  it('no nop becomes a call there', () => {
    const app = boot(exit('.byte 0x0f, 0x1f, 0x44, 0, 0'), { handlers: 'notifier' })
    app.attach('_start', app.consumer('p'))
    const task = app.start()
    app.until(task, 'emulated')
    expect(app.bytes(task, '_start', 5)).to.equal('cc 1f 44 00 00')
  })

  it('the return address of a stepped call is put right on the way back to user mode', () => {
    const program = `.globl _start\n_start: call [rip+pointer]\nafter: mov eax, 231\nsyscall\nf: mov edi, 7\nret\n.data\npointer: .quad f\n`
    const app = boot(program, { handlers: 'notifier' })
    app.attach('_start', app.consumer('p'))
    const task = app.start()
    app.until(task, 'step')
    app.until(task, 'stepped')
    expect(task.mm!.readWord(Number(task.registers[Register.rsp]!))).to.equal(app.address('after'))
    expect(app.kernel.atomic).to.equal(false)
    app.finish(task)
    expect(app.kernel.ending(task)).to.deep.equal({ code: 7 })
  })
})

describe('probes that depend on the trap signal', () => {
  it('leave the number of the trap behind', () => {
    const app = boot(exit('lea ecx, [rdi+1]'), { trap: 'signal' })
    app.attach('_start', app.consumer('p'))
    const task = app.start()
    app.until(task, 'stepped')
    expect([task.trapNumber, task.signalPending]).to.deep.equal([3, false])
  })

  it('take the SIGTRAP of the program’s own trap flag for a hit, again and again behind one byte, and that ends the run', () => {
    const flag = exit('pushfq\nor dword ptr [rsp], 0x100\npopfq\nprobe: push rax')
    const app = boot(flag, { trap: 'signal' })
    app.attach('probe', app.consumer('p'))
    expect(() => app.finish(app.start())).to.throw('plug-ins have taken 10001 signals of app')
  })

  it('take a waiting SIGTRAP of the program for their own, as there is only one of a number', () => {
    const app = boot(exit('lea ecx, [rdi+1]'), { trap: 'signal' })
    app.attach('_start', app.consumer('p'))
    const task = app.start()
    app.until(task, 'fault')
    app.kernel.sendSignal(task, { signal: 5, code: 0 })
    app.finish(task)
    expect(app.hits).to.have.length(1)
    expect(app.kernel.ending(task)).to.deep.equal({ code: 7 })
  })
})
