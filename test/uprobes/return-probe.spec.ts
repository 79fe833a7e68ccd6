// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { Register } from '../../src/machine/machine.ts'
import { type Booted, boot } from './boot.ts'

const nested = `
.globl _start
_start:  mov edi, 3
         call outer
after:   mov edi, eax
         mov eax, 231
         syscall
outer:   push rdi
         call inner
between: pop rdi
         add eax, edi
         ret
inner:   mov eax, [rsp+8]
         add eax, 10
         ret
`

function at({ address }: Booted, symbol: string): string {
  return `0x${address(symbol).toString(16)}`
}

describe('a return probe', () => {
  it('tells of the return, where it goes on and what returned', () => {
    const app = boot(nested)
    app.attach('outer', app.returnConsumer('out'))
    app.attach('inner', app.returnConsumer('in'))
    const task = app.start()
    app.finish(task)
    expect(app.kernel.ending(task)?.code).to.equal(16)
    expect(app.hits).to.deep.equal([
      `in ${at(app, 'between')} <- ${at(app, 'inner')}`,
      `out ${at(app, 'after')} <- ${at(app, 'outer')}`,
    ])
  })

  it('puts the slot page where the function looks for its return address, and takes eight steps more', () => {
    const app = boot(nested)
    const plain = boot(nested)
    const other = plain.start()
    plain.finish(other)
    app.attach('inner', app.returnConsumer('in'))
    const task = app.start()
    app.until(task, 'stepped')
    const { start } = app.uprobes.inspect().slotArea(task.mm!)!
    const word = new BigUint64Array(1)
    task.mm!.read(Number(app.register(task, 'rsp')), new Uint8Array(word.buffer))
    expect(word[0]).to.equal(BigInt(start))
    expect(app.uprobes.inspect().returnDepth(task)).to.equal(1)
    app.finish(task)
    expect(app.kernel.steps(task)).to.equal(plain.kernel.steps(other) + 8)
  })

  it('takes these steps whether its handler is a path or not', () => {
    const steps = [{}, { returnHandler: () => undefined }].map(more => {
      const app = boot(nested)
      app.attach('inner', { ...app.returnConsumer('in'), ...more })
      const task = app.start()
      app.finish(task)
      return app.kernel.steps(task)
    })
    expect(steps[0]).to.equal(steps[1])
  })

  it('shows handlers the registers of the ret, and keeps them for the program', () => {
    const app = boot(`
.globl _start
_start: call f
after:  mov rdi, rcx
        add rdi, r11
        mov eax, 231
        syscall
f:      mov rcx, 3
        mov r11, 4
        mov eax, 7
        ret
`)
    const seen: bigint[] = []
    app.attach('f', {
      ...app.returnConsumer('f'),
      *returnHandler({ registers }) {
        seen.push(registers[0]!, registers[1]!, registers[11]!, registers[16]!, registers[4]!)
      },
    })
    const task = app.start()
    const stack = app.register(task, 'rsp')
    app.finish(task)
    expect(seen).to.deep.equal([7n, 3n, 4n, app.address('after'), stack])
    expect(app.kernel.ending(task)?.code).to.equal(7)
  })

  it('works by breakpoint in the kernels before, and not at all in the first', () => {
    const old = boot(nested, { 'return-trampoline': 'int3' })
    old.attach('outer', old.returnConsumer('out'))
    const task = old.start()
    old.finish(task)
    expect(old.kernel.ending(task)?.code).to.equal(16)
    expect(old.hits).to.deep.equal([`out ${at(old, 'after')} <- ${at(old, 'outer')}`])

    const first = boot(nested, { 'return-trampoline': 'none' })
    first.attach('outer', first.returnConsumer('out'))
    const other = first.start()
    first.finish(other)
    expect(first.kernel.ending(other)?.code).to.equal(16)
    expect(first.hits).to.deep.equal([])
  })

  it('that is taken away or changed meanwhile tells nothing, and the return is right', () => {
    const app = boot(nested)
    const probe = app.returnConsumer('in')
    const keeper = app.consumer('keeper')
    app.attach('inner', keeper)
    app.attach('inner', probe)
    const task = app.start()
    app.until(task, 'stepped')
    app.detach('inner', probe)
    app.attach('inner', probe)
    app.finish(task)
    expect(app.hits).to.deep.equal([`keeper ${at(app, 'inner')}`])
    expect(app.kernel.ending(task)?.code).to.equal(16)
  })

  it('a consumer without an entry handler hears of every return', () => {
    const app = boot(nested)
    const probe = app.returnConsumer('late')
    app.attach('inner', { probe: 'late', returnHandler: probe.returnHandler!.bind(probe) })
    const task = app.start()
    app.finish(task)
    expect(app.hits).to.have.length(1)
  })

  it('IGNORE keeps a consumer from the return', () => {
    const app = boot(nested)
    const probe = app.returnConsumer('in')
    app.attach('inner', {
      ...probe,
      *handler() {
        return 2
      },
    })
    const task = app.start()
    app.finish(task)
    expect(app.hits).to.deep.equal([])
    expect(app.kernel.ending(task)?.code).to.equal(16)
  })

  it('shares the return of a tail call, innermost first', () => {
    const app = boot(`
.globl _start
_start: call first
after:  mov edi, eax
        mov eax, 231
        syscall
first:  mov eax, 1
        jmp second
second: add eax, 1
        ret
`)
    app.attach('first', app.returnConsumer('first'))
    app.attach('second', app.returnConsumer('second'))
    const task = app.start()
    app.finish(task)
    expect(app.kernel.ending(task)?.code).to.equal(2)
    expect(app.hits).to.deep.equal([
      `second ${at(app, 'after')} <- ${at(app, 'second')}`,
      `first ${at(app, 'after')} <- ${at(app, 'first')}`,
    ])
  })

  it('64 at most are pending, and the log says so ten times', () => {
    const app = boot(`
.globl _start
_start:  mov edi, 79
         call recurse
         xor edi, edi
         mov eax, 231
         syscall
recurse: test edi, edi
         jz done
         dec edi
         call recurse
done:    ret
`)
    app.attach('recurse', app.returnConsumer('r'))
    const task = app.start()
    app.finish(task)
    expect(app.hits).to.have.length(64)
    const log = app.events('log')
    expect(log).to.have.length(10)
    expect(log[0]).to.match(/^log uprobe: omit uretprobe due to nestedness limit pid\/tgid=\d+\/\d+$/)
    expect(app.kernel.ending(task)?.code).to.equal(0)
  })

  it('forgets the frames that a longjmp has left', () => {
    const app = boot(`
.globl _start
_start: mov rbx, rsp
        call outer
back:   mov rsp, rbx
        call plain
end:    mov edi, eax
        mov eax, 231
        syscall
outer:  call thrower
        ret
thrower: lea rax, [rip+back]
        jmp rax
plain:  mov eax, 9
        ret
`)
    for (const name of ['outer', 'thrower', 'plain']) app.attach(name, app.returnConsumer(name))
    const task = app.start()
    app.finish(task)
    expect(app.hits).to.deep.equal([`plain ${at(app, 'end')} <- ${at(app, 'plain')}`])
    expect(app.uprobes.inspect().returnDepth(task)).to.equal(0)
    expect(app.kernel.ending(task)?.code).to.equal(9)
  })

  it('that several frames leave at once is told for the outermost alone', () => {
    const app = boot(`
.globl _start
_start: call outer
after:  mov edi, eax
        mov eax, 231
        syscall
outer:  call middle
        ud2
middle: call inner
        ud2
inner:  mov eax, 4
        add rsp, 16
        ret
`)
    for (const name of ['outer', 'middle', 'inner']) app.attach(name, app.returnConsumer(name))
    const task = app.start()
    app.finish(task)
    expect(app.hits).to.deep.equal([`outer ${at(app, 'after')} <- ${at(app, 'outer')}`])
    expect(app.uprobes.inspect().returnDepth(task)).to.equal(0)
    expect(app.kernel.ending(task)?.code).to.equal(4)
  })

  it('the call that the trampoline makes kills whoever makes it elsewhere', () => {
    for (const prepare of ['', 'call f']) {
      const app = boot(`
.globl _start
_start: ${prepare}
        mov eax, 335
        syscall
f:      ret
`)
      app.attach('f', app.returnConsumer('f'))
      const task = app.start()
      app.finish(task)
      expect(app.kernel.ending(task)?.signal).to.equal(4)
      expect(app.events('log')).to.deep.equal([])
    }
  })

  it('the call of the trampoline is SIGILL where the stack cannot be read', () => {
    const app = boot(`
.globl _start
_start: call f
f:      mov rcx, [rsp]
        add rcx, 11         # the syscall of the trampoline
        mov eax, 335
        xor esp, esp
        jmp rcx
`)
    app.attach('f', app.returnConsumer('f'))
    const task = app.start()
    app.finish(task)
    expect(app.kernel.ending(task)?.signal).to.equal(4)
    expect([app.hits, app.events('log')]).to.deep.equal([[], []])
  })

  const counts = `
.globl _start
_start: mov rbx, rsp
        mov ecx, 5
        call f
        mov edi, esp
        sub edi, ebx
        add edi, ecx
        add edi, eax
        mov eax, 231
        syscall
f:      mov eax, 70
        ret
`
  it('a handler may move the stack pointer, and the other registers stay', () => {
    const app = boot(counts)
    app.attach(
      'f',
      app.consumer('f', {
        returnHandler({ registers }) {
          registers[Register.rsp]! += 16n
          return undefined
        },
      }),
    )
    const task = app.start()
    app.finish(task)
    expect(app.kernel.ending(task)?.code).to.equal(16 + 5 + 70)
  })

  it('a handler may sleep, and the way back is the same', () => {
    const app = boot(counts)
    let isDone = false
    app.attach(
      'f',
      app.consumer('f', {
        *returnHandler() {
          yield { kind: 'sleep', reason: 'test', interruptible: false, ready: () => isDone }
        },
      }),
    )
    const task = app.start()
    app.finish(task)
    expect(task.state).to.equal('sleeping')
    // It is no system call that a signal could have interrupted.
    expect(task.systemCall).to.equal(-1)
    isDone = true
    app.step(task)
    const { start } = app.uprobes.inspect().slotArea(task.mm!)!
    expect(app.register(task, 'rip')).to.equal(BigInt(start + 15))
    app.finish(task)
    expect(app.kernel.ending(task)?.code).to.equal(5 + 70)
  })

  it('a jump to the trampoline without a pending return is SIGILL, and the log names the task', () => {
    const app = boot(`
.globl _start
_start: call f
        push rax
        ret
f:      mov rax, [rsp]
        ret
`)
    app.attach('f', app.returnConsumer('f'))
    const task = app.start()
    app.until(task, 'stepped')
    const { start } = app.uprobes.inspect().slotArea(task.mm!)!
    app.finish(task)
    expect(app.kernel.ending(task)?.signal).to.equal(4)
    expect(app.events('log')).to.deep.equal([
      `log uprobe: app:${task.id} failed to handle uretprobe, sending SIGILL.`,
    ])
    expect(app.events('signal')).to.deep.equal([`signal SIGILL 0x${(start + 13).toString(16)}`])
  })

  it('a fork inside the function returns twice, with the slot page at the same address', () => {
    const app = boot(`
.globl _start
_start: call f
after:  mov edi, eax
        mov eax, 231
        syscall
f:      mov eax, 57
        syscall
        test eax, eax
        jz child
        mov eax, 1
        ret
child:  mov eax, 2
        ret
`)
    app.attach('f', app.returnConsumer('f'))
    const parent = app.start()
    app.finish(parent)
    const child = app.kernel.tasks[1]!
    expect(app.uprobes.inspect().returnDepth(child)).to.equal(1)
    app.finish(child)
    expect(app.kernel.ending(parent)?.code).to.equal(1)
    expect(app.kernel.ending(child)?.code).to.equal(2)
    expect(app.hits).to.have.length(2)
    expect(app.events('log')).to.deep.equal([])
  })

  it('a child that outlives the probe returns rightly', () => {
    const app = boot(`
.globl _start
_start: call f
after:  mov edi, eax
        mov eax, 231
        syscall
f:      mov eax, 57
        syscall
        mov eax, 5
        ret
`)
    const probe = app.returnConsumer('f')
    app.attach('f', probe)
    const parent = app.start()
    app.finish(parent)
    app.detach('f', probe)
    const child = app.kernel.tasks[1]!
    // Gone with its last consumer, though the child's pending return still holds it.
    expect(app.uprobes.inspect().returnDepth(child)).to.equal(1)
    expect(app.uprobes.inspect().probes()).to.deep.equal([])
    app.finish(child)
    expect(app.uprobes.inspect().probes()).to.deep.equal([])
    expect(app.kernel.ending(child)?.code).to.equal(5)
    expect(app.hits).to.have.length(1)
  })
})
