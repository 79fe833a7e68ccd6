// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { AddressSpace, Inode, Kernel, Vma } from '../../src/kernel/kernel.ts'
import { holdsCounter, ReferenceCounters } from '../../src/uprobes/registry/reference-counters.ts'
import type { Uprobe } from '../../src/uprobes/registry/uprobe.ts'

const file = { number: 0x11 } as Inode
const counterOffset = 0x2010

const probe = (more: Partial<Uprobe> = {}): Uprobe =>
  ({ inode: file, offset: 0x1000, referenceCounterOffset: counterOffset, ...more }) as Uprobe

/** Counters over one frame, and a process whose data are mapped by `map` alone. */
function setUp() {
  const page = new Uint8Array(4096)
  const log: string[] = []
  let frame = 0
  const kernel = {
    machine: {
      memory: {
        bytes: () => page,
        write: (_: number, offset: number, bytes: Uint8Array) => page.set(bytes, offset),
      },
    },
    log: (text: string) => log.push(text),
  } as unknown as Kernel
  const process = () => {
    const vmas: Vma[] = []
    const asked: string[] = []
    const mm = {
      vmas,
      page: (address: number, access: string, forced: boolean) => {
        asked.push(`${address.toString(16)} ${access}${forced ? ' by force' : ''}`)
        return frame
      },
    } as unknown as AddressSpace
    const map = (flags = { write: true, shared: false }, inode = file, fileOffset = 0x2000): Vma => {
      const vma = { mm, inode, start: 0x600000, end: 0x601000, fileOffset, flags } as unknown as Vma
      vmas.push(vma)
      return vma
    }
    return { mm, map, asked }
  }
  return {
    counters: new ReferenceCounters(kernel),
    log,
    process,
    value: () => new DataView(page.buffer).getInt16(0x10, true),
    set: (value: number) => new DataView(page.buffer).setInt16(0x10, value, true),
    fault: (errno: number) => {
      frame = errno
    },
    page,
  }
}

describe('counters of listeners', () => {
  it('go up and down by one, 16 bits wide, in the page that a write gets', () => {
    const { counters, process, value, set, page } = setUp()
    const { mm, map, asked } = process()
    map()
    page.fill(0xaa, 0x12, 0x14)
    set(0x1ff)
    expect(counters.change(probe(), mm, 1)).to.equal(0)
    expect(value()).to.equal(0x200)
    expect(counters.change(probe(), mm, -1)).to.equal(0)
    expect(value()).to.equal(0x1ff)
    expect(page[0x12]).to.equal(0xaa)
    expect(asked).to.deep.equal(['600010 write', '600010 write'])
  })

  it('are not touched for a probe without one', () => {
    const { counters, process, page } = setUp()
    const { mm, map } = process()
    map()
    expect(counters.change(probe({ referenceCounterOffset: 0 }), mm, 1)).to.equal(0)
    counters.mapped(map(undefined, undefined, 0))
    expect(page.every(byte => byte === 0)).to.equal(true)
  })

  it('that would go below zero, or whose page faults, are refused, and the log says so', () => {
    const { counters, process, log, fault } = setUp()
    const { mm, map } = process()
    map()
    expect(counters.change(probe(), mm, -1)).to.equal(-22)
    fault(-12)
    expect(counters.change(probe(), mm, 1)).to.equal(-12)
    const place = 'failed for inode: 0x11 offset: 0x1000 ref_ctr_offset: 0x2010'
    expect(log).to.deep.equal([
      'ref_ctr going negative. vaddr: 0x600010, curr val: 0, delta: -1',
      `ref_ctr decrement ${place}`,
      `ref_ctr increment ${place}`,
    ])
  })

  it('wait for their page, once for a probe and a process', () => {
    const { counters, process, value } = setUp()
    const [first, second] = [process(), process()]
    const [one, other] = [probe(), probe({ offset: 0x1004 })]
    for (const { mm } of [first, first, second]) counters.change(one, mm, 1)
    counters.change(other, first.mm, 1)
    expect(value()).to.equal(0)
    counters.mapped(first.map())
    expect(value()).to.equal(2)
    counters.mapped(first.map())
    expect(value()).to.equal(2)
    counters.mapped(second.map())
    expect(value()).to.equal(3)
  })

  it('wait for all probes of a process', () => {
    const { counters, process, value } = setUp()
    const { mm, map } = process()
    for (const offset of [0x1000, 0x1004, 0x1008]) counters.change(probe({ offset }), mm, 1)
    counters.mapped(map())
    expect(value()).to.equal(3)
  })

  it('wait on while something else is mapped', () => {
    const { counters, process, value } = setUp()
    const { mm, map } = process()
    counters.change(probe(), mm, 1)
    counters.mapped(map({ write: false, shared: false }))
    counters.mapped(map({ write: true, shared: true }))
    counters.mapped(map({ write: true, shared: false }, { number: 3 } as Inode))
    expect(value()).to.equal(0)
    counters.mapped(map())
    expect(value()).to.equal(1)
  })

  it('wait no longer once the probe has gone from the process, or a counter was there', () => {
    const { counters, process, value } = setUp()
    const [first, second] = [process(), process()]
    const [one, other, third] = [probe(), probe({ offset: 0x1004 }), probe({ offset: 0x1008 })]
    counters.change(one, first.mm, 1)
    counters.change(one, second.mm, 1)
    counters.change(other, first.mm, 1)
    counters.change(third, first.mm, 1)
    counters.change(one, first.mm, -1)
    counters.mapped(first.map())
    expect(value()).to.equal(2)
    counters.mapped(second.map())
    expect(value()).to.equal(3)
    counters.change(one, first.mm, 1)
    counters.mapped(first.map())
    expect(value()).to.equal(4)
  })

  it('lie in a private writable mapping of the file that reaches over them', () => {
    const { process } = setUp()
    const { map } = process()
    expect(holdsCounter(map(), probe())).to.equal(true)
    expect(holdsCounter(map(), probe({ referenceCounterOffset: 0x3000 }))).to.equal(false)
    expect(holdsCounter(map(), probe({ inode: {} as Inode }))).to.equal(false)
    expect(holdsCounter(map({ write: false, shared: false }), probe())).to.equal(false)
    expect(holdsCounter(map({ write: true, shared: true }), probe())).to.equal(false)
  })
})
