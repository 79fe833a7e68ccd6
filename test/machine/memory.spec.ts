// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { createMachine } from '../../src/machine/create-machine.ts'
import { pageSize } from '../../src/machine/machine.ts'
import { reserveMemory } from '../../src/machine/memory/machine-memory.ts'

const rights = { read: true, write: true, execute: false, user: true }

describe('physical memory', () => {
  it('hands out frames up to its size and takes them back with the last reference', () => {
    const { memory } = createMachine({ memory: 0x1_0000 })
    const frames = Array.from({ length: 16 }, () => memory.allocate()!)
    expect(new Set(frames).size).to.equal(16)
    expect(memory.allocate()).to.equal(undefined)
    memory.retain(frames[3]!)
    memory.release(frames[3]!)
    expect(memory.references(frames[3]!)).to.equal(1)
    expect(memory.used).to.equal(16)
    memory.release(frames[3]!)
    expect(memory.used).to.equal(15)
    expect(memory.allocate()).to.equal(frames[3])
    expect(() => memory.release(0)).to.throw(RangeError)
  })

  it('gives zeroed frames, also after use and in the next boot', () => {
    const reserved = reserveMemory(0x1_0000)
    const first = createMachine({ memory: 0x1_0000, reserved }).memory
    const frame = first.allocate()!
    first.write(frame, 4000, new Uint8Array(96).fill(7))
    first.release(frame)
    expect(first.bytes(first.allocate()!).every(byte => byte === 0)).to.equal(true)
    first.write(frame, 0, Uint8Array.of(1))
    const second = createMachine({ memory: 0x1_0000, reserved }).memory
    expect(second.allocate()).to.equal(frame)
    expect(second.bytes(frame).every(byte => byte === 0)).to.equal(true)
  })

  it('refuses writes that leave a frame', () => {
    const { memory } = createMachine({ memory: 0x1_0000 })
    const frame = memory.allocate()!
    expect(() => memory.write(frame, pageSize - 1, new Uint8Array(2))).to.throw(RangeError)
  })
})

describe('a page table', () => {
  it('keeps entries up to the top of user space', () => {
    const machine = createMachine({ memory: 0x1_0000 })
    const table = machine.newPageTable()
    const frame = machine.memory.allocate()!
    const top = 0x7_ffff_fffe
    for (const page of [top, 0, 512, 511]) table.set(page, { frame, ...rights })
    expect(table.pages(0, top + 1)).to.deep.equal([0, 511, 512, top])
    expect(table.pages(1, 512)).to.deep.equal([511])
    expect(table.get(top)).to.deep.equal({ frame, ...rights })
    table.set(0, { frame, read: false, write: false, execute: false, user: false })
    expect(table.get(0)).to.deep.equal({ frame, read: false, write: false, execute: false, user: false })
    table.clear(511)
    expect(table.get(511)).to.equal(undefined)
    table.dispose()
    expect(table.pages(0, top + 1)).to.deep.equal([])
  })
})
