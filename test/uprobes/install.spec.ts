// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { Register } from '../../src/machine/machine.ts'
import { type Booted, boot } from './boot.ts'
import { bugsOf } from './bugs-of.ts'

const nested = `
.globl _start
_start: call outer
        mov edi, eax
        mov eax, 231
        syscall
outer:  call inner
        ret
inner:  lea eax, [rdi+7]
        ret
`

describe('a kernel with probes', () => {
  it('cannot be had with choices that do not go together', () => {
    expect(() => boot(nested, { handlers: 'notifier', trap: 'signal' })).to.throw(/./)
  })

  it('adds its system calls under their names', () => {
    const names = ({ kernel }: Booted) =>
      [...kernel.hooks.systemCalls].map(([number, { name }]) => `${number} ${name}`).sort()
    expect(names(boot(nested))).to.deep.equal(['335 uretprobe', '336 uprobe'])
    expect(names(boot(nested, { optimize: 'none', 'return-trampoline': 'int3' }))).to.deep.equal([])
  })

  it('names the mapping of the slots after what it is', () => {
    for (const [owner, name] of [
      ['hit', '[uprobes]'],
      ['thread', '/uprobes/xol (deleted)'],
    ] as const) {
      const app = boot(nested, { xol: { slots: 4, 'slot-size': 128, owner } })
      app.attach('inner', app.consumer('p'))
      const task = app.start()
      app.until(task, 'stepped')
      const { start } = app.uprobes.inspect().slotArea(task.mm!)!
      expect(task.mm!.vmaAt(start)!.name, owner).to.equal(name)
    }
  })

  it('shows the page of slots, and where return addresses are replaced', () => {
    const app = boot(nested)
    const { inspect } = app.uprobes
    const task = app.start()
    expect([inspect().slotArea(task.mm!), inspect().returnStacks(task)]).to.deep.equal([undefined, []])
    const top = app.register(task, 'rsp')
    app.attach('outer', app.returnConsumer('outer'))
    app.attach('inner', app.returnConsumer('inner'))
    app.until(task, 'emulated')
    const { start, end } = inspect().slotArea(task.mm!)!
    expect(end - start).to.equal(4096)
    expect(inspect().activeSlot(task)).to.equal(undefined)
    app.until(task, 'stepped')
    expect(inspect().returnStacks(task)).to.deep.equal([top - 8n, top - 16n])
  })

  it('shows who listens at an address', () => {
    const app = boot(nested)
    const task = app.start()
    for (const name of ['one', 'two']) app.attach('inner', app.consumer(name))
    const listening = (symbol: string) =>
      [...app.uprobes.inspect().listening(task.mm!, Number(app.address(symbol)))].sort()
    expect([listening('inner'), listening('outer')]).to.deep.equal([['one', 'two'], []])
  })

  it('lets whoever removes a consumer wait for its handlers alone', () => {
    const app = boot(nested)
    let isDone = false
    const sleeper = app.consumer('sleeper', {
      *handler() {
        yield { kind: 'sleep', reason: 'test', interruptible: false, ready: () => isDone }
        return 0
      },
    })
    app.attach('inner', sleeper)
    const task = app.start()
    app.finish(task)
    const path = app.uprobes.synchronise(sleeper)
    expect(app.kernel.perform(path, false)).to.deep.include({ done: false })
    isDone = true
    app.finish(task)
    expect(app.kernel.perform(path, false).done).to.equal(true)
  })

  it('gives the address of the instruction with a fault of its copy', () => {
    const app = boot(`
.globl _start
_start: mov eax, 13         # rt_sigaction(SIGFPE, &action, 0, 8)
        mov edi, 8
        lea rsi, [rip+action]
        xor edx, edx
        mov r10d, 8
        syscall
        xor ecx, ecx
site:   div ecx
caught: mov rax, [rsi+16]   # si_addr
        lea rdi, [rip+site]
        sub edi, eax
        mov eax, 231
        syscall
.data
action: .quad caught, 0x04000004, caught, 0
`)
    for (const hits of [0, 1]) {
      const task = app.start()
      app.finish(task)
      expect(app.hits).to.have.lengthOf(hits)
      expect(app.kernel.ending(task)).to.deep.include({ code: 0 })
      app.attach('site', app.consumer('p'))
    }
  })

  it('takes a signal in the middle of a step only where it is told to', () => {
    for (const [signals, told] of [
      ['deny', ['step', 'stepped', 'signal']],
      ['deliver', ['step', 'signal', 'stepped']],
    ] as const) {
      const app = boot(
        `
.globl _start
_start: mov eax, 13         # rt_sigaction(SIGUSR1, &action, 0, 8)
        mov edi, 10
        lea rsi, [rip+action]
        xor edx, edx
        mov r10d, 8
        syscall
site:   lea eax, [rdi+1]
        mov eax, 231
        syscall
caught: ret
back:   mov eax, 15         # rt_sigreturn
        syscall
.data
action: .quad caught, 0x04000004, back, 0
`,
        { 'signals-while-stepping': signals, execute: 'xol' },
      )
      app.attach('site', app.consumer('p'))
      const task = app.start()
      app.until(task, 'step')
      app.kernel.sendSignal(task, { signal: 10, code: 0 })
      app.finish(task)
      const kinds = app.kernel.events.map(({ kind }) => kind)
      expect(
        kinds.filter(kind => (told as readonly string[]).includes(kind)),
        signals,
      ).to.deep.equal(told)
    }
  })
})

describe('the end of a process', () => {
  it('leaves no counter up that anybody could see', () => {
    const app = boot(`
.globl _start
_start: nop
        mov eax, 231
        syscall
.data
counter: .word 0
`)
    app.attach('_start', app.consumer('p'), 'counter')
    app.finish(app.start())
    expect(app.hits).to.have.lengthOf(1)
    expect(bugsOf(app)).to.deep.equal([])
  })

  it('leaves the counters alone that others wait for', () => {
    const app = boot(`
.globl _start
_start: mov eax, 11         # munmap(data, 4096)
        lea rdi, [rip+page]
        mov esi, 4096
        syscall
without: mov eax, 2         # open("/app", O_RDONLY)
        lea rdi, [rip+path]
        xor esi, esi
        syscall
        mov r8, rax
        mov eax, 9          # mmap(data, 4096, rw-, private fixed, file, r12)
        lea rdi, [rip+page]
        mov esi, 4096
        mov edx, 3
        mov r10d, 0x12
        mov r9, r12
        syscall
with:   movzx edi, word ptr [rip+counter]
        mov eax, 231
        syscall
path:   .asciz "/app"
.data
.balign 4096
page:
counter: .word 0
`)
    const [first, second] = [app.start(), app.start()]
    for (const task of [first, second]) app.stepTo(task, app.address('without'))
    expect(app.attach('with', app.consumer('p'), 'counter')).to.equal(0)
    app.kernel.sendSignal(second, { signal: 9, code: 0 })
    app.finish(second)
    first.registers[Register.r12] = app.offset('page')
    app.finish(first)
    expect(app.kernel.ending(first)?.code).to.equal(1)
  })
})
