// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { type KernelProfile, profiles } from '../../src/uprobes/profile.ts'
import { boot } from './boot.ts'
import { at, bugsOf } from './bugs-of.ts'

const exit = `
        xor edi, edi
        mov eax, 231
        syscall
`

describe('bugs that a hit shows', () => {
  it('B5: int 3 of two bytes in a process with a probe', () => {
    const app = boot(`.globl _start\n_start: nop\nlong: .byte 0xcd, 0x03, 0xc3\n${exit}`)
    app.attach('_start', app.consumer('p'))
    app.finish(app.start())
    expect(bugsOf(app)).to.deep.equal([`B5 app ${at(app, 'long', 1n)}`])
  })

  it('B5 is not said of a probe that has gone behind such a byte', () => {
    const app = boot(`.globl _start\n_start: mov edi, 0xcd000000\nsite: nop\n${exit}`)
    const probe = app.consumer('p')
    app.attach('site', probe)
    const task = app.start()
    app.until(task, 'trap')
    app.detach('site', probe)
    app.step(task)
    expect(app.register(task, 'rip')).to.equal(app.address('site') + 1n)
    expect(bugsOf(app)).to.deep.equal([])
  })

  it('B6: the own breakpoint, with a stale number unless that is 3', () => {
    for (const [number, bugs] of [
      [0, 1],
      [3, 0],
    ] as const) {
      const app = boot('.globl _start\n_start: nop\nown: int3\n')
      app.attach('_start', app.consumer('p'))
      const task = app.start()
      app.step(task)
      task.trapNumber = number
      app.step(task)
      expect(bugsOf(app)).to.deep.equal([`B6 app ${at(app, 'own')}`].slice(0, bugs))
    }
  })

  it('B18, B1: an exchange, and a vector instruction, taken for something else', () => {
    const app = boot(`.globl _start\n_start: .byte 0x41, 0x90\nvector: .byte 0xc5, 0xf1, 0x74, 0xc1\n${exit}`)
    app.attach('_start', app.consumer('xchg'))
    app.attach('vector', app.consumer('vpcmpeqb'))
    app.step(app.start(), 2)
    expect(bugsOf(app)).to.deep.equal([
      `B18 xchg app ${at(app, '_start')}`,
      `B1 vpcmpeqb app ${at(app, 'vector')}`,
    ])
  })

  it("B28: the program's own trap flag, at an emulated and at a stepped instruction", () => {
    for (const instruction of ['nop', 'lea eax, [rax+1]']) {
      const app = boot(`
.globl _start
_start: pushfq
        or qword ptr [rsp], 0x100
        popfq
site:   ${instruction}
behind: nop
`)
      app.attach('site', app.consumer('site'))
      const task = app.start()
      app.finish(task)
      expect(app.kernel.ending(task)?.signal).to.equal(5)
      const ip = at(app, 'behind')
      expect(bugsOf(app)).to.deep.equal([`B28 site app ${ip}`])
      expect(app.events('signal')).to.deep.equal([`signal SIGTRAP ${ip}`])
    }
  })

  it('B11: pushf shows the step, unless the program is being stepped anyway', () => {
    const app = boot(`.globl _start\n_start: pushfq\n${exit}`)
    app.attach('_start', app.consumer('p'))
    app.step(app.start())
    expect(bugsOf(app)).to.deep.equal([`B11 p app ${at(app, '_start')}`])
    const own = boot(`.globl _start\n_start: pushfq\nor qword ptr [rsp], 0x100\npopfq\nsite: pushfq\n${exit}`)
    own.attach('site', own.consumer('site'))
    own.finish(own.start())
    expect(bugsOf(own)).to.deep.equal([`B28 site app ${at(own, 'site', 1n)}`])
  })

  it('B27: a fault of a step is without its number', () => {
    const app = boot('.globl _start\n_start: xor eax, eax\nload: mov rax, [rax]\n')
    app.attach('load', app.consumer('load'))
    app.finish(app.start())
    expect(bugsOf(app)).to.deep.equal([`B27 load app ${at(app, 'load')}`])
    const other = boot(`.globl _start\n_start: mov rax, [rsp]\n${exit}`)
    other.attach('_start', other.consumer('p'))
    other.finish(other.start())
    expect(bugsOf(other)).to.deep.equal([])
  })

  it('B13: a probed fork, whose child starts in a slot', () => {
    const app = boot(`.globl _start\n_start: mov eax, 57\nsite: syscall\n${exit}`)
    app.attach('site', app.consumer('site'))
    const task = app.start()
    app.step(task, 3)
    const [, child] = app.kernel.tasks
    expect(bugsOf(app)[0]).to.equal(`B13 site ${child!.name}`)
    expect(app.kernel.events.find(({ kind }) => kind === 'bug')!.fields['note']).to.equal(
      'the child of a probed fork starts in a slot that it does not have',
    )
    app.finish(child!)
    expect(app.kernel.ending(child!)?.signal).to.equal(11)
  })

  it('B13: a probed clone, whose thread starts in the slot of its parent', () => {
    const app = boot(`.globl _start\n_start: mov eax, 56\nmov edi, 0x10f00\nsite: syscall\n${exit}`)
    app.attach('site', app.consumer('site'))
    app.step(app.start(), 4)
    const told = app.kernel.events.find(({ kind }) => kind === 'bug')!
    expect(told.fields['note']).to.include('in the slot of its parent')
  })

  it('B13: a probed execve, which does not come back', () => {
    const app = boot(`
.globl _start
_start: lea rdi, [rip+path]
        xor esi, esi
        xor edx, edx
        mov eax, 59
site:   syscall
path:   .asciz "/app"
`)
    app.attach('site', app.consumer('site'))
    const task = app.start()
    const { mm } = task
    app.step(task, 6)
    expect(task.mm).to.not.equal(mm)
    expect(task.stepping).to.equal(false)
    expect(app.uprobes.inspect().activeSlot(task)).to.equal(undefined)
    const [bug] = app.kernel.events.filter(({ kind }) => kind === 'bug')
    expect(bug!.fields).to.include({
      bug: 'B13',
      probe: 'site',
      note: 'the step of a probed system call has not ended before an exec, and its slot stays taken',
    })
    expect(app.events('log')[0]).to.equal('log WARNING: uprobe_free_utask: active uprobe')
    expect(app.uprobes.inspect().probes()).to.have.length(1)
  })

  it('B13: a probed exit, which does not come back either', () => {
    const app = boot('.globl _start\n_start: mov eax, 60\nxor edi, edi\nsite: syscall\n')
    app.attach('site', app.consumer('site'))
    const task = app.start()
    app.finish(task)
    expect(app.kernel.ending(task)?.code).to.equal(0)
    expect(bugsOf(app)).to.deep.equal([`B13 site ${task.name}`])
    expect(app.kernel.events.find(({ kind }) => kind === 'bug')!.fields['note']).to.equal(
      'the step of a probed system call has not ended before an exit, and its slot stays taken',
    )
    expect(app.events('log')).to.deep.equal(['log WARNING: uprobe_free_utask: active uprobe'])
  })

  it('B25: a call on a higher stack has made a pending return look left', () => {
    const app = boot(`
.globl _start
_start: lea rsp, [rip+low]
        call outer
        ${exit}
outer:  mov rbx, rsp
        lea rsp, [rip+high]
        call inner
        mov rsp, rbx
        ret
inner:  lea eax, [rax]
        ret
.bss
        .zero 512
low:    .zero 512
high:   .zero 8
`)
    for (const name of ['outer', 'inner']) app.attach(name, app.returnConsumer(name))
    const task = app.start()
    app.finish(task)
    expect(bugsOf(app)).to.deep.equal(['B25 app'])
    expect(app.hits).to.have.length(1)
    expect(app.kernel.ending(task)?.signal).to.equal(4)
  })

  it('B2: fork copies the call of an optimised probe, but not what it calls; later it does', () => {
    const told = (nop: string, profile: Partial<KernelProfile>): string[] => {
      const app = boot(
        `.globl _start\n_start: call f\nmov eax, 57\nsyscall\n${exit}\nf: ${nop}\nret\nplain: nop\n`,
        profile,
      )
      app.attach('f', app.consumer('f'))
      app.attach('plain', app.consumer('plain'))
      const task = app.start()
      app.finish(task)
      return bugsOf(app).map(line => line.replace(/ app$/, ''))
    }
    const nop5 = '.byte 0x0f, 0x1f, 0x44, 0x00, 0x00'
    const nop10 = '.byte 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0'
    expect(told(nop5, {})).to.deep.equal(['B2 f'])
    expect(told('nop', {})).to.deep.equal([])
    expect(told(nop10, profiles['linux-7.2'])).to.deep.equal([])
  })

  it('B4: an optimised probe has overwritten what the program reads next', () => {
    const program = (access: string): string => `
.globl _start
_start: mov ebx, 2
again:  mov qword ptr [rsp-8], 1
site:   .byte 0x0f, 0x1f, 0x44, 0x00, 0x00
        ${access}
        dec ebx
        jnz again
        ${exit}
`
    const told = (access: string): string[] => {
      const app = boot(program(access))
      app.attach('site', app.consumer('site'))
      app.finish(app.start())
      return bugsOf(app).map(line => line.replace(at(app, 'site'), '*'))
    }
    expect(told('mov rax, [rsp-8]')).to.deep.equal(['B4 site app *'])
    expect(told('mov rax, [rsp-40]')).to.deep.equal([])
  })
})
