// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { AddressSpace, Inode, Kernel, KernelPath, Vma } from '../../src/kernel/kernel.ts'
import type { Uprobe } from '../../src/uprobes/registry/uprobe.ts'
import { callForms } from '../../src/uprobes/strategies/nop5/call-form.ts'
import { CallOptimiser } from '../../src/uprobes/strategies/nop5/call-optimiser.ts'
import type { CallTrampolines } from '../../src/uprobes/strategies/nop5/call-trampolines.ts'

const start = 0x400000
const trampoline = 0x402000
const nop5 = [0x0f, 0x1f, 0x44, 0x00, 0x00]
/** The call of a trampoline from the start of the page. */
const call = [0xe8, 0xfb, 0x1f, 0x00, 0x00]

/** A page of text that begins with these bytes, in the one mapping of an mm. */
function setUp(text: readonly number[], form: keyof typeof callForms = 'nop5') {
  const page = new Uint8Array(4096)
  page.set(text)
  /** The mm has no copy of the page until it is written. */
  const state = { readable: true, writable: true, page: 'file' }
  const kernel = { machine: { memory: { bytes: (frame: number) => (frame === 0 ? page : undefined!) } } }
  Object.assign(kernel.machine.memory, {
    write: (_: number, offset: number, bytes: Uint8Array) => page.set(bytes, offset),
  })
  const mm = {
    page: (_: number, access: string, force: boolean) => {
      const allowed = access === 'read' ? state.readable : state.writable
      if (!allowed || !force) return -14
      if (access === 'write') state.page = 'private'
      return 0
    },
    pageState: () => state.page,
    vmaAt: () => vma,
  } as unknown as AddressSpace
  const vma = { mm, flags: { shared: false, mayWrite: true } } as Vma
  const callers: number[] = []
  /** What others do while the trampoline is made. */
  const meanwhile = { answer: trampoline, happens: () => {} }
  const trampolines = {
    contains: (_: AddressSpace, address: number) => address === trampoline,
    *reachableFrom(_: AddressSpace, caller: number) {
      callers.push(caller)
      meanwhile.happens()
      yield { kind: 'event' }
      return meanwhile.answer
    },
  } as unknown as CallTrampolines
  const optimiser = new CallOptimiser(kernel as unknown as Kernel, callForms[form], trampolines)
  const probe = (offset: number, analysis: object | undefined = { optimisable: true }): Uprobe =>
    ({ inode, offset, analysis, optimisationFailed: false }) as Uprobe
  return {
    ...{ optimiser, mm, vma, state, callers, meanwhile, probe },
    put: (bytes: readonly number[]) => page.set(bytes),
    bytes: (count = 5) => [...page.subarray(0, count)],
    consider: (uprobe: Uprobe, address = start) => finish(optimiser.considerAfterHit(mm, uprobe, address)),
  }
}

const inode = {} as Inode

function finish(path: KernelPath<void>): void {
  while (!path.next().done);
}

describe('an optimised place', () => {
  it('holds a call of a trampoline, at a probe of which it can be', () => {
    const is = (text: readonly number[], analysis?: object) => {
      const { optimiser, mm, probe } = setUp(text)
      return optimiser.isOptimised(probe(0, analysis), mm, start)
    }
    expect(is(call)).to.equal(true)
    expect(is([0xe9, ...call.slice(1)])).to.equal(false)
    expect(is([0xe8, 0, 0, 0, 0])).to.equal(false)
    expect(is(call, { optimisable: false })).to.equal(false)
    const { optimiser, mm } = setUp(call)
    expect(optimiser.isOptimised({} as Uprobe, mm, start)).to.equal(false)
  })

  it('is none where the text cannot be read', () => {
    const { optimiser, mm, probe, state } = setUp(call)
    state.readable = false
    expect(optimiser.isOptimised(probe(0), mm, start)).to.equal(false)
  })

  it('gets its breakpoint back, and what is behind it', () => {
    const { optimiser, vma, probe, bytes } = setUp(call)
    const analysis = { optimisable: true, original: Uint8Array.from(nop5) }
    expect(optimiser.restore(probe(0, analysis), vma, start)).to.equal(0)
    expect(bytes()).to.deep.equal([0xcc, ...nop5.slice(1)])
  })

  it('stays where the text cannot be written, with the errno', () => {
    const { optimiser, vma, probe, state, bytes } = setUp(call)
    state.writable = false
    const analysis = { optimisable: true, original: Uint8Array.from(nop5) }
    expect(optimiser.restore(probe(0, analysis), vma, start)).to.equal(-14)
    expect(bytes()).to.deep.equal(call)
  })
})

describe('a place to be optimised', () => {
  const trap = [0xcc, ...nop5.slice(1)]

  it('gets the call, which may stand behind other bytes', () => {
    const short = setUp(trap)
    const uprobe = short.probe(0)
    short.consider(uprobe)
    expect([short.bytes(), short.callers]).to.deep.equal([call, [start]])
    expect(uprobe.optimisationFailed).to.equal(false)
    const long = setUp([0xcc], 'nop10')
    long.consider(long.probe(0))
    const lea = [0x48, 0x8d, 0x64, 0x24, 0x80]
    expect(long.bytes(10)).to.deep.equal([...lea, 0xe8, 0xf6, 0x1f, 0x00, 0x00])
    expect(long.callers).to.deep.equal([start + 5])
  })

  it('is left alone where no breakpoint is seen, now or once there is a trampoline', () => {
    const gone = setUp(nop5)
    gone.consider(gone.probe(0))
    expect([gone.bytes(), gone.callers]).to.deep.equal([nop5, []])

    const unreadable = setUp(trap)
    unreadable.state.readable = false
    unreadable.consider(unreadable.probe(0))
    expect([unreadable.bytes(), unreadable.callers]).to.deep.equal([trap, []])
    const removed = setUp([0xcc], 'nop10')
    removed.meanwhile.happens = () => removed.put(nop5)
    removed.consider(removed.probe(0))
    expect([removed.bytes(), removed.callers]).to.deep.equal([nop5, [start + 5]])
    expect(removed.optimiser.leftovers()).to.deep.equal([])
  })

  it('is never tried again, in any process, once there was no trampoline or the text could not be written', () => {
    const without = setUp(trap)
    without.meanwhile.answer = -12
    const unwritable = setUp(trap)
    unwritable.state.writable = false
    for (const { consider, probe, bytes, callers } of [without, unwritable]) {
      const uprobe = probe(0)
      consider(uprobe)
      consider(uprobe)
      expect([bytes(), callers, uprobe.optimisationFailed]).to.deep.equal([trap, [start], true])
    }
  })

  it('that had ten bytes is remembered, each by its file', () => {
    const { consider, probe, optimiser } = setUp([0xcc, ...Array(9).fill(0), 0xcc], 'nop10')
    for (const offset of [0, 10]) consider(probe(offset), start + offset)
    expect(optimiser.leftovers()).to.deep.equal([
      { inode, offset: 5, length: 5 },
      { inode, offset: 15, length: 5 },
    ])
  })
})
