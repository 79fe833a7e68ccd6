// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { Kernel, Task } from '../../src/kernel/kernel.ts'
import { Register } from '../../src/machine/machine.ts'
import { recordBug } from '../../src/uprobes/known-bugs.ts'
import { type Booted, boot } from './boot.ts'
import { at, bugsOf } from './bugs-of.ts'

const end = `
        xor edi, edi
        mov eax, 231
        syscall
`

/** `CALL(far, LENGTH)` of a page of text that nothing is executed in, with a nop and a ret at its start; a counter in the data. */
const onFarPage = (call: number, length: number, third: number): string => `
.globl _start
_start: lea rdi, [rip+far]
        mov esi, ${length}
        mov edx, ${third}
        mov eax, ${call}
        syscall
        ${end}
near:   nop
        .balign 4096
far:    nop
        ret
        .balign 4096
.data
counter: .word 0
`
const madvise = onFarPage(28, 4096, 4)
const munmap = onFarPage(11, 4096, 0)
const mprotect = onFarPage(10, 4096, 1)

/** Puts a byte into a process's own copy of its text, as a debugger does. */
function poke(app: Booted, task: Task, symbol: string, byte: number): void {
  const address = Number(app.address(symbol))
  const frame = task.mm!.page(address, 'write', true)
  app.kernel.machine.memory.write(frame, address % 4096, Uint8Array.of(byte))
}

describe('bugs that registration shows', () => {
  it('B15: madvise drops the page, and the breakpoint with it', () => {
    const app = boot(madvise)
    const far = app.consumer('far')
    app.attach('far', far)
    app.attach('near', app.consumer('near'))
    const task = app.start()
    app.step(task, 5)
    expect(bugsOf(app)).to.deep.equal([`B15 far app ${at(app, 'far')}`])
    expect(app.bytes(task, 'far', 1)).to.equal('90')
    expect(app.bytes(task, 'near', 1)).to.equal('cc')
    app.detach('far', far)
    expect(task.mm!.pageState(Number(app.address('far')))).to.not.equal('private')
  })

  it('B15 is not said of a place where no breakpoint was', () => {
    const app = boot(madvise)
    app.attach('far', app.consumer('far', { filter: () => false }))
    app.finish(app.start())
    expect(bugsOf(app)).to.deep.equal([])
    const own = boot(madvise)
    own.attach('far', own.consumer('far', { filter: () => false }))
    const task = own.start()
    poke(own, task, 'far', 0xc3)
    own.finish(task)
    expect(bugsOf(own)).to.deep.equal([])
  })

  it('B20: the text goes, and its counter stays up', () => {
    const app = boot(munmap)
    const probe = app.consumer('far')
    app.attach('far', probe, 'counter')
    const task = app.start()
    app.step(task, 5)
    expect(bugsOf(app)).to.deep.equal([`B20 far app ${at(app, 'far')}`])
    app.detach('far', probe)
    expect(app.bytes(task, 'counter', 2)).to.equal('01 00')
  })

  it('B20 is not said where there is no counter, or no breakpoint, or the text is only cut', () => {
    const cut = boot(mprotect)
    cut.attach('far', cut.consumer('far'), 'counter')
    cut.finish(cut.start())
    expect(bugsOf(cut)).to.deep.equal([])
    const app = boot(munmap)
    app.attach('far', app.consumer('far'))
    app.finish(app.start())
    expect(bugsOf(app)).to.deep.equal([])
    const filtered = boot(munmap)
    filtered.attach('far', filtered.consumer('far', { filter: () => false }), 'counter')
    filtered.finish(filtered.start())
    expect(bugsOf(filtered)).to.deep.equal([])
  })

  it('B20 is not said where the text only moves', () => {
    const moves = 'mov edx, 4096\nmov eax, 25\nsyscall'
    const app = boot(mprotect.replace(end, `${moves}\n${end}`))
    app.attach('far', app.consumer('far'), 'counter')
    const task = app.start()
    task.registers[Register.r10] = 3n // MREMAP_MAYMOVE | MREMAP_FIXED
    task.registers[Register.r8] = 0x700000n
    app.step(task, 8)
    expect(task.mm!.peek(0x700000, 1)).to.deep.equal(Uint8Array.of(0xcc))
    expect(bugsOf(app)).to.deep.equal([])
  })

  it('are recorded where they are asked for', () => {
    for (const asked of ['bug', 'hit']) {
      const recorded: unknown[] = []
      const record = (event: unknown) => recorded.push(event)
      const kernel = { records: (kind: string) => kind === asked, record, currentName: () => 'A' }
      recordBug(kernel as unknown as Kernel, 'B5')
      expect(recorded).to.have.lengthOf(asked === 'bug' ? 1 : 0)
    }
  })

  it('B16: data that nobody can execute get a breakpoint', () => {
    const app = boot(`.globl _start\n_start: nop\n${end}\n.section .rodata\ntable: .byte 0x90\n`)
    const task = app.start()
    app.attach('table', app.consumer('table'))
    app.attach('_start', app.consumer('start'))
    expect(bugsOf(app)).to.deep.equal([`B16 table app ${at(app, 'table')}`])
    expect(app.bytes(task, 'table', 1)).to.equal('cc')
  })

  it("B19: a debugger's breakpoint is adopted, and goes with the probe", () => {
    const app = boot(madvise)
    const task = app.start()
    poke(app, task, 'far', 0xcc)
    const probe = app.consumer('far')
    app.attach('far', probe, 'counter')
    expect(bugsOf(app)).to.deep.equal([`B19 far app ${at(app, 'far')}`])
    expect(app.bytes(task, 'counter', 2)).to.equal('00 00')
    app.attach('far', app.consumer('second'), 'counter')
    expect(bugsOf(app)).to.have.length(1)
  })

  it('in 2010 it was refused, and the process then has no probe', () => {
    const app = boot(madvise, { instructions: '2010' })
    const task = app.start()
    poke(app, task, 'far', 0xcc)
    expect(app.attach('far', app.consumer('far'))).to.equal(-17)
    expect(app.uprobes.inspect().probes()).to.deep.equal([])
    poke(app, task, 'far', 0x90)
    expect(app.attach('far', app.consumer('far'))).to.equal(0)
    expect(bugsOf(app)).to.deep.equal([])
  })

  it('B7: a counter that the program has cleared', () => {
    const app = boot(madvise)
    const task = app.start()
    const probe = app.consumer('far')
    app.attach('far', probe, 'counter')
    task.mm!.write(Number(app.address('counter')), new Uint8Array(2))
    app.detach('far', probe)
    expect(bugsOf(app)).to.deep.equal([`B7 far app ${at(app, 'far')}`])
  })
})
