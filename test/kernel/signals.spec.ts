// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { Register } from '../../src/machine/machine.ts'
import { boot, eventTexts } from './boot.ts'

/** rt_sigaction(signal, handler) with SA_SIGINFO | SA_RESTORER and more flags. */
const action = (signal: number, handler: string, flags = 0) => `
    lea rax, [rip + ${handler}]
    mov [rip + act], rax
    mov rax, ${0x0400_0004 + flags}
    mov [rip + act + 8], rax
    lea rax, [rip + restorer]
    mov [rip + act + 16], rax
    mov edi, ${signal}
    lea rsi, [rip + act]
    xor edx, edx
    mov r10d, 8
    mov eax, 13
    syscall`
const exit = (code: string) => `
    mov edi, ${code}
    mov eax, 231
    syscall`
const frame = `
restorer:
    mov eax, 15
    syscall
.data
.balign 8
act: .zero 32
saved: .zero 64
`

describe('signals', () => {
  it('a store that crosses into an unmapped page faults at that page, with nothing stored', () => {
    const guest = boot(
      `_start:
        mov eax, 9          # mmap(0x10000000, 4096, RW, PRIVATE|ANON|FIXED)
        mov edi, 0x10000000
        mov esi, 4096
        mov edx, 3
        mov r10d, 0x32
        mov r8, -1
        xor r9d, r9d
        syscall
        mov rax, -1
        mov [0x10000ffc], rax
        hlt`,
    )
    guest.finish()
    expect(eventTexts(guest.kernel, 'exception', 'address', 'error', 'code', 'signal')).to.deep.equal([
      'T fault exception=#PF address=0x10001000 error=6',
      'T signal address=0x10001000 code=1 signal=SIGSEGV',
      'T exit signal=SIGSEGV',
    ])
  })

  it('the frame of a fault shows the resume flag, that of a trap does not, and it is gone after the return', () => {
    for (const [signal, code, shown] of [
      [11, 'mov eax, [0]', 1],
      [4, 'ud2', 1],
      [5, 'int3', 0],
    ] as const) {
      const guest = boot(`_start:
        ${action(signal, 'handler')}
        ${signal === 5 ? '' : 'lea rbx, [rip + after]'}
        ${code}
      after:
        mov [rip + saved + 8], rax
        ${exit('[rip + saved]')}
      handler:
        mov eax, [rdx + 176]      # uc_mcontext.gregs[REG_EFL]
        shr eax, 16
        and eax, 1
        mov [rip + saved], eax
        test rbx, rbx
        jz 1f
        mov [rdx + 168], rbx      # REG_RIP
    1:  ret
      ${frame}`)
      const { task } = guest
      guest.finish()
      expect(guest.kernel.ending(task)?.code, code).to.equal(shown)
      expect(task.registers[Register.rflags]! & 0x1_0000n, code).to.equal(0n)
    }
  })

  it('a handler finds siginfo and ucontext as Linux lays them out', () => {
    const guest = boot(`_start:
      ${action(11, 'handler')}
      mov r12, 0x1122334455667788
      mov rbx, rsp
      mov qword ptr [rsp - 8], 77     # the red zone
      stc
    bad:
      mov rax, [0x1234]
    back:
      mov r13, [rsp - 8]
      ${exit('7')}
    handler:                           # rdi signal, rsi siginfo, rdx ucontext
      mov rax, [rsi + 16]
      mov [rip + saved], rax           # si_addr
      mov rax, [rdx + 40 + 4*8]
      mov [rip + saved + 8], rax       # r12
      mov rax, [rdx + 40 + 19*8]
      mov [rip + saved + 16], rax      # err
      mov rax, [rdx + 40 + 20*8]
      mov [rip + saved + 24], rax      # trapno
      mov rax, [rdx + 40 + 22*8]
      mov [rip + saved + 32], rax      # cr2
      mov [rip + saved + 40], rsp
      mov rax, [rdx + 40 + 17*8]
      mov [rip + saved + 48], rax      # flags
      mov rax, [rdx + 40 + 23*8]
      mov [rip + saved + 56], rax      # fpstate
      lea rax, [rip + back]
      mov [rdx + 40 + 16*8], rax
      movq xmm3, rax                   # must not outlive the handler
      ret
    ${frame}`)
    const { task } = guest
    guest.stepTo('handler')
    expect(task.registers[Register.rdi]).to.equal(11n)
    expect(task.registers[Register.rax]).to.equal(0n)
    guest.stepUntil(() => task.registers[Register.r13] !== 0n)
    expect(guest.word('saved')).to.equal(0x1234n)
    const saved = task.mm!.peek(guest.address('saved'), 64)!
    const words = new BigUint64Array(saved.buffer)
    expect(words[1]).to.equal(0x1122334455667788n)
    expect([words[2], words[3], words[4]]).to.deep.equal([4n, 14n, 0x1234n])
    expect(words[5]! % 16n).to.equal(8n)
    const [sp, floatingPoint] = [task.registers[Register.rbx]!, words[7]!]
    expect(floatingPoint % 64n).to.equal(0n)
    expect(floatingPoint + 512n <= sp - 128n && words[5]! < floatingPoint).to.equal(true)
    expect(words[6]! & 1n).to.equal(1n)
    expect(task.registers[Register.r13]).to.equal(77n)
    expect(task.registers[Register.r12]).to.equal(0x1122334455667788n)
    guest.kernel.run(task, { steps: 1, stopAtEvents: false })
    expect(new DataView(task.context.extended.buffer).getBigUint64(160 + 3 * 16, true)).to.equal(0n)
    guest.finish()
    expect(guest.kernel.ending(task)).to.deep.equal({ code: 7 })
  })

  it('a fault ends its step with the signal pending; delivery is a step of its own', () => {
    const guest = boot(`_start:
      ${action(4, 'handler')}
    bad:
      ud2
    handler:
      ${exit('1')}
    ${frame}`)
    const { task } = guest
    guest.stepTo('bad')
    const before = task.steps
    guest.step(task)
    expect(task.registers[Register.rip]).to.equal(BigInt(guest.address('bad')))
    expect(task.signalPending).to.equal(true)
    guest.step(task)
    expect(task.registers[Register.rip]).to.equal(BigInt(guest.address('handler')))
    expect(task.steps - before).to.equal(2)
  })

  it('several pending signals: one a step, the lowest number first, the last handler runs first', () => {
    const guest = boot(`_start:
      ${action(10, 'one')}
      ${action(12, 'two')}
    here:
      nop
      ${exit('0')}
    one: ret
    two: ret
    ${frame}`)
    const { task, kernel } = guest
    guest.stepTo('here')
    kernel.sendSignal(task, { signal: 12, code: 0, pid: 1, uid: 0 })
    kernel.sendSignal(task, { signal: 10, code: 0, pid: 1, uid: 0 })
    guest.step(task)
    expect(task.registers[Register.rip]).to.equal(BigInt(guest.address('one')))
    guest.step(task)
    expect(task.registers[Register.rip]).to.equal(BigInt(guest.address('two')))
    guest.finish()
    expect(eventTexts(kernel, 'signal', 'action')).to.deep.equal([
      'T signal signal=SIGUSR1 action=handler',
      'T signal signal=SIGUSR2 action=handler',
      'T exit',
    ])
  })

  it('one that kills by default comes before handlers of others; one that dumps core takes its turn', () => {
    const program = `_start:
      ${action(10, 'one')}
    here:
      nop
      ${exit('0')}
    one: ret
    ${frame}`
    const told = (killer: number) => {
      const { task, kernel, ...guest } = boot(program)
      guest.stepTo('here')
      for (const signal of [10, killer]) kernel.sendSignal(task, { signal, code: 0, pid: 1, uid: 0 })
      guest.finish()
      return eventTexts(kernel, 'signal', 'action')
    }
    expect(told(15)).to.deep.equal(['T signal signal=SIGTERM action=kill', 'T exit signal=SIGTERM'])
    expect(told(24)).to.deep.equal([
      'T signal signal=SIGUSR1 action=handler',
      'T signal signal=SIGXCPU action=kill',
      'T exit signal=SIGXCPU',
    ])
  })

  it('an ignored signal is dropped and takes no step', () => {
    const guest = boot('_start:\n nop\n nop\n hlt')
    guest.kernel.sendSignal(guest.task, { signal: 17, code: 0 })
    guest.step(guest.task)
    expect(guest.task.registers[Register.rip]).to.equal(BigInt(guest.address('_start')) + 1n)
  })

  it('SIGKILL ends all threads at once and costs no step', () => {
    const guest = boot('_start:\n jmp _start')
    guest.step(guest.task, 5)
    guest.kernel.sendSignal(guest.task, { signal: 9, code: 0, pid: 1, uid: 0 })
    expect(guest.task.state).to.equal('dead')
    expect(guest.task.steps).to.equal(5)
    expect(guest.kernel.ending(guest.task)).to.deep.equal({ signal: 9 })
  })

  it('SA_RESETHAND takes the handler once; a fault in a blocked signal kills', () => {
    const guest = boot(`_start:
      ${action(11, 'handler', 0x8000_0000)}
      mov rax, [0]
    handler:
      mov rax, [8]
    ${frame}`)
    guest.finish()
    expect(eventTexts(guest.kernel, 'action', 'address')).to.deep.equal([
      'T fault address=0x0',
      'T signal action=handler address=0x0',
      'T fault address=0x8',
      'T signal action=kill address=0x8',
      'T exit',
    ])
  })

  it('a handler with SA_ONSTACK runs on the alternate stack', () => {
    const guest = boot(`_start:
      lea rax, [rip + stack]
      mov [rip + saved], rax
      mov qword ptr [rip + saved + 16], 8192
      lea rdi, [rip + saved]
      xor esi, esi
      mov eax, 131
      syscall
      ${action(10, 'handler', 0x0800_0000)}
    here: nop
      ${exit('0')}
    handler: ret
    ${frame}
    .bss
    .balign 16
    stack: .zero 8192`)
    const { task } = guest
    guest.stepTo('here')
    guest.kernel.sendSignal(task, { signal: 10, code: 0, pid: 1, uid: 0 })
    guest.step(task)
    const top = guest.address('stack') + 8192
    expect(Number(task.registers[Register.rsp])).to.be.within(top - 2048, top)
    guest.finish()
    expect(guest.kernel.ending(task)).to.deep.equal({ code: 0 })
  })

  it('an interrupted sleep answers EINTR, or goes on with SA_RESTART', () => {
    for (const [flags, result] of [
      [0, -4n],
      [0x1000_0000, 1n],
    ] as const) {
      const guest = boot(`_start:
        ${action(10, 'handler', flags)}
        lea rdi, [rip + saved]
        mov eax, 22
        syscall
        mov edi, [rip + saved]
        lea rsi, [rip + saved + 8]
        mov edx, 1
        xor eax, eax
        syscall                       # read an empty pipe
        mov r15, rax
        ${exit('0')}
      handler:
        mov edi, [rip + saved + 4]
        lea rsi, [rip + act]
        mov edx, 1
        mov eax, 1
        syscall                       # put a byte in
        ret
      ${frame}`)
      const { task, kernel } = guest
      expect(guest.step(task, 1000).stop).to.deep.equal({ kind: 'sleep', reason: 'pipe read' })
      expect(guest.step(task, 1).made).to.equal(0)
      kernel.sendSignal(task, { signal: 10, code: 0, pid: 1, uid: 0 })
      expect(task.state).to.equal('runnable')
      guest.stepUntil(() => task.registers[Register.r15] !== 0n)
      expect(BigInt.asIntN(64, task.registers[Register.r15]!)).to.equal(result)
    }
  })

  it('stops at SIGSTOP and goes on at SIGCONT', () => {
    const guest = boot('_start:\n jmp _start', { kinds: ['signal'] })
    const { task, kernel } = guest
    kernel.sendSignal(task, { signal: 19, code: 0 })
    expect(guest.step(task, 10).stop).to.deep.equal({ kind: 'sleep', reason: 'stopped' })
    expect(kernel.runnable(task)).to.equal(false)
    kernel.sendSignal(task, { signal: 18, code: 0 })
    expect(guest.step(task, 10).made).to.equal(10)
  })

  it('tells the parent that it has stopped, gone on and ended, also when the parent has waited for that', () => {
    const guest = boot(`_start:
      ${action(17, 'handler', 0x1000_0000)}
      mov eax, 57            # fork
      syscall
      mov ebx, eax
      test eax, eax
      jz child
      mov esi, 2             # WUNTRACED
      call wait
      mov eax, 62            # kill
      mov edi, ebx
      mov esi, 18
      syscall
      mov esi, 8             # WCONTINUED
      call wait
      xor esi, esi
      call wait
      mov eax, 1
      mov edi, 1
      lea rsi, [rip + codes]
      mov rdx, [rip + count]
      syscall
      ${exit('0')}
    wait:
      mov r12d, esi
    again:
      mov eax, 61
      mov edi, -1
      lea rsi, [rip + saved]
      mov edx, r12d
      xor r10d, r10d
      syscall
      cmp rax, -4            # EINTR
      je again
      ret
    child:
      mov eax, 39
      syscall
      mov edi, eax
      mov esi, 19
      mov eax, 62
      syscall
      mov ecx, 100
    delay:
      loop delay
      ${exit('0')}
    handler:
      lea rdi, [rip + codes]
      mov rcx, [rip + count]
      mov eax, [rsi + 8]
      mov [rdi + rcx], al
      inc qword ptr [rip + count]
      ret
    ${frame}
    codes: .quad 0
    count: .quad 0
    `)
    guest.finish(20)
    // CLD_STOPPED, CLD_CONTINUED, CLD_EXITED
    expect(guest.output()).to.equal('\x05\x06\x01')
  })

  it('an alarm comes at its time, in a batch as in single steps, and the clock jumps to it when all sleep', () => {
    const text = `_start:
      ${action(14, 'handler')}
      lea rsi, [rip + saved]
      mov qword ptr [rsi + 24], 1        # 1 us
      xor edi, edi
      xor edx, edx
      mov eax, 38
      syscall
    again:
      inc rbx
      test r12d, r12d
      jz again
      mov r13, rbx
      mov edi, 5
      mov eax, 37
      syscall
      mov eax, 34
      syscall                            # pause
      mov r14, rax
      ${exit('0')}
    handler:
      inc r12
      mov [rdx + 40 + 4*8], r12
      ret
    ${frame}`
    const turns = [1, 1_000_000].map(steps => {
      const guest = boot(text)
      while (guest.task.state === 'runnable') guest.step(guest.task, steps)
      const turn = guest.task.registers[Register.r13]!
      expect(guest.kernel.advanceClock()).to.equal(true)
      expect(guest.kernel.now > 5_000_000_000n).to.equal(true)
      guest.stepUntil(() => guest.task.registers[Register.r14] !== 0n)
      expect(BigInt.asIntN(64, guest.task.registers[Register.r14]!)).to.equal(-4n)
      return turn
    })
    expect(turns[0]).to.equal(turns[1])
    expect(Number(turns[0])).to.be.within(320, 340)
  })
})
