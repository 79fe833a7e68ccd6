// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { Errno, type Vma } from '../../src/kernel/kernel.ts'
import type { PhysicalMemory } from '../../src/machine/machine.ts'
import { copyInstruction } from '../../src/uprobes/user-bkpt/copy-instruction.ts'
import { writeText } from '../../src/uprobes/user-bkpt/write-text.ts'

/** Frames of 4096 bytes by number; all zero, but for the first byte, which is the frame's number. */
function frames(...numbers: number[]) {
  const bytes = new Map(numbers.map(number => [number, new Uint8Array(4096).fill(number, 0, 1)]))
  const memory = {
    bytes: (frame: number) => bytes.get(frame)!,
    write: (frame: number, offset: number, from: Uint8Array) => bytes.get(frame)!.set(from, offset),
  } as PhysicalMemory
  return { memory, bytes }
}

/** A mapping whose page is found as the answers say, one a question; and the questions. */
function mapping(answers: readonly number[], more: { shared?: true; mayWrite?: false; state?: string } = {}) {
  const asked: string[] = []
  const { shared = false, mayWrite = true, state = 'private' } = more
  const mm = {
    page: (_: number, access: string, forced: boolean) =>
      answers[asked.push(`${access}${forced ? ' by force' : ''}`) - 1],
    pageState: () => state,
  }
  return { vma: { mm, flags: { shared, mayWrite } } as unknown as Vma, asked }
}

describe('a change of text', () => {
  const change = { bytes: Uint8Array.of(0xcc), registering: true, expect: () => true }

  it('goes into the own copy of the page, at the offset', () => {
    const { memory, bytes } = frames(0, 7)
    const { vma, asked } = mapping([7, 0])
    expect(writeText(memory, vma, 0x401234, change)).to.equal(0)
    expect(asked).to.deep.equal(['write by force', 'write by force'])
    expect([bytes.get(0)![0x234], bytes.get(7)![0x234]]).to.deep.equal([0xcc, 0])
  })

  it('asks what is there now, and then only for what it may copy', () => {
    const { memory, bytes } = frames(0, 7)
    const seen: number[] = []
    const { vma, asked } = mapping([0, 7])
    const isZero = (current: Uint8Array) => {
      seen.push(current[0]!)
      return current[0] === 0
    }
    bytes.get(0)![0x234] = 5
    expect(writeText(memory, vma, 0x401234, { ...change, registering: false, expect: isZero })).to.equal(0)
    expect(seen).to.deep.equal([5])
    expect(asked).to.deep.equal(['read by force'])
    expect(bytes.get(7)![0x234]).to.equal(0)
  })

  it('is refused where the page cannot be copied on write', () => {
    const { memory } = frames(7)
    expect(writeText(memory, mapping([7, 7], { shared: true }).vma, 0, change)).to.equal(-Errno.EINVAL)
    expect(writeText(memory, mapping([7, 7], { mayWrite: false }).vma, 0, change)).to.equal(-Errno.EINVAL)
  })

  it('answers the errno of a fault, before or after counting', () => {
    const { memory } = frames(7)
    expect(writeText(memory, mapping([-14]).vma, 0, change)).to.equal(-14)
    expect(writeText(memory, mapping([7, -12]).vma, 0, change)).to.equal(-12)
  })

  it('is not made where counting fails, nor where the page is not private after all', () => {
    const { memory, bytes } = frames(7)
    expect(writeText(memory, mapping([7, 7]).vma, 0, { ...change, account: () => -22 })).to.equal(-22)
    expect(writeText(memory, mapping([7, 7], { state: 'file' }).vma, 0, change)).to.equal(0)
    expect(bytes.get(7)![0]).to.equal(7)
    expect(writeText(memory, mapping([7, 7]).vma, 0, { ...change, account: () => 0 })).to.equal(0)
    expect(bytes.get(7)![0]).to.equal(0xcc)
  })
})

describe('the copy of an instruction', () => {
  const file = (size: number, pages: readonly (number | undefined)[]) =>
    ({ size, page: (index: number) => pages[index] }) as unknown as Parameters<typeof copyInstruction>[1]

  it('crosses pages, and is zero behind the end of the file', () => {
    const { memory, bytes } = frames(3, 4)
    bytes.get(3)!.fill(1)
    bytes.get(4)!.fill(2)
    const copy = (size: number, offset: number) => copyInstruction(memory, file(size, [3, 4]), offset)
    expect([...(copy(8192, 4090) as Uint8Array)]).to.deep.equal([...Array(6).fill(1), ...Array(10).fill(2)])
    expect([...(copy(4098, 4090) as Uint8Array)]).to.deep.equal([
      ...Array(6).fill(1),
      2,
      2,
      ...Array(8).fill(0),
    ])
    expect([...(copy(8192, 8191) as Uint8Array)]).to.deep.equal([2, ...Array(15).fill(0)])
  })

  it('cannot be had behind the end of the file, nor of a page that cannot', () => {
    const { memory } = frames(3)
    expect(copyInstruction(memory, file(4096, [3, 3]), 4096)).to.equal(-Errno.EIO)
    expect(copyInstruction(memory, file(4096, [3, 3]), 5000)).to.equal(-Errno.EIO)
    expect(copyInstruction(memory, file(8192, [3, undefined]), 4090)).to.equal(-Errno.EIO)
  })
})
