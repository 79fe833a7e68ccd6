// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { profiles } from '../../src/uprobes/profile.ts'
import { type Booted, boot } from './boot.ts'

const nop10 = '.byte 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0'

/** Three passes over a ten-byte nop, with five words below the stack pointer; exits with 0 if all words and registers stay. */
const leaf = `
.globl _start
_start: mov ebx, 3
        mov rbp, rsp
again:  mov qword ptr [rsp-8], 1
        mov qword ptr [rsp-16], 2
        mov qword ptr [rsp-128], 3
        mov rax, 0x1111
        mov rcx, 0x2222
        mov r11, 0x3333
        stc
site:   ${nop10}
behind: jnc wrong
        cmp rsp, rbp
        jne wrong
        cmp rax, 0x1111
        jne wrong
        cmp rcx, 0x2222
        jne wrong
        cmp r11, 0x3333
        jne wrong
        cmp qword ptr [rsp-8], 1
        jne wrong
        cmp qword ptr [rsp-16], 2
        jne wrong
        cmp qword ptr [rsp-128], 3
        jne wrong
        dec ebx
        jnz again
        xor edi, edi
        mov eax, 231
        syscall
wrong:  mov edi, 99
        mov eax, 231
        syscall
`

const forking = `
.globl _start
_start: call f
        mov eax, 57
        syscall
        call f
        xor edi, edi
        mov eax, 231
        syscall
f:      ${nop10}
        ret
`

function bootNew(program: string): Booted {
  return boot(program, profiles['linux-7.2'])
}

describe('a ten-byte nop', () => {
  it('becomes a step over the red zone and a call, which costs the program nothing', () => {
    const app = bootNew(leaf)
    expect(app.attach('site', app.consumer('site'))).to.equal(0)
    const task = app.start()
    app.until(task, 'emulated')
    app.step(task)
    expect(app.bytes(task, 'site', 6)).to.equal('48 8d 64 24 80 e8')
    app.finish(task)
    expect(app.kernel.ending(task)?.code).to.equal(0)
    const hit = `site 0x${app.address('site').toString(16)}`
    expect(app.hits).to.deep.equal([hit, hit, hit])
    expect(app.events('trap')).to.have.length(1)
    expect(app.events('bug')).to.deep.equal([])
  })

  it('shows handlers the stack pointer from before', () => {
    const app = bootNew(leaf)
    const stacks: bigint[] = []
    app.attach(
      'site',
      app.consumer('site', {
        *handler({ registers }) {
          stacks.push(registers[4]!)
          return 0
        },
      }),
    )
    app.finish(app.start())
    expect(new Set(stacks).size).to.equal(1)
    expect(stacks).to.have.length(3)
  })

  it('is a nop again without its probe; the call stays in it, for a thread that stands before it', () => {
    const app = bootNew(leaf)
    const probe = app.consumer('site')
    app.attach('site', probe)
    const task = app.start()
    app.until(task, 'emulated')
    app.stepTo(task, app.address('site') + 5n)
    app.detach('site', probe)
    expect(app.bytes(task, 'site', 6)).to.equal('66 2e 0f 1f 84 e8')
    app.finish(task)
    expect(app.hits).to.have.length(1)
    expect(app.kernel.ending(task)?.code).to.equal(0)
  })

  it('can be probed and optimised again', () => {
    const app = bootNew(leaf)
    const probe = app.consumer('site')
    app.attach('site', probe)
    const task = app.start()
    app.until(task, 'emulated')
    app.step(task)
    app.detach('site', probe)
    app.attach('site', probe)
    expect(app.bytes(task, 'site', 6)).to.equal('cc 2e 0f 1f 84 e8')
    app.finish(task)
    expect(app.hits).to.have.length(3)
    expect(app.events('trap')).to.have.length(2)
    expect(app.kernel.ending(task)?.code).to.equal(0)
  })

  it('is reported in a forked child too, whose trampoline fork has copied', () => {
    const app = bootNew(forking)
    app.attach('f', app.consumer('f'))
    const parent = app.start()
    app.finish(parent)
    const child = app.kernel.tasks[1]!
    app.finish(child)
    expect(app.kernel.ending(child)?.code).to.equal(0)
    expect(app.hits).to.have.length(3)
    expect(app.events('trap')).to.have.length(1)
  })

  it('whose child has no trampoline kills it, where fork does not copy them (bug B2)', () => {
    const app = boot(forking, { ...profiles['linux-7.2'], 'call-trampolines': 'listed' })
    app.attach('f', app.consumer('f'))
    const parent = app.start()
    app.finish(parent)
    app.finish(app.kernel.tasks[1]!)
    expect(app.kernel.ending(app.kernel.tasks[1]!)?.signal).to.equal(11)
    expect(app.events('bug')).to.deep.equal(['bug f'])
  })

  it('is refused by the older kernel, for its prefix', () => {
    const app = boot(leaf)
    app.start()
    expect(app.attach('site', app.consumer('site'))).to.equal(-524)
  })

  it('a nop of five bytes stays a breakpoint', () => {
    const app = bootNew(leaf.replace(nop10, '.byte 0x0f, 0x1f, 0x44, 0, 0'))
    app.attach('site', app.consumer('site'))
    const task = app.start()
    app.finish(task)
    expect(app.events('trap')).to.have.length(3)
    expect(app.kernel.ending(task)?.code).to.equal(0)
  })

  it('the call that the trampoline makes is refused elsewhere with EPROTO', () => {
    const app = bootNew(`
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
    expect(app.kernel.ending(task)?.code).to.equal(71)
  })
})
