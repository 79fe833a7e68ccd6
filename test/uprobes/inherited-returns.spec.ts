// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { type Booted, boot } from './boot.ts'

/** Calls `f`, which does `inside` and returns in every task that comes out of it; each exits with 7. */
const program = (inside: string): string => `
.globl _start
_start: call f
after:  mov edi, 7
        mov eax, 60
        syscall
f:      mov r12, [rsp]
        ${inside}
        ret
.bss
        .zero 512
other:  .zero 16
`
const vfork = 'mov eax, 58\nsyscall'
const fork = 'mov eax, 57\nsyscall'
/** A thread goes to `after` at once: its stack has no return address. */
const clone = `
        mov edi, 0x10f00
        lea rsi, [rip+other]
        xor edx, edx
        mov eax, 56
        syscall
        test eax, eax
        jz after
`
/** Puts another page where the slots are. */
const occupy = `
        mov rdi, r12
        mov esi, 4096
        mov eax, 11
        syscall
        mov rdi, r12
        mov esi, 4096
        mov edx, 7
        mov r10d, 0x32
        mov r8, -1
        xor r9d, r9d
        mov eax, 9
        syscall
`

function start(inside: string): Booted {
  const app = boot(program(inside))
  app.attach('f', app.returnConsumer('f'))
  const task = app.start()
  for (let count = 0; count < 60 && app.kernel.tasks.length < 2; count++) app.step(task)
  return app
}
const depths = ({ kernel, uprobes }: Booted): number[] =>
  kernel.tasks.map(task => uprobes.inspect().returnDepth(task))

describe('pending returns', () => {
  it('are copied for a child of fork and of vfork, and not for a thread', () => {
    expect(depths(start(fork))).to.deep.equal([1, 1])
    expect(depths(start(vfork))).to.deep.equal([1, 1])
    expect(depths(start(clone))).to.deep.equal([1, 0])
  })

  it('of a task without any are none, and no page of slots is made for its child', () => {
    const app = boot(`.globl _start\n_start: lea eax, [rax]\n${fork}\nmov edi, 7\nmov eax, 60\nsyscall\n`)
    app.attach('_start', app.consumer('p'))
    const task = app.start()
    app.finish(task)
    const child = app.kernel.tasks[1]!
    app.step(child)
    expect(app.uprobes.inspect().slotArea(child.mm!)).to.equal(undefined)
    expect(app.events('log')).to.deep.equal([])
    const unprobed = boot(program(fork))
    unprobed.finish(unprobed.start())
    expect(depths(unprobed)).to.deep.equal([0, 0])
  })

  /** The trampoline has left the true address on the stack that both use, so that the parent returns by itself. */
  it('of a child of vfork need no page of their own', () => {
    const app = start(vfork)
    const [parent, child] = app.kernel.tasks
    app.finish(child!)
    app.finish(parent!)
    expect(app.events('log')).to.deep.equal([])
    expect([parent, child].map(task => app.kernel.ending(task!)?.code)).to.deep.equal([7, 7])
    expect(app.hits).to.have.length(1)
  })

  it('of a child whose page cannot lie where the parent has it are told in the log', () => {
    const app = start(occupy + fork)
    const [, child] = app.kernel.tasks
    app.step(child!)
    expect(app.events('log')).to.deep.equal([`log uprobe: app:${child!.id} failed to dup xol area`])
  })

  it('and so are those of its own children, for which there is no page to be had again', () => {
    for (const again of [fork, vfork]) {
      const app = start(`${occupy}${fork}\n${again}`)
      const [, child] = app.kernel.tasks
      for (let count = 0; count < 8 && app.kernel.tasks.length < 3; count++) app.step(child!)
      const [, , grandchild] = app.kernel.tasks
      expect(app.events('log').slice(1)).to.deep.equal([
        `log uprobe: app:${grandchild!.id} failed to dup xol area`,
      ])
    }
  })

  it('and are not, where the child is killed anyway', () => {
    const app = start(occupy + fork)
    const [, child] = app.kernel.tasks
    app.kernel.sendSignal(child!, { signal: 9, code: 0, pid: 1, uid: 0 })
    app.finish(child!)
    expect(app.events('log')).to.deep.equal([])
  })

  it('end with their task, and the probe stays', () => {
    const app = start(fork)
    const [parent, child] = app.kernel.tasks
    app.kernel.sendSignal(child!, { signal: 9, code: 0, pid: 1, uid: 0 })
    app.finish(child!)
    expect(app.uprobes.inspect().returnDepth(child!)).to.equal(0)
    expect(app.uprobes.inspect().probes()).to.have.length(1)
    app.finish(parent!)
    expect(app.hits).to.have.length(1)
    expect(app.uprobes.inspect().probes()).to.have.length(1)
  })
})
