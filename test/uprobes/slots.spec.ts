// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { AddressSpace, KernelPath } from '../../src/kernel/kernel.ts'
import { slotOwners } from '../../src/uprobes/strategies/slot-owner/slot-owners.ts'
import { forgetSlotArea, makeNeededArea, makeSlotArea, slotAreaOf } from '../../src/uprobes/xol/slot-area.ts'
import { freeSlot, takeFreeSlot, waitForSlot } from '../../src/uprobes/xol/slots.ts'
import { boot } from './boot.ts'

const options = { slots: 32, 'slot-size': 128, trampoline: Uint8Array.of(0xc3), place: 'special' } as const
const copy = Uint8Array.of(0x90, 0x91)

/** A booted process, its mm, and the same with another answer to a mapping. */
function process() {
  const app = boot('.globl _start\n_start: nop\n')
  const mm = app.start().mm!
  const answering = (more: Partial<AddressSpace>): AddressSpace => Object.assign(Object.create(mm), more)
  const { kernel } = app
  return { app, kernel, mm, answering, memory: kernel.machine.memory }
}

const value = <T>(path: KernelPath<T>): T => {
  const { done, value: result } = path.next()
  if (!done) throw new Error('the path waits')
  return result
}

describe('the page of slots', () => {
  it('is mapped as high as possible, to be executed and nothing else', () => {
    const { kernel, answering, memory } = process()
    const asked: unknown[] = []
    const mm = answering({
      unmappedArea: (hint, length) => {
        asked.push(hint, length)
        return hint
      },
      *mapSpecial(mapping) {
        asked.push(mapping)
        return 0
      },
    })
    const { start, trampoline, frame, slots } = value(makeNeededArea(kernel, mm, options))!
    const flags = { execute: true, mayExecute: true, dontCopy: true, io: true, special: true }
    expect(asked).to.deep.equal([
      0x7fff_ffff_e000,
      4096,
      { start, frames: [frame], name: '[uprobes]', flags },
    ])
    expect(trampoline).to.equal(0x7fff_ffff_e000n)
    expect(slots.map(({ number, address }) => [number, Number(address) - start])).to.deep.equal(
      Array.from({ length: 32 }, (_, number) => [number, number * 128]),
    )
    expect(memory.bytes(frame)[0]).to.equal(0xc3)
  })

  it('of 2010 lies a page above the highest mapping, and comes from a file', () => {
    const { kernel, mm, answering } = process()
    const asked: unknown[] = []
    const other = answering({
      unmappedArea: (hint, length) => {
        asked.push(hint, length)
        return hint
      },
      *mapSpecial({ name, flags }) {
        asked.push(name, flags.io)
        return 0
      },
    })
    value(makeNeededArea(kernel, other, { ...options, place: 'file' }))
    expect(asked).to.deep.equal([mm.vmas.at(-1)!.end + 4096, 4096, '/uprobes/xol (deleted)', false])
  })

  it('of the kernel is no mapping', () => {
    const { app, kernel, mm } = process()
    const mapped = mm.vmas.length
    const area = app.perform(makeNeededArea(kernel, mm, { ...options, place: 'kernel' }))!
    expect(area.slots[1]!.address).to.equal(0xffff_c900_0000_0080n)
    expect(mm.vmas).to.have.length(mapped)
  })

  it('is made once', () => {
    const { app, kernel, mm, memory } = process()
    app.perform(makeNeededArea(kernel, mm, options))
    const { used } = memory
    expect(app.perform(makeSlotArea(kernel, mm, 0x10000, options))).to.equal(-17)
    expect(memory.used).to.equal(used)
  })

  it('is not there where there is no room, no memory or no mapping, and then takes none', () => {
    const { kernel, mm, answering, memory } = process()
    const { used } = memory
    const full = answering({ unmappedArea: () => undefined, mapSpecial: () => expect.fail('mapped nowhere') })
    expect(value(makeNeededArea(kernel, full, options))).to.equal(undefined)
    expect(value(waitForSlot(kernel, full, copy, options))).to.equal(undefined)
    const refusing = answering({
      *mapSpecial() {
        return -12
      },
    })
    expect(value(makeSlotArea(kernel, refusing, 0x10000, options))).to.equal(-12)
    expect(slotAreaOf(mm)).to.equal(undefined)
    expect(memory.used).to.equal(used)
    while (memory.allocate() !== undefined);
    expect(value(makeSlotArea(kernel, mm, 0x10000, options))).to.equal(-12)
    expect(slotAreaOf(mm)).to.equal(undefined)
  })

  it('is given back once', () => {
    const { app, kernel, mm, memory } = process()
    app.perform(makeNeededArea(kernel, mm, options))
    const { frame } = slotAreaOf(mm)!
    const held = memory.references(frame)
    forgetSlotArea(kernel, mm)
    forgetSlotArea(kernel, mm)
    expect(memory.references(frame)).to.equal(held - 1)
    expect(slotAreaOf(mm)).to.equal(undefined)
  })

  it('goes with its process', () => {
    const app = boot('.globl _start\n_start: lea eax, [rax]\nmov eax, 60\nxor edi, edi\nsyscall\n')
    const before = app.kernel.machine.memory.used
    app.attach('_start', app.consumer('p'))
    const task = app.start()
    app.finish(task)
    expect(app.kernel.ending(task)?.code).to.equal(0)
    const plain = boot('.globl _start\n_start: lea eax, [rax]\nmov eax, 60\nxor edi, edi\nsyscall\n')
    plain.finish(plain.start())
    expect(app.kernel.machine.memory.used - before).to.equal(plain.kernel.machine.memory.used - before)
  })
})

describe('a slot', () => {
  it('is the lowest that is free, holds the copy, and keeps it when it is given back', () => {
    const { app, kernel, mm, memory } = process()
    expect(takeFreeSlot(kernel, mm, copy)).to.equal(undefined)
    const first = app.perform(waitForSlot(kernel, mm, copy, options))!
    expect(first.number).to.equal(1)
    const page = memory.bytes(slotAreaOf(mm)!.frame)
    expect([...page.subarray(128, 131)]).to.deep.equal([0x90, 0x91, 0])
    expect(takeFreeSlot(kernel, mm, Uint8Array.of(0x92))!.number).to.equal(2)
    freeSlot(first)
    const again = takeFreeSlot(kernel, mm, Uint8Array.of(0x93))!
    expect(again.number).to.equal(1)
    expect([...page.subarray(128, 131)]).to.deep.equal([0x93, 0x91, 0])
  })

  it('is waited for in a sleep that no signal ends', () => {
    const { app, kernel, mm } = process()
    const slots = Array.from({ length: 31 }, () => app.perform(waitForSlot(kernel, mm, copy, options))!)
    const path = waitForSlot(kernel, mm, copy, options)
    const { value: sleep } = path.next()
    expect(sleep).to.deep.include({ kind: 'sleep', reason: 'waits for a slot', interruptible: false })
    freeSlot(slots[4]!)
    expect(app.perform(path)).to.equal(slots[4])
  })

  it('of a hit is had at once where one is free, and only there', () => {
    const { app, kernel } = process()
    const task = kernel.tasks[0]!
    const supply = slotOwners.hit(kernel, options)
    expect(supply.take(task, copy)).to.equal(undefined)
    const slot = app.perform(supply.wait(task, copy))!
    expect(supply.take(task, copy)?.number).to.equal(2)
    supply.give(slot)
    expect(supply.take(task, copy)).to.equal(slot)
  })

  it('without a return trampoline is number 0 too', () => {
    const { app, kernel, mm, memory } = process()
    const slot = app.perform(waitForSlot(kernel, mm, copy, { ...options, trampoline: undefined }))!
    expect(slot.number).to.equal(0)
    expect([...memory.bytes(slotAreaOf(mm)!.frame).subarray(0, 2)]).to.deep.equal([0x90, 0x91])
  })
})
