// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { AddressSpace, Inode } from '../../src/kernel/kernel.ts'
import { Register } from '../../src/machine/machine.ts'
import { marksOf } from '../../src/uprobes/registry/mm-marks.ts'
import { ProbeTree } from '../../src/uprobes/registry/probe-tree.ts'
import { Registry, type RegistryParts } from '../../src/uprobes/registry/registry.ts'
import type { Uprobe } from '../../src/uprobes/registry/uprobe.ts'
import { handlerOrders } from '../../src/uprobes/strategies/handler-order.ts'
import type { Consumer } from '../../src/uprobes/uprobes.ts'
import { type Booted, boot } from './boot.ts'

const program = `
.globl _start
_start: nop
site:   mov eax, 24
        syscall
        call f
        jmp site
f:      push rbx
        pop rbx
        ret
bad:    hlt
own:    int3
        lock inc dword ptr [counter]
vector: .byte 0x62, 0, 0, 0
unknown: .byte 0xc5, 0xf8, 0x04, 0xc0
.data
counter: .word 0
second:  .word 0
`

const bytesOf = (app: Booted, mm: AddressSpace, symbol: string): number =>
  mm.peek(Number(app.address(symbol)), 1)![0]!

describe('registration', () => {
  it('refuses what cannot be a probe', () => {
    const app = boot(program)
    const probe = app.consumer('p')
    const register = (offset: bigint, counter = 0n, consumer = probe): number =>
      app.perform(app.uprobes.register(app.inode, offset, counter, consumer))
    const size = BigInt(app.inode.size)
    expect(register(size + 1n)).to.equal(-22)
    expect(register(-1n)).to.equal(-22)
    expect(register(0n, 3n)).to.equal(-22)
    expect(register(0n, 0n, { probe: 'deaf' })).to.equal(-22)
    for (const offset of [0n, size]) expect(register(offset)).to.equal(0)
    const folder = app.kernel.lookup('/dev/null')
    if (typeof folder === 'number') throw new Error('no /dev/null')
    expect(app.perform(app.uprobes.register(folder, 0n, 0n, probe))).to.equal(-5)
  })

  it('judges the instruction only where the file is mapped', () => {
    const app = boot(program)
    expect(app.attach('bad', app.consumer('before'))).to.equal(0)
    const task = app.start()
    expect(app.bytes(task, 'bad', 1)).to.equal('f4')
    const late = app.consumer('late')
    expect(app.attach('bad', late)).to.equal(-524)
    expect(app.attach('own', late)).to.equal(-524)
    expect(app.attach('vector', late)).to.equal(-8)
    expect(app.attach('unknown', late)).to.equal(-8)
    expect(
      app.uprobes
        .inspect()
        .probes()
        .map(({ names }) => names),
    ).to.deep.equal([['before']])
    const strict = boot(program, { 'refusal-errno': 'EPERM' })
    strict.start()
    expect(strict.attach('bad', late)).to.equal(-1)
  })

  it('copies the page, and the file keeps its byte', () => {
    const app = boot(program)
    const task = app.start()
    const other = app.start()
    const probe = app.consumer('p')
    expect(app.attach('f', probe)).to.equal(0)
    const address = Number(app.address('f'))
    for (const { mm } of [task, other]) {
      expect(bytesOf(app, mm!, 'f')).to.equal(0xcc)
      expect(mm!.pageState(address)).to.equal('private')
      expect(mm!.vmaAt(address)!.flags.write).to.equal(false)
    }
    const frame = app.inode.page(Number(app.offset('f') / 4096n))!
    const { memory } = app.kernel.machine
    expect(memory.bytes(frame)[Number(app.offset('f') % 4096n)]).to.equal(0x53)
    app.detach('f', probe)
    expect(bytesOf(app, task.mm!, 'f')).to.equal(0x53)
    expect(task.mm!.pageState(address)).to.equal('private')
    expect(app.uprobes.inspect().probes()).to.deep.equal([])
  })

  it('keeps the breakpoint until the last consumer has gone', () => {
    const app = boot(program)
    const task = app.start()
    const [first, second] = [app.consumer('first'), app.consumer('second')]
    app.attach('f', first)
    app.attach('f', second)
    app.detach('f', first)
    expect(bytesOf(app, task.mm!, 'f')).to.equal(0xcc)
    app.detach('f', second)
    expect(bytesOf(app, task.mm!, 'f')).to.equal(0x53)
    expect(app.perform(app.uprobes.remove(app.inode, app.offset('f'), second))).to.equal(-2)
  })

  it('puts the breakpoint only where the filter wants it, and follows when it changes', () => {
    const app = boot(program)
    const [mine, other] = [app.start().mm!, app.start().mm!]
    let wanted: AddressSpace = mine
    const probe = app.consumer('p', { filter: mm => mm === wanted })
    app.attach('f', probe)
    expect([mine, other].map(mm => bytesOf(app, mm, 'f'))).to.deep.equal([0xcc, 0x53])
    wanted = other
    const apply = (add: boolean): number =>
      app.perform(app.uprobes.apply(app.inode, app.offset('f'), probe, add))
    expect(apply(true)).to.equal(0)
    expect(apply(false)).to.equal(0)
    expect([mine, other].map(mm => bytesOf(app, mm, 'f'))).to.deep.equal([0x53, 0xcc])
    expect(app.perform(app.uprobes.apply(app.inode, 0n, probe, true))).to.equal(-2)
  })

  it('changes what one of several consumers wants, and removes none that is not there', () => {
    const app = boot(program)
    const task = app.start()
    let wanted = false
    const [first, second] = [{}, { filter: () => wanted }].map((more, n) => app.consumer(`${n}`, more))
    app.perform(app.uprobes.register(app.inode, app.offset('f'), 0n, second!))
    expect(bytesOf(app, task.mm!, 'f')).to.equal(0x53)
    app.perform(app.uprobes.register(app.inode, app.offset('f'), 0n, { ...first!, filter: () => false }))
    wanted = true
    const apply = (consumer: typeof first): number =>
      app.perform(app.uprobes.apply(app.inode, app.offset('f'), consumer!, true))
    expect(apply(first)).to.equal(-2)
    expect(bytesOf(app, task.mm!, 'f')).to.equal(0x53)
    expect(apply(second)).to.equal(0)
    expect(bytesOf(app, task.mm!, 'f')).to.equal(0xcc)
    expect(app.perform(app.uprobes.remove(app.inode, app.offset('f'), first!))).to.equal(-2)
    expect(bytesOf(app, task.mm!, 'f')).to.equal(0xcc)
  })

  it('that fails returns once no handler of its consumer runs; one that succeeds does not wait', () => {
    const app = boot(program)
    let isDone = false
    const sleeper = app.consumer('p', {
      *handler() {
        yield { kind: 'sleep', reason: 'test', interruptible: false, ready: () => isDone }
        return 0
      },
    })
    app.attach('f', sleeper)
    const task = app.start()
    app.finish(task)
    expect(task.state).to.equal('sleeping')
    expect(app.attach('_start', sleeper)).to.equal(0)
    const failing = app.uprobes.register(app.inode, app.offset('bad'), 0n, sleeper)
    const outcome = app.kernel.perform(failing, false)
    expect(outcome).to.deep.nested.include({ done: false, 'point.reason': 'waits for handlers to end' })
    isDone = true
    app.step(task)
    expect(app.kernel.perform(failing, false)).to.deep.equal({ done: true, value: -524 })
  })

  it('forgets that an mm had probes once a trap finds none', () => {
    const app = boot(program.replace('site:   mov eax, 24', 'int3\nsite: mov eax, 24'))
    const task = app.start()
    const probe = app.consumer('p')
    app.attach('f', probe)
    expect(marksOf(task.mm!)).to.deep.equal({ hasProbes: true, recalculate: false })
    app.detach('f', probe)
    expect(marksOf(task.mm!)).to.deep.equal({ hasProbes: true, recalculate: true })
    app.step(task, 2)
    expect(marksOf(task.mm!)).to.deep.equal({ hasProbes: false, recalculate: false })
    expect(task.signalPending).to.equal(true)
  })
})

describe('a reference counter', () => {
  const value = (app: Booted, mm: AddressSpace, symbol = 'counter'): number => {
    const bytes = mm.peek(Number(app.address(symbol)), 2)!
    return bytes[0]! + 256 * bytes[1]!
  }

  it('goes up with the breakpoint and down with it, once for a place', () => {
    const app = boot(program)
    const { mm } = app.start()
    const [first, second, third] = ['1', '2', '3'].map(name => app.consumer(name))
    app.attach('f', first!, 'counter')
    expect(value(app, mm!)).to.equal(1)
    app.attach('f', second!, 'counter')
    expect(value(app, mm!)).to.equal(1)
    app.attach('site', third!, 'counter')
    expect(value(app, mm!)).to.equal(2)
    app.detach('f', first!)
    app.detach('site', third!)
    expect(value(app, mm!)).to.equal(1)
    app.detach('f', second!)
    expect(value(app, mm!)).to.equal(0)
    expect(value(app, mm!, 'second')).to.equal(0)
  })

  it('is up before the first instruction, though the data come behind the text', () => {
    const app = boot(program)
    app.attach('f', app.consumer('p'), 'counter')
    expect(value(app, app.start().mm!)).to.equal(1)
  })

  it('of another number at the same place is a mismatch', () => {
    const app = boot(program)
    app.attach('f', app.consumer('p'), 'counter')
    expect(app.attach('f', app.consumer('q'), 'second')).to.equal(-22)
    expect(app.events('log')[0]).to.match(/^log ref_ctr_offset mismatch\. inode: 0x/)
  })

  it('that the program has cleared keeps the probe for ever (bug B7)', () => {
    const app = boot(program)
    const task = app.start()
    const probe = app.consumer('p')
    app.attach('f', probe, 'counter')
    task.mm!.write(Number(app.address('counter')), new Uint8Array(2))
    app.detach('f', probe)
    expect(bytesOf(app, task.mm!, 'f')).to.equal(0xcc)
    expect(
      app.uprobes
        .inspect()
        .probes()
        .map(({ names }) => names),
    ).to.deep.equal([[]])
    expect(app.events('log').map(line => line.replace(/0x[0-9a-f]+/g, 'X'))).to.deep.equal([
      'log ref_ctr going negative. vaddr: X, curr val: 0, delta: -1',
      'log ref_ctr decrement failed for inode: X offset: X ref_ctr_offset: X',
      'log uprobe: kernel:0 failed to unregister, leaking uprobe',
    ])
    // Threads go over it as before, and nobody hears of it.
    app.step(task, 10)
    expect(task.state).to.equal('runnable')
    expect(app.hits).to.deep.equal([])
    expect(app.events('log')).to.have.lengthOf(3)
    expect(app.attach('f', app.consumer('q'))).to.equal(-22)
    expect(app.attach('f', app.consumer('q'), 'counter')).to.equal(0)
  })

  it('beyond every mapping is never found, and that is no error', () => {
    const app = boot(program)
    app.start()
    const beyond = BigInt(app.inode.size) + 4096n
    const probe = app.consumer('p')
    expect(app.perform(app.uprobes.register(app.inode, app.offset('f'), beyond & ~1n, probe))).to.equal(0)
    app.detach('f', probe)
    expect(app.uprobes.inspect().probes()).to.deep.equal([])
  })
})

describe('the last consumer that goes', () => {
  it('takes along the counters of its probe that still wait, and no others', () => {
    type Waiting = { readonly uprobe: Uprobe }
    let forgets: ((entry: Waiting) => boolean) | undefined
    const counters = { forget: (which: typeof forgets) => (forgets = which) }
    const done = function* () {
      yield* []
      return 0
    }
    const registry = new Registry({
      kernel: { forking: false, registering: 0 },
      tree: new ProbeTree(),
      counters,
      lifetime: { leaks: true, install: done, removeUnwanted: done },
      order: handlerOrders['newest-first'],
    } as unknown as RegistryParts)
    const inode = { regular: true, size: 100 } as Inode
    const consumer: Consumer = { probe: 'p', handler: () => 0 }
    registry.register(inode, 8n, 2n, consumer).next()
    const uprobe = registry.tree.find(inode, 8)!
    registry.remove(inode, 8n, consumer).next()
    expect([uprobe, {} as Uprobe].map(one => forgets!({ uprobe: one }))).to.deep.equal([true, false])
  })
})

describe('a probe that a thread has not given back (bug B13)', () => {
  const leaving = '.globl _start\n_start: mov eax, 60\nsite: syscall\n.data\ncounter: .word 0\n'

  it('stays when its last consumer goes, and insists on its counter', () => {
    const app = boot(leaving)
    const probe = app.consumer('p')
    app.attach('site', probe)
    app.finish(app.start())
    app.detach('site', probe)
    expect(app.uprobes.inspect().probes()).to.have.length(1)
    expect(app.attach('site', app.consumer('q'), 'counter')).to.equal(-22)
    expect(app.attach('site', app.consumer('q'))).to.equal(0)
  })

  it('is there again where it had gone meanwhile, or is the one that has come', () => {
    for (const comes of [false, true]) {
      const app = boot(leaving)
      const [probe, next] = [app.consumer('p'), app.consumer('q')]
      app.attach('site', probe)
      const task = app.start()
      app.until(task, 'step')
      app.detach('site', probe)
      if (comes) app.attach('site', next)
      app.finish(task)
      expect(app.uprobes.inspect().probes()).to.have.length(1)
      if (comes) app.detach('site', next)
      expect(app.attach('site', app.consumer('r'), 'counter'), String(comes)).to.equal(-22)
    }
  })
})

describe('a failed installation', () => {
  /** The counter of the data is below zero, so that nobody can count there. */
  const refusing = () => {
    const app = boot(program)
    const task = app.start()
    task.mm!.write(Number(app.address('counter')), Uint8Array.of(0xf0, 0xff))
    return { app, task }
  }

  it('leaves no mark that the mm has probes', () => {
    const { app, task } = refusing()
    expect(app.attach('f', app.consumer('p'), 'counter')).to.equal(-22)
    expect(marksOf(task.mm!)).to.deep.include({ hasProbes: false })
    expect(bytesOf(app, task.mm!, 'f')).to.equal(0x53)
  })

  it('leaves the marks of probes that were there before', () => {
    const { app, task } = refusing()
    const first = app.consumer('first')
    app.attach('site', first)
    app.detach('site', first)
    app.attach('site', first)
    expect(app.attach('f', app.consumer('p'), 'counter')).to.equal(-22)
    expect(marksOf(task.mm!)).to.deep.equal({ hasProbes: true, recalculate: true })
  })

  it('of an instruction that cannot be probed is one in a process with other probes too', () => {
    const app = boot(program)
    app.start()
    app.attach('f', app.consumer('p'))
    expect(app.attach('bad', app.consumer('q'))).to.equal(-524)
  })
})

describe('fork', () => {
  it('copies text with its breakpoints; removal reaches the child', () => {
    const app = boot(`
.globl _start
_start: mov eax, 57
        syscall
        call f
        mov edi, eax
        mov eax, 231
        syscall
f:      mov eax, 3
        ret
`)
    const probe = app.consumer('p')
    app.attach('f', probe)
    const parent = app.start()
    app.step(parent, 2)
    const child = app.kernel.tasks[1]!
    expect(marksOf(child.mm!)).to.deep.equal({ hasProbes: true, recalculate: true })
    expect(app.bytes(child, 'f', 1)).to.equal('cc')
    app.until(child, 'trap')
    app.detach('f', probe)
    expect([parent, child].map(task => app.bytes(task, 'f', 1))).to.deep.equal(['b8', 'b8'])
    app.finish(child)
    app.finish(parent)
    expect([parent, child].map(task => app.kernel.ending(task)?.code)).to.deep.equal([3, 3])
    expect(app.hits).to.deep.equal([])
  })
})

describe('a registration', () => {
  const busy = `
.globl _start
_start: mov eax, 9        # mmap(0, 4096, r--, private anonymous, -1, 0)
        xor edi, edi
        mov esi, 4096
        mov edx, 1
        mov r10d, 0x22
        mov r8, -1
        xor r9d, r9d
        syscall
ready:  mov eax, 57       # fork
        syscall
        call f
        mov eax, 231
        syscall
f:      nop
        ret
`
  /** One process in the middle of an mmap, a newer one behind its own, and a registration that has come to the first. */
  const begun = () => {
    const app = boot(busy)
    const changing = app.start()
    app.step(changing)
    app.until(changing, 'mmap')
    const other = app.start()
    app.stepTo(other, app.address('ready'))
    const path = app.uprobes.register(app.inode, app.offset('f'), 0n, app.consumer('p'))
    const goOn = () => app.kernel.perform(path, false)
    return { app, changing, other, goOn, first: goOn() }
  }

  it('waits where mappings are being changed; processes that it is done with hit the probe meanwhile', () => {
    const { app, changing, other, goOn, first } = begun()
    expect(first.done).to.equal(false)
    expect([changing, other].map(task => app.bytes(task, 'f', 1))).to.deep.equal(['90', 'cc'])
    other.registers[Register.rip] = app.address('f')
    app.step(other)
    expect(app.hits).to.deep.equal([`p 0x${app.address('f').toString(16)}`])
    app.step(changing)
    expect(goOn()).to.deep.equal({ done: true, value: 0 })
    expect(app.bytes(changing, 'f', 1)).to.equal('cc')
  })

  it('passes over a process that has ended while it waited', () => {
    const { app, changing, goOn } = begun()
    app.kernel.sendSignal(changing, { signal: 9, code: 0 })
    app.finish(changing)
    expect(changing.state).to.equal('dead')
    expect(goOn()).to.deep.equal({ done: true, value: 0 })
  })

  it('lets no fork and no other registration come in between', () => {
    const { app, changing, other, goOn } = begun()
    // Nobody maps its place, so that it has nothing else to wait for.
    const second = app.uprobes.register(app.inode, 0n, 0n, app.consumer('q'))
    expect(app.kernel.perform(second, false)).to.deep.nested.include({
      done: false,
      'point.reason': 'waits for a fork or another registration to end',
    })
    app.step(other, 2)
    expect([other.state, app.kernel.tasks.length]).to.deep.equal(['sleeping', 2])
    app.step(changing)
    expect(goOn().done).to.equal(true)
    app.finish(other)
    expect(app.kernel.perform(second, false)).to.deep.equal({ done: true, value: 0 })
    expect(app.kernel.tasks).to.have.lengthOf(3)
  })
})
