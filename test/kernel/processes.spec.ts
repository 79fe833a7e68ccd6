// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { KernelTask } from '../../src/kernel/task/kernel-task.ts'
import { Register } from '../../src/machine/machine.ts'
import { boot, eventTexts, type Guest } from './boot.ts'

const call = (number: number, ...values: (string | number)[]) =>
  [
    ...values.map((value, index) => `mov ${['rdi', 'rsi', 'rdx', 'r10', 'r8', 'r9'][index]}, ${value}`),
    `mov eax, ${number}`,
    'syscall',
  ].join('\n')
const exit = (code: string | number) => call(231, code)
/** A thread on `stack`, which begins behind the syscall with rax 0. */
const thread = (stack = 'stack') =>
  `lea rsi, [rip + ${stack} + 4096]\n lea r10, [rip + childid]\n ${'mov edx, 0'}\n mov edi, 0x250f00\n mov eax, 56\n syscall`
const data =
  '.data\n.balign 8\nvalue: .quad 5\nstatus: .quad 0\nchildid: .quad 1\n.bss\n.balign 16\nstack: .zero 4096\nother: .zero 4096\n'

const tasks = ({ kernel }: Guest) => kernel.tasks as readonly KernelTask[]
const rax = (task: KernelTask) => BigInt.asIntN(64, task.registers[Register.rax]!)

describe('processes', () => {
  it('fork copies memory; wait4 sleeps, is finished in the step that wakes it, and gives the status', () => {
    const guest = boot(
      `_start:
        ${call(57)}
        test eax, eax
        jz child
        mov qword ptr [rip + value], 6
        lea rsi, [rip + status]
        ${call(61, -1, 'rsi', 0, 0)}
        ${exit(0)}
      child:
        mov rbx, [rip + value]
        ${exit(3)}
      ${data}`,
      { kinds: ['fork', 'exit', 'syscall'] },
    )
    const [parent] = tasks(guest)
    expect(guest.step(parent!, 1000).stop).to.deep.equal({ kind: 'sleep', reason: 'wait for a child' })
    const [, child] = tasks(guest)
    expect(rax(child!)).to.equal(0n)
    const before = parent!.steps
    expect(guest.step(child!, 1000).stop).to.deep.equal({ kind: 'dead' })
    expect(parent!.state).to.equal('runnable')
    expect(parent!.steps).to.equal(before)
    expect(rax(parent!)).to.equal(BigInt(child!.id))
    expect(guest.word('status')).to.equal(0x300n)
    guest.finish()
    expect(eventTexts(guest.kernel, 'child', 'type', 'name', 'code')).to.deep.equal([
      'T fork child=T/1 type=process',
      'T syscall name=fork',
      'T/1 syscall name=exit_group',
      'T/1 exit code=3',
      'T syscall name=wait4',
      'T syscall name=exit_group',
      'T exit code=0',
    ])
  })

  it('the child of a fork sees the memory of before, whatever the parent writes', () => {
    const guest = boot(`_start:
        ${call(57)}
        test eax, eax
        jz child
        mov qword ptr [rip + value], 6
        ${exit(0)}
      child:
        mov rdi, [rip + value]
        mov eax, 231
        syscall
      ${data}`)
    guest.step(guest.task, 1000)
    guest.finish()
    expect(guest.kernel.ending(tasks(guest)[1]!)).to.deep.equal({ code: 5 })
  })

  it('a vfork parent sleeps until its child has executed a program', () => {
    const guest = boot(`_start:
        ${call(58)}
        test eax, eax
        jz child
        ${exit(4)}
      child:
        lea rdi, [rip + path]
        xor esi, esi
        xor edx, edx
        mov eax, 59
        syscall
        hlt
      path: .asciz "/other"`)
    guest.kernel.createFile('/other', boot(`_start:\n ${exit(9)}`).image.bytes)
    expect(guest.step(guest.task, 100).stop).to.deep.equal({ kind: 'sleep', reason: 'vfork' })
    const child = tasks(guest)[1]!
    guest.step(child, 7)
    expect(guest.task.state).to.equal('runnable')
    expect(child.mm).to.not.equal(guest.task.mm)
    guest.finish()
    expect(tasks(guest).map(task => guest.kernel.ending(task))).to.deep.equal([{ code: 4 }, { code: 9 }])
  })

  it('a thread shares memory, gets its name, and wakes who waits for its end', () => {
    const guest = boot(
      `_start:
        ${thread()}
        test eax, eax
        jz child
      again:
        mov edx, [rip + childid]
        test edx, edx
        jz joined
        lea rdi, [rip + childid]
        ${call(202, 'rdi', 0, 'rdx', 0)}
        jmp again
      joined:
        mov rdi, [rip + value]
        mov eax, 231
        syscall
      child:
        mov qword ptr [rip + value], 77
        ${call(60, 0)}
      ${data}`,
      { spawn: { threadNames: ['B'] } },
    )
    expect(guest.step(guest.task, 1000).stop).to.deep.equal({ kind: 'sleep', reason: 'futex' })
    expect(tasks(guest).map(task => task.name)).to.deep.equal(['T', 'B'])
    guest.finish()
    expect(guest.kernel.ending(guest.task)).to.deep.equal({ code: 77 })
  })

  it('exit_group takes every thread with it in one step', () => {
    const guest = boot(`_start:
        ${thread()}
        test eax, eax
        jz spin
        ${thread('other')}
        test eax, eax
        jz spin
        ${exit(2)}
      spin: jmp spin
      ${data}`)
    guest.step(guest.task, 1000)
    expect(tasks(guest).map(task => guest.kernel.ending(task))).to.deep.equal([
      { code: 2 },
      { code: 2 },
      { code: 2 },
    ])
    expect(
      tasks(guest)
        .map(task => task.steps)
        .slice(1),
    ).to.deep.equal([0, 0])
  })

  it('execve from a second thread ends the first, whose place and number it takes', () => {
    const guest = boot(`_start:
        ${thread()}
        test eax, eax
        jz child
      spin: jmp spin
      child:
        lea rdi, [rip + path]
        xor esi, esi
        xor edx, edx
        mov eax, 59
        syscall
        hlt
      path: .asciz "/other"
      ${data}`)
    guest.kernel.createFile('/other', boot(`_start:\n ${exit(9)}`).image.bytes)
    guest.step(guest.task, 20)
    const [first, second] = tasks(guest)
    const steps = second!.steps
    expect(guest.step(second!, 7)).to.deep.equal({ made: 7, stop: { kind: 'steps' } })
    expect(first!.state).to.equal('dead')
    expect(guest.kernel.ending(first!)).to.deep.equal({ replaced: true })
    expect(second!.id).to.equal(second!.processId)
    expect(second!.steps - steps).to.equal(7)
    expect([...second!.registers].filter(value => value !== 0n)).to.have.lengthOf(3)
    guest.finish()
    expect(guest.kernel.ending(second!)).to.deep.equal({ code: 9 })
  })

  it('SIGCHLD interrupts a wait only where the child is not the one waited for', () => {
    const guest = boot(`_start:
        ${call(57)}
        test eax, eax
        jz child
        mov ebx, eax
        ${call(61, 'rbx', 0, 1, 0)}
        mov r12, rax                    # WNOHANG: none yet
        ${call(61, 'rbx', 0, 0, 0)}
        mov r13, rax
        ${call(61, -1, 0, 0, 0)}
        mov r14, rax
        ${exit(0)}
      child:
        ${exit(1)}
      ${data}`)
    guest.step(guest.task, 1000)
    guest.step(tasks(guest)[1]!, 1000)
    guest.stepUntil(() => guest.task.registers[Register.r14] !== 0n)
    const { registers } = guest.task
    expect(registers[Register.r12]).to.equal(0n)
    expect(registers[Register.r13]).to.equal(BigInt(tasks(guest)[1]!.id))
    expect(BigInt.asIntN(64, registers[Register.r14]!)).to.equal(-10n)
  })

  it('a signal that kills is the status of the child', () => {
    const guest = boot(`_start:
        ${call(57)}
        test eax, eax
        jz child
        lea rsi, [rip + status]
        ${call(61, -1, 'rsi', 0, 0)}
        mov rdi, [rip + status]
        mov eax, 231
        syscall
      child: ud2
      ${data}`)
    guest.finish()
    expect(tasks(guest).map(task => guest.kernel.ending(task))).to.deep.equal([{ code: 4 }, { signal: 4 }])
  })

  it('a thread that ends with a robust lock in its hands marks it, at a negative offset too', () => {
    const guest = boot(`_start:
        ${thread()}
        test eax, eax
        jz child
      again:
        mov edx, [rip + childid]
        test edx, edx
        jz joined
        lea rdi, [rip + childid]
        ${call(202, 'rdi', 0, 'rdx', 0)}
        jmp again
      joined:
        ${exit(0)}
      child:
        mov eax, 186
        syscall
        mov [rip + lock], eax
        lea rdi, [rip + head]
        ${call(273, 'rdi', 24)}
        ${call(60, 0)}
      ${data}
      .data
      lock: .quad 0, 0, 0, 0
      entry: .quad head
      head: .quad entry, -32, 0`)
    guest.step(guest.task, 1000)
    guest.step(tasks(guest)[1]!, 1000)
    expect(guest.word('lock')).to.equal(0x4000_0000n)
  })

  it('a futex wait answers at once when the word has changed', () => {
    const guest = boot(`_start:
        lea rdi, [rip + value]
        ${call(202, 'rdi', 0, 4, 0)}
      end: hlt
      ${data}`)
    guest.stepTo('end')
    expect(rax(guest.task)).to.equal(-11n)
  })

  it('a program finds its strings at the top of its stack, and pointers to them', () => {
    const guest = boot('_start: hlt', { spawn: { argv: ['/prog', 'two'], env: ['A=b'] } })
    const { mm, registers } = guest.task
    const top = 0x7fff_ffff_f000
    const text = '/prog\0two\0A=b\0/prog\0'
    expect(new TextDecoder().decode(mm!.peek(top - 8 - text.length, text.length))).to.equal(text)
    const words = new BigUint64Array(mm!.peek(Number(registers[Register.rsp]), 6 * 8)!.buffer)
    const first = BigInt(top - 8 - text.length)
    expect([...words]).to.deep.equal([2n, first, first + 6n, 0n, first + 10n, 0n])
  })
})
