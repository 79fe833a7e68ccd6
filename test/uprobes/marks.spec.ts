// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { marksOf } from '../../src/uprobes/registry/mm-marks.ts'
import { boot } from './boot.ts'

/** Unmaps a page of text, from `far` on or the one behind it, and goes on. */
const program = (page: 'far' | 'empty'): string => `
.globl _start
_start: lea rdi, [rip+${page}]
        mov esi, 4096
        mov eax, 11
        syscall
own:    int3
near:   nop
        .balign 4096
far:    nop
        .balign 4096
empty:  nop
        .balign 4096
`

describe('the mark that a process has probes', () => {
  it('is in doubt once text with a probe has been unmapped', () => {
    const app = boot(program('far'))
    app.attach('far', app.consumer('far'))
    const task = app.start()
    app.step(task, 4)
    expect(marksOf(task.mm!)).to.deep.equal({ hasProbes: true, recalculate: true })
    app.step(task)
    expect(marksOf(task.mm!)).to.deep.equal({ hasProbes: false, recalculate: false })
  })

  it('is kept where another probe is left', () => {
    const app = boot(program('far'))
    app.attach('far', app.consumer('far'))
    app.attach('near', app.consumer('near'))
    const task = app.start()
    app.step(task, 5)
    expect(marksOf(task.mm!)).to.deep.equal({ hasProbes: true, recalculate: false })
  })

  it('is in no doubt where text without one goes, or another process has it', () => {
    const app = boot(program('empty'))
    let wanted: unknown
    app.attach('near', app.consumer('near', { filter: mm => mm === wanted }))
    const [mine, other] = [app.start(), app.start()]
    expect(marksOf(mine.mm!).hasProbes).to.equal(false)
    wanted = other.mm
    app.attach('near', app.consumer('again', { filter: mm => mm === wanted }))
    app.step(mine, 4)
    app.step(other, 4)
    expect([mine, other].map(({ mm }) => marksOf(mm!))).to.deep.equal([
      { hasProbes: false, recalculate: false },
      { hasProbes: true, recalculate: false },
    ])
  })

  it('is copied by fork, where it is set', () => {
    for (const hasProbes of [true, false]) {
      const app = boot('.globl _start\n_start: mov eax, 57\nsyscall\nnop\nsite: nop\n')
      const task = app.start()
      if (hasProbes) app.attach('site', app.consumer('p'))
      app.step(task, 2)
      const child = app.kernel.tasks[1]!
      expect(marksOf(child.mm!)).to.deep.equal({ hasProbes, recalculate: hasProbes })
    }
  })
})
