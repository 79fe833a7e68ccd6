// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { Register } from '../../src/machine/machine.ts'
import type { Consumer } from '../../src/uprobes/uprobes.ts'
import { boot } from './boot.ts'

/** Runs over a five-byte nop three times; keeps four words below the stack pointer meanwhile, and exits with those that are lost. */
const redZone = `
.globl _start
_start: mov ebx, 3
again:  mov qword ptr [rsp-8], 1
        mov qword ptr [rsp-16], 1
        mov qword ptr [rsp-24], 1
        mov qword ptr [rsp-32], 1
        mov qword ptr [rsp-40], 1
        mov rax, 0x1111
        mov rcx, 0x2222
        mov r11, 0x3333
        stc
site:   .byte 0x0f, 0x1f, 0x44, 0x00, 0x00
behind: jnc wrong
        cmp rax, 0x1111
        jne wrong
        cmp rcx, 0x2222
        jne wrong
        cmp r11, 0x3333
        jne wrong
        xor edi, edi
        cmp qword ptr [rsp-8], 1
        setne dil
        cmp qword ptr [rsp-40], 1
        jne wrong
        dec ebx
        jnz again
        mov eax, 231
        syscall
wrong:  mov edi, 99
        mov eax, 231
        syscall
`

/** The first free page behind the text, which is nearer than the one below the headers. */
const trampoline = 0x402000

describe('a five-byte nop', () => {
  it('is a call from the second hit on, which costs the red zone (bug B4)', () => {
    const app = boot(redZone)
    const probe = app.consumer('site')
    app.attach('site', probe)
    const task = app.start()
    const { mm } = task
    expect(app.bytes(task, 'site', 5)).to.equal('cc 1f 44 00 00')
    app.until(task, 'emulated')
    app.step(task)
    const bytes = mm!.peek(Number(app.address('site')), 5)!
    expect(bytes[0]).to.equal(0xe8)
    const target =
      Number(app.address('behind')) + new DataView(bytes.buffer, bytes.byteOffset).getInt32(1, true)
    expect(target).to.equal(trampoline)
    expect(mm!.vmaAt(target)).to.deep.include({ name: '[uprobes-trampoline]', start: target })
    app.finish(task)
    expect(app.kernel.ending(task)?.code).to.equal(1)
    const hit = `site 0x${app.address('site').toString(16)}`
    expect(app.hits).to.deep.equal([hit, hit, hit])
    expect(app.events('trap')).to.have.length(1)
  })

  it('gets its bytes back; the trampoline stays', () => {
    const app = boot(redZone)
    const probe = app.consumer('site')
    app.attach('site', probe)
    const task = app.start()
    app.until(task, 'emulated')
    app.step(task)
    app.detach('site', probe)
    expect(app.bytes(task, 'site', 5)).to.equal('0f 1f 44 00 00')
    expect(task.mm!.vmaAt(trampoline)?.name).to.equal('[uprobes-trampoline]')
    app.finish(task)
    expect(app.hits).to.have.length(1)
    expect(app.kernel.ending(task)?.code).to.equal(0)
  })

  it('that loses its probe inside the trampoline goes on behind the call', () => {
    const app = boot(redZone)
    const probe = app.consumer('site')
    app.attach('site', probe)
    const task = app.start()
    app.until(task, 'emulated')
    app.step(task)
    app.stepTo(task, BigInt(trampoline))
    app.detach('site', probe)
    app.finish(task)
    expect(app.hits).to.have.length(1)
    expect(app.kernel.ending(task)?.code).to.equal(0)
  })

  it('stays a breakpoint where the profile knows no better', () => {
    const app = boot(redZone, { optimize: 'none' })
    app.attach('site', app.consumer('site'))
    const task = app.start()
    app.finish(task)
    expect(app.events('trap')).to.have.length(3)
    expect(app.kernel.ending(task)?.code).to.equal(0)
  })

  it('lets a handler change registers and where to go on', () => {
    const app = boot(redZone)
    app.attach(
      'site',
      app.consumer('site', {
        *handler({ registers }) {
          app.hits.push('hit')
          if (app.hits.length === 1) return 0
          registers[16] = app.address('wrong')
          registers[7] = 5n
          return 0
        },
      }),
    )
    const task = app.start()
    app.finish(task)
    expect(app.hits).to.have.length(2)
    expect(app.kernel.ending(task)?.code).to.equal(99)
  })

  it('kills a forked child at its next pass, for the trampoline is not copied (bug B2)', () => {
    const app = boot(`
.globl _start
_start: call f
        mov eax, 57
        syscall
        call f
        xor edi, edi
        mov eax, 231
        syscall
f:      .byte 0x0f, 0x1f, 0x44, 0x00, 0x00
        ret
`)
    app.attach('f', app.consumer('f'))
    const parent = app.start()
    app.finish(parent)
    const child = app.kernel.tasks[1]!
    app.finish(child)
    expect(app.kernel.ending(parent)?.code).to.equal(0)
    expect(app.kernel.ending(child)?.signal).to.equal(11)
    expect(app.events('signal')).to.deep.equal([`signal SIGSEGV 0x${trampoline.toString(16)}`])
  })

  it('takes nine steps more as a call, whether its handler is a path or not', () => {
    const steps = (probe: Partial<Consumer> | undefined, optimize: 'none' | 'nop5'): number => {
      const app = boot(redZone, { optimize })
      if (probe) app.attach('site', app.consumer('site', probe))
      const task = app.start()
      app.finish(task)
      return app.kernel.steps(task)
    }
    const plain = steps(undefined, 'none')
    expect(steps({}, 'none')).to.equal(plain)
    expect(steps({}, 'nop5')).to.equal(plain + 2 * 9)
    expect(steps({ handler: () => 0 }, 'nop5')).to.equal(plain + 2 * 9)
  })

  it('kills who calls the trampoline with a stack that cannot be read', () => {
    const app = boot(redZone)
    app.attach('site', app.consumer('site'))
    const task = app.start()
    app.until(task, 'emulated')
    app.stepTo(task, BigInt(trampoline) + 11n)
    task.registers[Register.rsp] = 0x1000n
    app.step(task)
    expect(app.register(task, 'rax')).to.equal(2n ** 64n - 1n)
    app.finish(task)
    expect([app.hits.length, app.kernel.ending(task)?.signal]).to.deep.equal([1, 4])
    const signal = app.kernel.events.find(({ kind }) => kind === 'signal')!
    expect(signal.fields).to.include({ signal: 'SIGILL', code: 128n })
  })

  it('the call that the trampoline makes is refused elsewhere', () => {
    const app = boot(`
.globl _start
_start: mov eax, 336
        syscall
        neg eax
        mov edi, eax
        mov eax, 231
        syscall
`)
    const task = app.start()
    app.finish(task)
    expect(app.kernel.ending(task)?.code).to.equal(6)
  })
})
