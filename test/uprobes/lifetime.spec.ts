// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { Errno, type Task } from '../../src/kernel/kernel.ts'
import type { KernelProfile } from '../../src/uprobes/profile.ts'
import { type Booted, boot } from './boot.ts'

/** Calls `far` in its own page, does one thing to that page, and calls `far` or what is there then again. Exits with rbx. */
const program = (between: string): string => `
.globl _start
_start: xor ebx, ebx
        call far
        ${between}
again:  call far
        mov edi, ebx
        mov eax, 231
        syscall
        .balign 4096
far:    inc ebx
        ret
        .balign 4096
`

/** mmap over \`far\`: the same page of the file once more. */
const mapAgain = `
        mov eax, 2
        lea rdi, [rip + self]
        xor esi, esi
        syscall
        mov r8, rax
        mov eax, 9
        lea rdi, [rip + far]
        mov esi, 4096
        mov edx, 5
        mov r10d, 0x12
        mov r9d, 0x2000
        syscall
        jmp again
self:   .asciz "/proc/self/exe"
`

/** Anonymous memory over \`far\`, with a breakpoint and a \`ret\` of the program's own. */
const ownBreakpoint = `
        mov eax, 9
        lea rdi, [rip + far]
        mov esi, 4096
        mov edx, 7
        mov r10d, 0x32
        mov r8, -1
        xor r9d, r9d
        syscall
        mov dword ptr [rax], 0xf4f4c3cc
`

const protect = `
        mov eax, 10
        lea rdi, [rip + far]
        mov esi, 4096
        mov edx, 5
        syscall
`

const move = `
        mov eax, 25
        lea rdi, [rip + far]
        mov esi, 4096
        mov edx, 4096
        mov r10d, 3
        mov r8d, 0x700000
        syscall
        call rax
        mov edi, ebx
        mov eax, 231
        syscall
`

const fork = `
        mov eax, 57
        syscall
`

type Choices = Pick<KernelProfile, 'lifetime'> & Partial<KernelProfile>

function started(
  between: string,
  choices: Choices,
): { app: Booted; task: Task; consumer: ReturnType<Booted['consumer']> } {
  const app = boot(program(between), { optimize: 'none', ...choices })
  const task = app.start()
  const consumer = app.consumer('far')
  expect(app.attach('far', consumer)).to.equal(0)
  return { app, task, consumer }
}

function remove(app: Booted, consumer: ReturnType<Booted['consumer']>): number {
  return app.perform(app.uprobes.remove(app.inode, app.offset('far'), consumer))
}

describe('a probe bound to processes', () => {
  for (const lifetime of ['vma', 'process'] as const)
    describe(`for the time of a ${lifetime}`, () => {
      it('is where its file is mapped at the registration, and nowhere later', () => {
        const app = boot(program(''), { lifetime, optimize: 'none' })
        const early = app.start()
        expect(app.attach('far', app.consumer('far'))).to.equal(0)
        const late = app.start()
        expect([app.bytes(early, 'far', 1), app.bytes(late, 'far', 1)]).to.deep.equal(['cc', 'ff'])
        app.finish(early)
        app.finish(late)
        expect(app.hits).to.have.length(2)
        expect(app.kernel.ending(late)).to.deep.equal({ code: 2 })
      })

      it('survives a change of rights, and is taken out when it is removed', () => {
        const { app, task, consumer } = started(protect, { lifetime })
        app.stepTo(task, app.address('again'))
        expect(app.bytes(task, 'far', 1)).to.equal('cc')
        expect(remove(app, consumer)).to.equal(0)
        expect(app.bytes(task, 'far', 1)).to.equal('ff')
        app.finish(task)
        expect(app.kernel.ending(task)).to.deep.equal({ code: 2 })
      })

      it('is gone with exec and exit: its removal has nothing to do', () => {
        const { app, task, consumer } = started('', { lifetime })
        app.finish(task)
        expect(remove(app, consumer)).to.equal(0)
      })

      it('at one address of one process leaves the other process alone', () => {
        const app = boot(program(''), { lifetime, optimize: 'none' })
        const [one, other] = [app.start(), app.start()]
        const site = { mm: other.mm!, address: Number(app.address('far')) }
        const consumer = app.consumer('far')
        const register = (at = site) =>
          app.perform(app.uprobes.register(app.inode, app.offset('far'), 0n, consumer, at))
        expect(register({ ...site, address: site.address + 1 })).to.equal(-Errno.EINVAL)
        expect(register()).to.equal(0)
        expect([app.bytes(one, 'far', 1), app.bytes(other, 'far', 1)]).to.deep.equal(['ff', 'cc'])
        app.finish(one)
        app.finish(other)
        expect(app.hits).to.have.length(2)
      })

      it('calls at a hit those who listen there, and nobody of another process', () => {
        const app = boot(program(''), { lifetime, optimize: 'none' })
        const [one, other] = [app.start(), app.start()]
        for (const [name, task] of [
          ['one', one],
          ['other', other],
        ] as const)
          app.perform(
            app.uprobes.register(app.inode, app.offset('far'), 0n, app.consumer(name), {
              mm: task.mm!,
              address: Number(app.address('far')),
            }),
          )
        app.finish(one)
        expect(app.hits.map(hit => hit.split(' ')[0])).to.deep.equal(['one', 'one'])
      })
    })

  it('for the time of a mapping ends when something else is mapped there, without a word', () => {
    const { app, task, consumer } = started(mapAgain, { lifetime: 'vma' })
    app.stepTo(task, app.address('again'))
    expect(app.bytes(task, 'far', 1)).to.equal('ff')
    expect(remove(app, consumer)).to.equal(0)
    app.finish(task)
    expect([app.hits.length, app.kernel.ending(task)]).to.deep.equal([1, { code: 2 }])
    expect(app.events('log')).to.deep.equal([])
  })

  it('for the time of a process is stale then, and its removal fails', () => {
    const { app, task, consumer } = started(mapAgain, { lifetime: 'process' })
    app.stepTo(task, app.address('again'))
    expect(remove(app, consumer)).to.equal(-Errno.EINVAL)
    expect(app.events('log')).to.deep.equal(['log uprobe: no breakpoint to remove at 0x402000'])
    app.finish(task)
    expect(app.hits).to.have.length(1)
  })

  it('for the time of a process takes a breakpoint of other code at its address for its own', () => {
    const stale = started(ownBreakpoint, { lifetime: 'process' })
    stale.app.finish(stale.task)
    expect(stale.app.hits).to.have.length(2)
    // The instruction of the text that is gone has been executed once more.
    expect(stale.app.kernel.ending(stale.task)).to.deep.equal({ signal: 11 })
    const ended = started(ownBreakpoint, { lifetime: 'vma' })
    ended.app.finish(ended.task)
    expect(ended.app.hits).to.have.length(1)
    expect(ended.app.kernel.ending(ended.task)?.signal).to.equal(5)
  })

  it('leaves a breakpoint to the mapping that mremap moves, or takes it out before', () => {
    const stale = started(move, { lifetime: 'process' })
    stale.app.finish(stale.task)
    expect(stale.app.kernel.ending(stale.task)?.signal).to.equal(5)
    const ended = started(move, { lifetime: 'vma' })
    ended.app.finish(ended.task)
    expect([ended.app.hits.length, ended.app.kernel.ending(ended.task)]).to.deep.equal([1, { code: 2 }])
  })

  const forks = [
    { fork: 'shares', hits: 3, signal: undefined, byte: 'cc' },
    { fork: 'restores', hits: 2, signal: undefined, byte: 'ff' },
    { fork: 'inherits', hits: 2, signal: 5, byte: 'cc' },
  ] as const
  for (const { fork: choice, hits, signal, byte } of forks)
    it(`in a child has what fork: ${choice} makes of it`, () => {
      const { app, task, consumer } = started(fork, { lifetime: 'vma', fork: choice })
      app.finish(task)
      const child = app.kernel.tasks.at(-1)!
      expect(app.bytes(child, 'far', 1)).to.equal(byte)
      app.finish(child)
      expect(app.hits).to.have.length(hits)
      expect(app.kernel.ending(child)?.signal).to.equal(signal)
      expect(remove(app, consumer)).to.equal(0)
    })

  it('is refused by the layer of 2010 where a child has inherited a breakpoint that nobody owns', () => {
    const choices = { lifetime: 'vma', fork: 'inherits', instructions: '2010' } as const
    const { app, task } = started(fork, choices)
    app.finish(task)
    const child = app.kernel.tasks.at(-1)!
    const site = { mm: child.mm!, address: Number(app.address('far')) }
    const register = app.uprobes.register(app.inode, app.offset('far'), 0n, app.consumer('child'), site)
    expect(app.perform(register)).to.equal(-Errno.EEXIST)
    app.finish(child)
    expect(app.kernel.ending(child)?.signal).to.equal(5)
    const again = app.start()
    const another = { ...site, mm: again.mm! }
    expect(
      app.perform(app.uprobes.register(app.inode, app.offset('far'), 0n, app.consumer('late'), another)),
    ).to.equal(0)
    app.stepTo(again, app.address('again'))
    expect(app.hits.at(-1)).to.match(/^late /)
  })

  it('is removed in a child that shares it, too', () => {
    const { app, task, consumer } = started(fork, { lifetime: 'process', fork: 'shares' })
    app.finish(task)
    const child = app.kernel.tasks.at(-1)!
    expect(remove(app, consumer)).to.equal(0)
    expect(app.bytes(child, 'far', 1)).to.equal('ff')
  })

  it('counts: without one left, a trap is the program’s own at once', () => {
    const { app, task, consumer } = started('int3', { lifetime: 'vma' })
    app.stepTo(task, app.address('far'))
    expect(remove(app, consumer)).to.equal(0)
    app.finish(task)
    expect(app.events('trap', 'fault')).to.deep.equal(['fault 0x401008'])
  })
})
