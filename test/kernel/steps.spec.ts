// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { bootKernel } from '../../src/kernel/boot-kernel.ts'
import type { KernelPath } from '../../src/kernel/kernel.ts'
import { createMachine } from '../../src/machine/create-machine.ts'
import { Register } from '../../src/machine/machine.ts'
import { boot } from './boot.ts'

/** Programs of the corpus with the steps that a live kernel counted for them under round-robin. */
const recorded = [
  { name: 'insn-rep', steps: 51, ending: { code: 3 } },
  { name: 'insn-jmp', steps: 22, ending: { code: 6 } },
  { name: 'sig-store-fault', steps: 81, ending: { code: 9 } },
] as const

describe('steps', () => {
  for (const { name, steps, ending } of recorded)
    it(`of ${name} are as many as on a live kernel`, () => {
      const kernel = bootKernel(createMachine({ memory: 1 << 24 }))
      kernel.createFile('/case/prog', readFileSync(new URL(`data/${name}`, import.meta.url)))
      const task = kernel.spawn({
        name: 'T',
        path: './prog',
        argv: ['./prog'],
        env: [],
        workingDirectory: '/case',
      })
      if (typeof task === 'number') throw new Error(`errno ${-task}`)
      expect(task.registers[Register.rsp]).to.equal(0x7fff_ffff_ee30n)
      while (task.state !== 'dead') kernel.run(task, { steps: 1, stopAtEvents: false })
      expect(kernel.steps(task)).to.equal(steps)
      expect(kernel.ending(task)).to.deep.equal(ending)
    })

  it('are the same in one batch and one by one', () => {
    const text = `_start:
        mov ecx, 100
      again:
        mov [rsp + rcx*8 - 0x4000], rcx
        dec ecx
        jnz again
        mov eax, 39
        syscall
        lea rdi, [rsp - 64]
        mov rsi, rsp
        mov ecx, 32
        rep movsb
        mov eax, 231
        syscall`
    const once = boot(text)
    const { made } = once.step(once.task, 1_000_000)
    const slowly = boot(text)
    slowly.finish(1)
    expect(made).to.equal(slowly.task.steps)
    expect(made).to.equal(1 + 300 + 2 + 3 + 32 + 2)
  })

  it('stop right after every event, inside the step, and go on from there', () => {
    const guest = boot('_start:\n mov eax, 39\n syscall\n nop\n ud2', {
      kinds: ['syscall', 'fault', 'signal', 'exit'],
    })
    const { kernel, task } = guest
    const seen: string[] = []
    for (;;) {
      const { made, stop } = kernel.run(task, { steps: 100, stopAtEvents: true })
      seen.push(`${made} ${stop.kind === 'event' ? stop.event.kind : stop.kind}`)
      if (stop.kind !== 'event') break
    }
    expect(seen).to.deep.equal(['1 syscall', '2 fault', '1 signal', '0 exit', '1 dead'])
    expect(task.steps).to.equal(5)
  })

  it('stop before an address is executed', () => {
    const guest = boot('_start:\n mov ecx, 3\nagain:\n dec ecx\n jnz again\n hlt')
    const at = BigInt(guest.address('again'))
    const made = [1, 2, 3, 4].map(
      () => guest.kernel.run(guest.task, { steps: 10, stopAtEvents: false, at }).made,
    )
    expect(made.slice(0, 3)).to.deep.equal([1, 2, 2])
    expect(guest.task.state).to.equal('dead')
  })

  it('go on while a plug-in has the instruction stepped elsewhere', () => {
    // The plug-in claims the breakpoint, sends the task to a copy of the instruction with TF set, and brings it back.
    const guest = boot('_start:\n int3\nafter:\n nop\n hlt\ncopy:\n inc r12\n hlt')
    const { kernel, task } = guest
    kernel.hooks.dieNotifiers.push((_trap, claimant) => {
      claimant.resumeWork = true
      return 'stop'
    })
    kernel.hooks.resume.push(function* (claimant): KernelPath {
      const flags = claimant.registers[Register.rflags]!
      if (!claimant.stepping) {
        claimant.stepping = true
        claimant.registers[Register.rip] = BigInt(guest.address('copy'))
        claimant.registers[Register.rflags] = flags | 0x100n
        return
      }
      claimant.stepping = false
      claimant.registers[Register.rip] = BigInt(guest.address('after'))
      claimant.registers[Register.rflags] = flags & ~0x100n
    })
    expect(guest.step(task)).to.deep.equal({ made: 1, stop: { kind: 'steps' } })
    expect(task.registers[Register.r12]).to.equal(1n)
    expect(task.registers[Register.rip]).to.equal(BigInt(guest.address('after')))
    guest.step(task)
    expect(task.steps).to.equal(2)
  })

  it('of a plug-in that restarts for ever end in a broken run', () => {
    const guest = boot('_start:\n int3', { limits: { restarts: 50 } })
    guest.kernel.hooks.dieNotifiers.push((_trap, task) => {
      task.registers[Register.rip] = task.registers[Register.rip]! - 1n
      task.restarting = true
      return 'stop'
    })
    const { made, stop } = guest.step(guest.task, 1)
    expect(made).to.equal(0)
    expect(stop).to.include({
      kind: 'broken',
      message: 'T entered the kernel 51 times without ending its step',
    })
  })

  it('cost the sleeper nothing when the clock wakes it', () => {
    const guest = boot(`_start:
        lea rdi, [rip + time]
        xor esi, esi
        mov eax, 35
        syscall
        mov edi, eax
        mov eax, 231
        syscall
      .data
      time: .quad 2, 500`)
    expect(guest.step(guest.task, 100)).to.deep.equal({
      made: 4,
      stop: { kind: 'sleep', reason: 'nanosleep' },
    })
    expect(guest.kernel.runnable(guest.task)).to.equal(false)
    expect(guest.kernel.advanceClock()).to.equal(true)
    expect(guest.kernel.now >= 2_000_000_500n).to.equal(true)
    expect(guest.step(guest.task, 1).made).to.equal(1)
    guest.finish()
    expect(guest.kernel.ending(guest.task)).to.deep.equal({ code: 0 })
  })

  it('end in a broken run when a limit is passed', () => {
    const loop = '_start:\n mov eax, 57\n syscall\n jmp _start'
    const guest = boot(loop, { limits: { tasks: 5 } })
    expect(guest.step(guest.task, 1000).stop).to.include({
      kind: 'broken',
      message: 'more than 5 tasks are alive',
    })
  })

  it('that sleep, are woken and sleep again count once', () => {
    const guest = boot(`_start:
        lea rdi, [rip + ends]
        mov eax, 22
        syscall
        mov eax, 57
        syscall
        test eax, eax
        jz reader
        mov edi, [rip + ends + 4]
        lea rsi, [rip + buffer]
        mov edx, 196608
        mov eax, 1
        syscall
        mov edi, 0
        mov eax, 231
        syscall
      reader:
        mov edi, [rip + ends]
        lea rsi, [rip + buffer]
        mov edx, 4096
        xor eax, eax
        syscall
        dec dword ptr [rip + left]
        jnz reader
        mov eax, 231
        syscall
      .data
        ends: .quad 0
        left: .quad 48
      .bss
        buffer: .zero 196608`)
    guest.step(guest.task, 1000)
    expect(guest.task.state).to.equal('sleeping')
    const before = guest.task.steps
    const reader = guest.kernel.tasks[1]!
    guest.kernel.run(reader, { steps: 47 * 7, stopAtEvents: false })
    expect(guest.task.state).to.equal('runnable')
    expect(guest.task.steps).to.equal(before)
    expect(guest.task.registers[Register.rax]).to.equal(196_608n)
  })
})
