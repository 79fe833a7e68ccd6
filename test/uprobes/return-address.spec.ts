// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { marksOf } from '../../src/uprobes/registry/mm-marks.ts'
import { type Booted, boot } from './boot.ts'
import { at } from './bugs-of.ts'

const exit = `
        mov edi, 3
        mov eax, 231
        syscall
`
/** Jumps to `f`, which never returns, with rsp where `prepare` has put it. */
const jumping = (prepare: string): string => `
.globl _start
_start: ${prepare}
        jmp f
f:      lea eax, [rax]
        ${exit}
`
/** Two pages in rbx, the second to be read only. */
const pages = `
        mov eax, 9
        xor edi, edi
        mov esi, 8192
        mov edx, 3
        mov r10d, 0x22
        mov r8, -1
        xor r9d, r9d
        syscall
        mov rbx, rax
        lea rdi, [rbx+4096]
        mov esi, 4096
        mov edx, 1
        mov eax, 10
        syscall
`

function run(program: string): Booted & { code: number | undefined; signal: number | undefined } {
  const app = boot(program)
  app.attach('f', app.returnConsumer('f'))
  const task = app.start()
  app.stepTo(task, app.address('f'))
  app.step(task)
  expect(app.uprobes.inspect().returnDepth(task)).to.equal(0)
  app.finish(task)
  const { code, signal } = app.kernel.ending(task)!
  return { ...app, code, signal }
}

describe('the return address', () => {
  it('that cannot be read is left alone, and the function runs', () => {
    const { hits, code, events } = run(jumping('mov esp, 0x1000'))
    expect([hits, code, events('log')]).to.deep.equal([[], 3, []])
  })

  it('that cannot be written is left alone', () => {
    const { code, events } = run(jumping(`${pages}\nlea rsp, [rbx+4096]`))
    expect([code, events('log')]).to.deep.equal([3, []])
  })

  it('that can be written in part kills, and the log says where', () => {
    const app = run(jumping(`${pages}\nlea rsp, [rbx+4092]`))
    expect(app.signal).to.equal(11)
    const [line, ...others] = app.events('log')
    expect(line).to.match(
      new RegExp(`^log return address clobbered: pid=\\d+, %sp=0x[0-9a-f]+ffc, %ip=${at(app, 'f')}$`),
    )
    expect(others).to.deep.equal([])
    const [signal] = app.kernel.events.filter(({ kind }) => kind === 'signal')
    expect(signal!.fields).to.include({ signal: 'SIGSEGV', code: 128n })
  })

  it('that is -1 is taken for a failure: it is replaced, and not remembered', () => {
    const app = boot(jumping('push -1'))
    app.attach('f', app.returnConsumer('f'))
    const task = app.start()
    app.until(task, 'stepped')
    expect(app.uprobes.inspect().returnDepth(task)).to.equal(0)
    app.finish(task)
    expect(app.kernel.ending(task)?.code).to.equal(3)
  })

  it('that is the trampoline already, of no call that is pending, is told in the log', () => {
    const app = boot(`
.globl _start
_start: call f
        push rbx
        jmp f
f:      mov rbx, [rsp]
        ret
`)
    app.attach('f', app.returnConsumer('f'))
    const task = app.start()
    app.finish(task)
    expect(app.events('log')).to.deep.equal([
      `log uprobe: app:${task.id} failed to handle tail call`,
      `log uprobe: app:${task.id} failed to handle uretprobe, sending SIGILL.`,
    ])
    expect(app.hits).to.have.length(1)
  })

  it('of a breakpoint trampoline is known though the process has no probes left', () => {
    const app = boot(
      `.globl _start\n_start: call f\nmov edi, eax\nmov eax, 231\nsyscall\nf: mov eax, 5\nret\n`,
      { 'return-trampoline': 'int3' },
    )
    app.attach('f', app.returnConsumer('f'))
    const task = app.start()
    app.until(task, 'stepped')
    marksOf(task.mm!).hasProbes = false
    app.finish(task)
    expect(app.kernel.ending(task)?.code).to.equal(5)
    expect(app.hits).to.have.length(1)
  })

  it('is left alone where no memory is left for the page of the trampoline', () => {
    const app = boot(`.globl _start\n_start: call f\n${exit}\nf: nop\nret\n`, { optimize: 'none' })
    app.attach('f', app.returnConsumer('f'))
    const task = app.start()
    app.stepTo(task, app.address('f'))
    const { memory } = app.kernel.machine
    while (memory.allocate() !== undefined);
    app.finish(task)
    expect([app.hits, app.kernel.ending(task)?.code]).to.deep.equal([[], 3])
  })
})
