// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { type AddressSpace, Errno, type Task } from '../../src/kernel/kernel.ts'
import { Register } from '../../src/machine/machine.ts'
import type { KernelProfile } from '../../src/uprobes/profile.ts'
import { marksOf } from '../../src/uprobes/registry/mm-marks.ts'
import type { Consumer } from '../../src/uprobes/uprobes.ts'
import { boot } from './boot.ts'

/** Three pages of text to be probed, each with the same bytes, a counter, and a system call to be made as a test likes. */
const program = `
.globl _start
_start: nop
call:   syscall
idle:   jmp idle
own:    int3
bad:    hlt
path:   .asciz "/proc/self/exe"
        .balign 4096
before: inc ebx
        ret
        .balign 4096
far:    inc ebx
        ret
        .balign 4096
behind: inc ebx
        ret
        .balign 4096
.data
data:
        .word 0
counter: .word 0
`

const Call = { open: 2, mmap: 9, mprotect: 10, munmap: 11, mremap: 25, fork: 57 }

function start(choices: Partial<KernelProfile>) {
  const app = boot(program, { optimize: 'none', ...choices })
  const { perform, uprobes, inode } = app
  const at = (page: string): number => Number(app.address(page))
  /** A task about to make a system call. */
  const calling = (task: Task, ...[number, ...args]: (number | bigint)[]): void => {
    const { rax, rdi, rsi, rdx, r10, r8, r9, rip } = Register
    for (const [index, register] of [rdi, rsi, rdx, r10, r8, r9].entries())
      task.registers[register] = BigInt(args[index] ?? 0)
    task.registers[rax] = BigInt(number!)
    task.registers[rip] = app.address('call')
  }
  const call = (task: Task, ...numbers: (number | bigint)[]): number => {
    calling(task, ...numbers)
    app.step(task)
    return Number(BigInt.asIntN(64, app.register(task, 'rax')))
  }
  return {
    ...app,
    at,
    call,
    unmap: (task: Task, page: string) => expect(call(task, Call.munmap, at(page), 4096)).to.equal(0),
    protect: (task: Task, page: string, rights: number) =>
      expect(call(task, Call.mprotect, at(page), 4096, rights)).to.equal(0),
    move: (task: Task, page: string, target: number) =>
      expect(call(task, Call.mremap, at(page), 4096, 4096, 3, target)).to.equal(target),
    /** Maps a page of the program's file. */
    map(task: Task, page: string, address: number, { rights = 5, shared = false } = {}) {
      const file = call(task, Call.open, app.address('path'), 0)
      const flags = shared ? 0x11 : 0x12
      expect(call(task, Call.mmap, address, 4096, rights, flags, file, app.offset(page))).to.equal(address)
    },
    fork(task: Task): Task {
      call(task, Call.fork)
      return app.kernel.tasks.at(-1)!
    },
    /** Is in the middle of a change of its mappings from here on, until its next step. */
    beginChange(task: Task) {
      app.step(task)
      calling(task, Call.mmap, 0, 4096, 1, 0x22, -1)
      app.until(task, 'mmap')
    },
    hit(task: Task, page: string) {
      task.registers[Register.rip] = BigInt(at(page))
      app.step(task)
    },
    remove: (page: string, consumer: Consumer) => perform(uprobes.remove(inode, app.offset(page), consumer)),
    apply: (page: string, consumer: Consumer, add: boolean) =>
      perform(uprobes.apply(inode, app.offset(page), consumer, add)),
    listening: (task: Task, page: string) => [...uprobes.inspect().listening(task.mm!, at(page))].sort(),
    byte: (task: Task, page: string, address = at(page)) => task.mm!.peek(address, 1)?.[0]?.toString(16),
    counter: ({ mm }: Task) => mm!.peek(at('counter'), 2)![0]!,
  }
}

describe('the places of a probe', () => {
  for (const lifetime of ['file', 'vma', 'process'] as const)
    describe(`for the time of a ${lifetime}`, () => {
      it('are all mappings of its text in all processes', () => {
        const app = start({ lifetime })
        const [one, other] = [app.start(), app.start()]
        app.map(one, 'far', 0x700000)
        app.map(one, 'behind', 0x800000)
        const consumer = app.consumer('p')
        const bytes = () => [
          app.byte(one, 'far'),
          app.byte(one, 'far', 0x700000),
          app.byte(one, 'far', 0x800000),
          app.byte(other, 'far'),
        ]
        expect(app.attach('far', consumer)).to.equal(0)
        expect(bytes()).to.deep.equal(['cc', 'cc', 'ff', 'cc'])
        expect(app.remove('far', consumer)).to.equal(0)
        expect(bytes()).to.deep.equal(['ff', 'ff', 'ff', 'ff'])
        expect(app.events('log')).to.deep.equal([])
      })

      it('are none where nothing is mapped', () => {
        const app = start({ lifetime })
        const task = app.start()
        app.unmap(task, 'far')
        expect(app.listening(task, 'far')).to.deep.equal([])
        expect(app.attach('far', app.consumer('p'))).to.equal(0)
        expect(app.listening(task, 'far')).to.deep.equal([])
      })

      it('are each held by those who want it there, until the last of them goes', () => {
        const app = start({ lifetime })
        const [one, other] = [app.start(), app.start()]
        const wanted: { a?: AddressSpace; b?: AddressSpace } = { a: one.mm!, b: other.mm! }
        const consumers = (['a', 'b'] as const).map(name =>
          app.consumer(name, { filter: mm => mm === wanted[name] }),
        )
        const [a, b] = consumers as [Consumer, Consumer]
        const bytes = () => [app.byte(one, 'far'), app.byte(other, 'far')]
        for (const consumer of consumers) expect(app.attach('far', consumer)).to.equal(0)
        expect(bytes()).to.deep.equal(['cc', 'cc'])
        wanted.a = other.mm!
        expect(app.apply('far', a, true)).to.equal(0)
        expect(app.listening(other, 'far')).to.deep.equal(['a', 'b'])
        expect(app.apply('far', a, false)).to.equal(0)
        expect(bytes()).to.deep.equal(['ff', 'cc'])
        expect(app.remove('far', b)).to.equal(0)
        expect(bytes()).to.deep.equal(['ff', 'cc'])
        expect(app.listening(other, 'far')).to.deep.equal(['a'])
        expect(app.remove('far', a)).to.equal(0)
        expect(bytes()).to.deep.equal(['ff', 'ff'])
      })

      it('stay those of another probe of the same listener', () => {
        const app = start({ lifetime })
        const task = app.start()
        const consumer = app.consumer('p')
        for (const page of ['far', 'behind'] as const) expect(app.attach(page, consumer)).to.equal(0)
        expect(app.remove('far', consumer)).to.equal(0)
        expect([app.byte(task, 'far'), app.byte(task, 'behind')]).to.deep.equal(['ff', 'cc'])
        app.hit(task, 'behind')
        expect(app.hits).to.have.lengthOf(1)
      })

      it('lose it in one process at once where handlers ask for that and nobody wants it any more', () => {
        const app = start({ lifetime })
        const [one, other] = [app.start(), app.start()]
        let unwanted: { [name: string]: AddressSpace | undefined } = {}
        for (const [page, name] of [
          ['far', 'a'],
          ['far', 'b'],
          ['behind', 'c'],
        ] as const)
          app.attach(page, app.consumer(name, { filter: mm => mm !== unwanted[name], handler: () => 1 }))
        const bytes = () => [app.byte(one, 'far'), app.byte(one, 'behind'), app.byte(other, 'far')]
        app.hit(one, 'far')
        expect(bytes()).to.deep.equal(['cc', 'cc', 'cc'])
        unwanted = { a: one.mm! }
        app.hit(one, 'far')
        expect(bytes()).to.deep.equal(['cc', 'cc', 'cc'])
        expect(app.listening(one, 'far')).to.include('b')
        unwanted = { a: one.mm!, b: one.mm!, c: one.mm! }
        app.hit(one, 'far')
        expect(bytes()).to.deep.equal(['ff', 'cc', 'cc'])
      })

      it('are none where the instruction is refused: the process has no probes, and the log has nothing', () => {
        const app = start({ lifetime })
        const task = app.start()
        expect(app.attach('bad', app.consumer('p'))).to.equal(-524)
        expect(app.listening(task, 'bad')).to.deep.equal([])
        expect(marksOf(task.mm!).hasProbes).to.equal(false)
        expect(app.events('log')).to.deep.equal([])
      })

      it('raise a counter when its page comes, where the process has probes', () => {
        for (const hasProbes of [true, false]) {
          const app = start({ lifetime })
          const task = app.start()
          app.unmap(task, 'data')
          expect(app.attach('far', app.consumer('p'), 'counter')).to.equal(0)
          marksOf(task.mm!).hasProbes = hasProbes
          app.map(task, 'data', app.at('data'), { rights: 3 })
          expect(app.counter(task)).to.equal(hasProbes ? 1 : 0)
        }
      })

      it('cost others no stop: only processes in which a byte changes are quiesced', () => {
        const app = start({ lifetime, insert: 'quiesce' })
        const [one, other, writable] = [app.start(), app.start(), app.start()]
        app.protect(writable, 'far', 7)
        const wanted = (mm: AddressSpace) => mm !== other.mm
        const [first, second] = ['1', '2'].map(name => app.consumer(name, { filter: wanted }))
        const stops = () => app.events('quiesce').length
        expect([app.attach('far', first!), stops()]).to.deep.equal([0, 1])
        expect([app.attach('far', second!), stops()]).to.deep.equal([0, 1])
        expect([app.byte(one, 'far'), app.byte(other, 'far')]).to.deep.equal(['cc', 'ff'])
        expect([app.remove('far', first!), stops()]).to.deep.equal([0, 1])
        expect([app.remove('far', second!), stops()]).to.deep.equal([0, 2])
        expect(app.byte(one, 'far')).to.equal('ff')
      })

      it('are waited for while mappings change, and no longer there if they have gone then', () => {
        const app = start({ lifetime })
        const [task, writable, dying] = [app.start(), app.start(), app.start()]
        for (const one of [task, writable, dying]) app.beginChange(one)
        const path = app.uprobes.register(app.inode, app.offset('far'), 0n, app.consumer('p'))
        const goOn = () => app.kernel.perform(path, false)
        const { done, ...outcome } = goOn()
        expect(done).to.equal(false)
        expect(outcome).to.have.nested.include({
          'point.reason': 'waits for mmap_lock',
          'point.interruptible': false,
        })
        app.step(task)
        app.map(task, 'behind', app.at('far'))
        app.step(writable)
        app.map(writable, 'far', app.at('far'), { rights: 7 })
        app.kernel.sendSignal(dying, { signal: 9, code: 0 })
        app.finish(dying)
        expect(goOn()).to.deep.equal({ done: true, value: 0 })
        expect([task, writable].map(one => app.byte(one, 'far'))).to.deep.equal(['ff', 'ff'])
        expect(app.listening(task, 'far')).to.deep.equal([])
      })
    })
})

describe('places bound to processes', () => {
  for (const lifetime of ['vma', 'process'] as const)
    it(`are refused where they do not fit (${lifetime})`, () => {
      const app = start({ lifetime })
      const task = app.start()
      const copy = app.kernel.createFile('/copy', new Uint8Array(app.inode.size), 0o755)
      const register = (page: string, inode = app.inode) => {
        const site = { mm: task.mm!, address: app.at(page) }
        return app.perform(app.uprobes.register(inode, app.offset(page), 0n, app.consumer('p'), site))
      }
      app.unmap(task, 'before')
      app.protect(task, 'behind', 7)
      expect(register('before')).to.equal(-Errno.EINVAL)
      expect(register('behind')).to.equal(-Errno.EINVAL)
      expect(register('far', copy)).to.equal(-Errno.EINVAL)
      expect(register('far')).to.equal(0)
    })

  it('tell those who want them there, and nobody else', () => {
    const app = start({ lifetime: 'vma' })
    const [one, other] = [app.start(), app.start()]
    for (const [name, { mm }] of [
      ['a', one],
      ['b', other],
    ] as const)
      app.attach('far', app.consumer(name, { filter: wanted => wanted === mm }))
    app.hit(other, 'far')
    expect(app.hits.map(line => line[0])).to.deep.equal(['b'])
  })

  it('are not put over a breakpoint of the program’s own, though the text is known (2010)', () => {
    const app = start({ lifetime: 'vma', instructions: '2010' })
    const [one, other] = [app.start(), app.start()]
    app.attach('far', app.consumer('a', { filter: mm => mm === one.mm }))
    app.protect(other, 'far', 7)
    other.mm!.write(app.at('far'), Uint8Array.of(0xcc))
    app.protect(other, 'far', 5)
    expect(app.attach('far', app.consumer('b', { filter: mm => mm === other.mm }))).to.equal(-Errno.EEXIST)
  })

  it('have the instruction that their process has there, each its own', () => {
    const app = start({ lifetime: 'process' })
    const [own, other] = [app.start(), app.start()]
    app.protect(own, 'far', 7)
    own.mm!.write(app.at('far'), Uint8Array.of(0x90, 0x90))
    app.protect(own, 'far', 5)
    const consumers = [own, other].map(({ mm }) => {
      const consumer = app.consumer('p')
      const site = { mm: mm!, address: app.at('far') }
      const path = app.uprobes.register(app.inode, app.offset('far'), 0n, consumer, site)
      expect(app.perform(path)).to.equal(0)
      return consumer
    })
    for (const task of [own, other]) app.hit(task, 'far')
    expect(app.hits).to.have.lengthOf(2)
    expect([own, other].map(task => app.register(task, 'rip') - app.address('far'))).to.deep.equal([1n, 2n])
    expect(consumers.map(consumer => app.remove('far', consumer))).to.deep.equal([0, 0])
    expect([own, other].map(task => app.byte(task, 'far'))).to.deep.equal(['90', 'ff'])
  })

  it('are judged anew each time they are bound', () => {
    const app = start({ lifetime: 'vma' })
    const task = app.start()
    const register = () => {
      const site = { mm: task.mm!, address: app.at('far') }
      return app.perform(app.uprobes.register(app.inode, app.offset('far'), 0n, app.consumer('p'), site))
    }
    expect(register()).to.equal(0)
    app.unmap(task, 'far')
    app.map(task, 'far', app.at('far'))
    app.protect(task, 'far', 7)
    task.mm!.write(app.at('far'), Uint8Array.of(0xf4))
    app.protect(task, 'far', 5)
    expect(register()).to.equal(-Errno.ENOTSUPP)
    expect(app.byte(task, 'far')).to.equal('f4')
  })

  it('that nobody may read have no instruction', () => {
    const app = start({ lifetime: 'process', 'suitable-vma': 'may-exec' })
    const task = app.start()
    app.protect(task, 'far', 0)
    const site = { mm: task.mm!, address: app.at('far') }
    const path = app.uprobes.register(app.inode, app.offset('far'), 0n, app.consumer('p'), site)
    expect(app.perform(path)).to.equal(-Errno.EFAULT)
  })

  it('that go while their removal waits are no failure of it', () => {
    const app = start({ lifetime: 'vma' })
    const task = app.start()
    const consumer = app.consumer('p')
    app.attach('far', consumer)
    app.beginChange(task)
    const path = app.uprobes.remove(app.inode, app.offset('far'), consumer)
    expect(app.kernel.perform(path, false).done).to.equal(false)
    app.step(task)
    app.unmap(task, 'far')
    expect(app.kernel.perform(path, false)).to.deep.equal({ done: true, value: 0 })
    expect(app.events('log')).to.deep.equal([])
  })

  it('end one by one with the pages that are unmapped', () => {
    const app = start({ lifetime: 'vma' })
    const task = app.start()
    const pages = ['before', 'far', 'behind'] as const
    for (const page of pages) expect(app.attach(page, app.consumer(page))).to.equal(0)
    app.unmap(task, 'far')
    expect(pages.map(page => app.listening(task, page))).to.deep.equal([['before'], [], ['behind']])
    app.map(task, 'far', app.at('far'))
    expect(pages.map(page => app.byte(task, page))).to.deep.equal(['cc', 'ff', 'cc'])
  })

  it('take their counter down where text moves, and not where it is unmapped', () => {
    const app = start({ lifetime: 'vma' })
    const [unmapped, moved] = [app.start(), app.start()]
    expect(app.attach('far', app.consumer('p'), 'counter')).to.equal(0)
    app.unmap(unmapped, 'far')
    app.move(moved, 'far', 0x700000)
    expect([unmapped, moved].map(app.counter)).to.deep.equal([1, 0])
    expect(app.byte(moved, 'far', 0x700000)).to.equal('ff')
  })

  it('that are stale fail to be removed, and the first failure is told; they are free again then', () => {
    const app = start({ lifetime: 'process' })
    const [stale, other] = [app.start(), app.start()]
    const consumer = app.consumer('p')
    app.attach('far', consumer)
    app.unmap(stale, 'far')
    expect(app.remove('far', consumer)).to.equal(-Errno.EINVAL)
    expect(app.byte(other, 'far')).to.equal('ff')
    app.map(stale, 'far', app.at('far'))
    expect(app.attach('far', consumer)).to.equal(0)
    expect(app.byte(stale, 'far')).to.equal('cc')
  })

  it('that are stale keep probes of other text away', () => {
    const app = start({ lifetime: 'process' })
    const task = app.start()
    const [far, behind] = [app.consumer('far'), app.consumer('behind')]
    app.attach('far', far)
    app.map(task, 'behind', app.at('far'))
    expect(app.attach('behind', behind)).to.equal(0)
    expect([app.byte(task, 'far'), app.byte(task, 'behind')]).to.deep.equal(['ff', 'cc'])
    expect(app.remove('far', far)).to.equal(-Errno.EINVAL)
    expect(app.apply('behind', behind, true)).to.equal(0)
    expect([app.byte(task, 'far'), app.listening(task, 'far')]).to.deep.equal(['cc', ['behind']])
  })

  it('that are stale are nothing to be restored in a child', () => {
    const app = start({ lifetime: 'process', fork: 'restores' })
    const task = app.start()
    for (const page of ['far', 'behind'] as const) app.attach(page, app.consumer(page))
    app.unmap(task, 'far')
    const child = app.fork(task)
    expect([app.byte(child, 'far'), app.byte(child, 'behind')]).to.deep.equal([undefined, 'ff'])
    expect(marksOf(child.mm!).hasProbes).to.equal(false)
  })
})

describe('places of a file', () => {
  it('are cleared also where the text has become writable, by whoever does it', () => {
    for (const how of ['remove', 'hit'] as const) {
      const app = start({})
      const task = app.start()
      let wanted = true
      const consumer = app.consumer('p', { filter: () => wanted, handler: () => 1 })
      app.attach('far', consumer)
      app.protect(task, 'far', 7)
      expect(app.byte(task, 'far')).to.equal('cc')
      wanted = false
      if (how === 'remove') expect(app.remove('far', consumer)).to.equal(0)
      else app.hit(task, 'far')
      expect(app.byte(task, 'far'), how).to.equal('ff')
    }
  })

  it('may still be in text that has become writable, but none come to it', () => {
    const app = start({})
    const task = app.start()
    app.attach('far', app.consumer('p'))
    for (const address of [0x700000, 0x800000]) app.map(task, 'far', address, { rights: 7 })
    expect(app.byte(task, 'far', 0x700000)).to.equal('ff')
    app.call(task, Call.munmap, 0x700000, 4096)
    expect(marksOf(task.mm!)).to.deep.equal({ hasProbes: true, recalculate: true })
    app.unmap(task, 'far')
    app.hit(task, 'own')
    expect(marksOf(task.mm!)).to.deep.equal({ hasProbes: true, recalculate: false })
  })

  it('are all tried though one cannot be cleared, and the first failure is told', () => {
    const app = start({})
    const [one, other] = [app.start(), app.start()]
    const consumer = app.consumer('p')
    app.attach('far', consumer, 'counter')
    other.mm!.write(app.at('counter'), new Uint8Array(2))
    expect(app.remove('far', consumer)).to.equal(-Errno.EINVAL)
    expect([one, other].map(task => app.byte(task, 'far'))).to.deep.equal(['ff', 'cc'])
  })

  it('are not cleared where somebody wants them again when that can be done', () => {
    const app = start({})
    const task = app.start()
    let wanted = true
    const consumer = app.consumer('p', { filter: () => wanted })
    app.attach('far', consumer)
    wanted = false
    app.beginChange(task)
    const path = app.uprobes.apply(app.inode, app.offset('far'), consumer, false)
    expect(app.kernel.perform(path, false).done).to.equal(false)
    wanted = true
    app.step(task)
    expect(app.kernel.perform(path, false)).to.deep.equal({ done: true, value: 0 })
    expect(app.byte(task, 'far')).to.equal('cc')
  })

  it('are none in a shared mapping: that it comes or goes tells nothing of probes', () => {
    const app = start({})
    const task = app.start()
    app.attach('far', app.consumer('p'))
    for (const address of [0x700000, 0x800000]) app.map(task, 'far', address, { shared: true })
    expect(app.byte(task, 'far', 0x700000)).to.equal('ff')
    app.call(task, Call.munmap, 0x700000, 4096)
    expect(marksOf(task.mm!)).to.deep.equal({ hasProbes: true, recalculate: false })
    app.unmap(task, 'far')
    app.hit(task, 'own')
    expect(marksOf(task.mm!)).to.deep.equal({ hasProbes: false, recalculate: false })
  })

  it('are looked for at a trap of the program’s own only where a mapping has gone', () => {
    const app = start({})
    const task = app.start()
    marksOf(task.mm!).hasProbes = true
    app.hit(task, 'own')
    expect(marksOf(task.mm!)).to.deep.equal({ hasProbes: true, recalculate: false })
  })
})
