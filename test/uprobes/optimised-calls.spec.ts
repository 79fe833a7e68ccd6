// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { AddressSpace, Task } from '../../src/kernel/kernel.ts'
import { profiles } from '../../src/uprobes/profile.ts'
import { type Booted, boot } from './boot.ts'
import { bugsOf } from './bugs-of.ts'

const nop5 = '.byte 0x0f, 0x1f, 0x44, 0x00, 0x00'
const nop10 = '.byte 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0'
const loop = (nop: string): string => `
.globl _start
_start: mov ebx, 3
again:
site:   ${nop}
        dec ebx
        jnz again
        xor edi, edi
        mov eax, 231
        syscall
far:    nop
`
const profile = { nop5: profiles['linux-6.18'], nop10: profiles['linux-7.2'] }

/** One pass over a probed nop is done: it has become a call. */
function optimised(nop: 'nop5' | 'nop10' = 'nop5'): { app: Booted; task: Task; remove: () => void } {
  const app = boot(loop(nop === 'nop5' ? nop5 : nop10), profile[nop])
  const probe = app.consumer('site')
  app.attach('site', probe)
  const task = app.start()
  app.until(task, 'emulated')
  app.step(task)
  return { app, task, remove: () => app.detach('site', probe) }
}

function poke(app: Booted, task: Task, symbol: string, bytes: readonly number[]): void {
  const address = Number(app.address(symbol))
  const frame = task.mm!.page(address, 'write', true)
  app.kernel.machine.memory.write(frame, address % 4096, Uint8Array.from(bytes))
}

describe('the call in the place of a nop', () => {
  it('leaves nothing of five bytes behind, and five of ten, for ever', () => {
    const short = optimised()
    expect(short.app.uprobes.inspect().leftovers()).to.deep.equal([])
    const { app, remove } = optimised('nop10')
    const left = [{ inode: app.inode, offset: Number(app.offset('site')) + 5, length: 5 }]
    expect(app.uprobes.inspect().leftovers()).to.deep.equal(left)
    remove()
    expect(app.uprobes.inspect().leftovers()).to.deep.equal(left)
    expect(boot(loop(nop10), profile.nop10).uprobes.inspect().leftovers()).to.deep.equal([])
    expect(boot(loop(nop5), { optimize: 'none' }).uprobes.inspect().leftovers()).to.deep.equal([])
  })

  it('is tried once: where no page can be had, every pass is a trap', () => {
    const app = boot(loop(nop5))
    app.attach('site', app.consumer('site'))
    const task = app.start()
    let tries = 0
    const refusing: Pick<AddressSpace, 'mapSpecial'> = {
      *mapSpecial() {
        tries++
        return -12
      },
    }
    Object.assign(task.mm!, refusing)
    app.finish(task)
    expect([tries, app.events('trap').length, app.kernel.ending(task)?.code]).to.deep.equal([1, 3, 0])
  })

  it('is not made of a breakpoint that is gone', () => {
    const app = boot(loop(nop5))
    const probe = app.consumer('site', {
      *handler({ task }) {
        poke(app, task, 'site', [0x0f])
        return 0
      },
    })
    app.attach('site', probe)
    const task = app.start()
    app.until(task, 'emulated')
    expect(app.bytes(task, 'site', 5)).to.equal('0f 1f 44 00 00')
    expect(task.mm!.vmas.map(({ name }) => name)).to.not.include('[uprobes-trampoline]')
  })

  it('is counted while it is put there and taken back', () => {
    const app = boot(`${loop(nop5)}\n.data\ncounter: .word 0\n`)
    const probe = app.consumer('site')
    app.attach('site', probe, 'counter')
    const task = app.start()
    app.until(task, 'emulated')
    app.step(task)
    expect(app.bytes(task, 'counter', 2)).to.equal('01 00')
    app.detach('site', probe)
    expect(app.bytes(task, 'counter', 2)).to.equal('00 00')
    expect(app.bytes(task, 'site', 5)).to.equal('0f 1f 44 00 00')
  })

  it('that cannot be taken back stays, and so does its probe (bug B7)', () => {
    const { app, task, remove } = optimised()
    const before = app.bytes(task, 'site', 5)
    const { page } = task.mm!
    task.mm!.page = (address, access, force) =>
      access === 'write' ? -12 : page.call(task.mm, address, access, force)
    remove()
    expect(app.bytes(task, 'site', 5)).to.equal(before)
    expect(app.uprobes.inspect().probes()).to.have.length(1)
    expect(bugsOf(app).map(line => line.split(' ')[0])).to.deep.equal(['B7'])
  })

  it('serves a second consumer as it is', () => {
    const { app, task } = optimised()
    const before = app.bytes(task, 'site', 5)
    app.attach('site', app.consumer('second'))
    expect(app.bytes(task, 'site', 5)).to.equal(before)
    app.finish(task)
    expect(app.hits.map(line => line.split(' ')[0])).to.deep.equal([
      'site',
      'second',
      'site',
      'second',
      'site',
    ])
  })

  it('of the program itself, to somewhere else, is none: it stays when the probe goes', () => {
    for (const [bytes, shown] of [
      [[0xe8, 0, 0, 0, 0], 'e8 00 00 00 00'],
      [[0x90, 1, 2, 3, 4], '90 01 02 03 04'],
    ] as const) {
      const { app, task, remove } = optimised()
      poke(app, task, 'site', bytes)
      remove()
      expect(app.bytes(task, 'site', 5)).to.equal(shown)
    }
  })

  it('of ten bytes is one only behind the step over the red zone', () => {
    const { app, task, remove } = optimised('nop10')
    poke(app, task, 'site', [0x48, 0x8d, 0x64, 0x24, 0x70])
    remove()
    expect(app.bytes(task, 'site', 6)).to.equal('48 8d 64 24 70 e8')
  })

  it('lets a handler move the stack pointer, and then go on behind the nop or elsewhere', () => {
    /** -ERESTARTSYS: what the kernel would take for a call to be made again. */
    const interrupted = 2n ** 64n - 512n
    for (const elsewhere of [false, true]) {
      const app = boot(loop(nop5))
      app.attach(
        'site',
        app.consumer('site', {
          *handler({ registers, optimised: isCall }) {
            if (!isCall) return 0
            registers[4]! -= 64n
            registers[0] = interrupted
            if (elsewhere) registers[16] = app.address('far')
            return 0
          },
        }),
      )
      const task = app.start()
      const stack = app.register(task, 'rsp')
      app.until(task, 'emulated')
      app.stepTo(task, elsewhere ? app.address('far') : app.address('site') + 5n)
      app.stepTo(task, elsewhere ? app.address('far') : app.address('site'))
      if (!elsewhere) app.stepTo(task, app.address('site') + 5n)
      expect(app.register(task, 'rsp')).to.equal(stack - 64n)
      expect(app.register(task, 'rax')).to.equal(interrupted)
    }
  })
})

describe('a slot that a thread owns', () => {
  const twoThreads = `
.globl _start
_start: mov edi, 0x10f00
        lea rsi, [rip+stack]
        xor edx, edx
        mov eax, 56
        syscall
site:   lea ecx, [rax]
        lea ecx, [rax]
        mov eax, 60
        xor edi, edi
        syscall
.bss
        .zero 256
stack:  .zero 8
`
  const xol = { slots: 1, 'slot-size': 128, owner: 'thread' } as const
  const options = { xol, 'return-trampoline': 'none' } as const

  it('is not to be had by the next, which traps until the first has gone; the log says so once', () => {
    const app = boot(twoThreads, options)
    app.attach('site', app.consumer('p'))
    const first = app.start()
    app.until(first, 'stepped')
    const second = app.kernel.tasks[1]!
    for (let count = 0; count < 3; count++) app.until(second, 'trap')
    expect(app.events('log')).to.deep.equal([`log xol: no slot for pid/tgid ${second.id}/${first.processId}`])
    app.finish(first)
    app.finish(second)
    expect(second.state).to.equal('dead')
    expect(app.events('stepped')).to.have.length(2)
  })

  it('is not to be had where the page cannot be mapped', () => {
    const app = boot(twoThreads, options)
    app.attach('site', app.consumer('p'))
    const task = app.start()
    Object.assign(task.mm!, { unmappedArea: () => undefined })
    app.until(task, 'trap')
    app.until(task, 'trap')
    expect(app.events('log')[0]).to.equal(
      `log uprobes_xol failed to allocate a vma for pid/tgid ${task.id}/${task.processId} for xol`,
    )
  })
})

describe('a step in place', () => {
  it('names pushf, which shows its flag, and no other bug of a step', () => {
    const app = boot('.globl _start\n_start: pushfq\nvector: .byte 0xc5, 0xf1, 0xef, 0xc1\nnop\n', {
      execute: 'inline',
    })
    app.attach('_start', app.consumer('p'))
    app.attach('vector', app.consumer('v'))
    app.step(app.start(), 2)
    const bugs = app.kernel.events.filter(({ kind }) => kind === 'bug')
    expect(bugs.map(({ fields }) => `${fields['bug']} ${fields['probe']}`)).to.deep.equal(['B11 p'])
  })

  it("keeps the program's own flag, and sends its trap", () => {
    const app = boot(
      '.globl _start\n_start: pushfq\nor qword ptr [rsp], 0x100\npopfq\nsite: pushfq\nbehind: nop\n',
      { execute: 'inline' },
    )
    app.attach('site', app.consumer('site'))
    const task = app.start()
    app.step(task, 4)
    expect(app.register(task, 'rflags') & 0x100n).to.equal(0x100n)
    expect(app.bytes(task, 'site', 1)).to.equal('cc')
    app.finish(task)
    const bugs = app.kernel.events.filter(({ kind }) => kind === 'bug')
    expect(bugs.map(({ fields }) => fields['bug'])).to.deep.equal(['B28'])
    expect(app.kernel.ending(task)?.signal).to.equal(5)
  })

  it('ends with its task', () => {
    const app = boot('.globl _start\n_start: mov eax, 60\nxor edi, edi\nsite: syscall\n', {
      execute: 'inline',
    })
    app.attach('site', app.consumer('site'))
    const task = app.start()
    const other = app.start()
    app.finish(task)
    expect(app.kernel.ending(task)?.code).to.equal(0)
    expect(app.bytes(other, 'site', 1)).to.equal('cc')
  })
})
