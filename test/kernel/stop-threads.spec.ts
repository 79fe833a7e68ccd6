// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { StoppedThreads } from '../../src/kernel/kernel.ts'
import type { KernelTask } from '../../src/kernel/task/kernel-task.ts'
import { boot, type Guest } from './boot.ts'

const exit = `
    mov edi, 7
    mov eax, 60
    syscall`
/** clone(VM | FS | FILES | SIGHAND | THREAD) on the same stack. */
const clone = `
    mov eax, 56
    mov edi, 0x10f00
    xor esi, esi
    xor edx, edx
    xor r10d, r10d
    xor r8d, r8d
    syscall`

const stop = ({ kernel, task }: Guest): StoppedThreads => kernel.stopThreads(task.mm!, 'for a test')
const tasksOf = ({ kernel }: Guest): readonly KernelTask[] => kernel.tasks as readonly KernelTask[]

describe('threads that are stopped', () => {
  it('make no step until they are released, and take part in nothing', () => {
    const guest = boot(`_start: ${exit}`)
    const stopped = stop(guest)
    expect([stopped.count, stopped.complete, guest.task.state]).deep.equal([1, true, 'sleeping'])
    expect(guest.kernel.runnable(guest.task)).equal(false)
    expect(guest.step(guest.task, 5)).deep.equal({
      made: 0,
      stop: { kind: 'sleep', reason: 'for a test' },
    })
    stopped.release()
    guest.finish()
    expect(guest.kernel.ending(guest.task)).deep.equal({ code: 7 })
  })

  it('cannot be asked twice at a time', () => {
    const guest = boot(`_start: ${exit}`)
    stop(guest)
    expect(() => stop(guest)).throw('being stopped already')
  })

  it('are killed all the same', () => {
    const guest = boot(`_start: jmp _start`)
    const stopped = stop(guest)
    guest.kernel.sendSignal(guest.task, { signal: 9, code: 0 })
    guest.finish(10)
    expect(guest.kernel.ending(guest.task)).deep.equal({ signal: 9 })
    expect(stopped.complete).equal(true)
  })

  it('get signals that do not kill when they go on', () => {
    const guest = boot(`_start: ${exit}`)
    const stopped = stop(guest)
    guest.kernel.sendSignal(guest.task, { signal: 11, code: 0 })
    guest.step(guest.task, 3)
    expect(guest.task.dead).equal(false)
    stopped.release()
    guest.finish()
    expect(guest.kernel.ending(guest.task)).deep.equal({ signal: 11 })
  })

  it('stop on their way out of the kernel, and their children are caught', () => {
    const guest = boot(`_start: ${clone}\n${exit}`, { kinds: ['fork'] })
    while (guest.kernel.run(guest.task, { steps: 1, stopAtEvents: true }).stop.kind !== 'event');
    const stopped = stop(guest)
    const [, child] = tasksOf(guest)
    expect([stopped.complete, child!.state]).deep.equal([false, 'sleeping'])
    expect(guest.step(guest.task, 5)).deep.equal({
      made: 1,
      stop: { kind: 'sleep', reason: 'for a test' },
    })
    expect([stopped.complete, guest.step(child!, 5).made]).deep.equal([true, 0])
    stopped.release()
    guest.finish()
    expect(tasksOf(guest).map(task => task.ending)).deep.equal([{ code: 7 }, { code: 7 }])
  })

  it('are waited for where they sleep for the child of a vfork, which goes on', () => {
    const guest = boot(`_start:\nmov eax, 58\nsyscall\n${exit}`)
    guest.step(guest.task, 2)
    const stopped = stop(guest)
    const [, child] = tasksOf(guest)
    expect([stopped.count, stopped.complete, guest.kernel.runnable(child!)]).deep.equal([1, false, true])
    guest.step(child!, 10)
    expect([child!.dead, stopped.complete, guest.task.dead]).deep.equal([true, true, false])
    stopped.release()
    guest.finish()
    expect(guest.task.ending).deep.equal({ code: 7 })
  })

  it('count as stopped where a fork waits for the very registration that stops them', () => {
    const guest = boot(`_start:\nmov eax, 57\nsyscall\n${exit}`)
    guest.kernel.registering = 1
    guest.step(guest.task, 2)
    expect(guest.task.point?.reason).equal('a registration is going on')
    const stopped = stop(guest)
    expect(stopped.complete).equal(true)
    stopped.release()
    guest.kernel.registering = 0
    guest.finish()
    expect(tasksOf(guest)).to.have.length(2)
  })

  it('count as stopped where SIGSTOP has stopped them', () => {
    const guest = boot(`_start: jmp _start`)
    guest.kernel.sendSignal(guest.task, { signal: 19, code: 0 })
    guest.step(guest.task, 2)
    expect(stop(guest).complete).equal(true)
  })

  it('leave a call that a signal could end, and make it again', () => {
    const guest = boot(
      `_start:
        mov eax, 22            # pipe
        lea rdi, [rip + ends]
        syscall
        mov edi, [rip + ends]
        lea rsi, [rip + ends]
        mov edx, 1
        xor eax, eax           # read
        syscall
        ${exit}
      .data
      ends: .quad 0`,
      { kinds: ['syscall'] },
    )
    guest.step(guest.task, 20)
    const results = (): unknown[] => guest.kernel.events.map(({ fields }) => fields['result'])
    expect([guest.task.point?.reason, results()]).deep.equal(['pipe read', [0n]])
    const stopped = stop(guest)
    guest.step(guest.task, 1)
    expect([stopped.complete, results()]).deep.equal([true, [0n, -512n]])
    stopped.release()
    guest.step(guest.task, 5)
    expect(guest.task.point?.reason).equal('pipe read')
  })
})
