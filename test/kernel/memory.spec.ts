// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import fc from 'fast-check'
import { copyAddressSpace } from '../../src/kernel/mm/copy-address-space.ts'
import { mapMemory } from '../../src/kernel/mm/map-memory.ts'
import { Mm } from '../../src/kernel/mm/mm.ts'
import { moveMemory } from '../../src/kernel/mm/move-memory.ts'
import { resolveFault } from '../../src/kernel/mm/page-fault.ts'
import { protectMemory } from '../../src/kernel/mm/protect-memory.ts'
import { tearDown } from '../../src/kernel/mm/tear-down.ts'
import { unmapMemory } from '../../src/kernel/mm/unmap-memory.ts'
import { gapStart } from '../../src/kernel/mm/unmapped-area.ts'
import { bareMm, flagsOf, layout, openFile, run } from './bare-mm.ts'

const base = 0x1000_0000
const page = 4096
const bytes = (...values: number[]) => Uint8Array.from(values)

function byteAt(mm: Mm, address: number): number | undefined {
  const into = new Uint8Array(1)
  return mm.read(address, into) === 1 ? into[0] : undefined
}

function map(mm: Mm, start: number, pages: number, rights: string): void {
  expect(run(mapMemory(mm, { start, length: pages * page, flags: flagsOf(rights) }))).to.equal(0)
}

function protect(mm: Mm, start: number, pages: number, rights: string): number {
  const { read, write, execute } = flagsOf(rights)
  return run(protectMemory(mm, start, start + pages * page, { read, write, execute }))
}

describe('address spaces', () => {
  it('merge alike neighbours and split where rights change', () => {
    const { mm } = bareMm()
    map(mm, base, 2, 'rw-p')
    map(mm, base + 2 * page, 2, 'rw-p')
    expect(layout(mm)).to.deep.equal(['10000000-10004000 rw-p 0'])
    protect(mm, base + page, 2, 'r--p')
    expect(layout(mm)).to.deep.equal([
      '10000000-10001000 rw-p 0',
      '10001000-10003000 r--p 0',
      '10003000-10004000 rw-p 0',
    ])
    protect(mm, base + page, 2, 'rw-p')
    expect(layout(mm)).to.deep.equal(['10000000-10004000 rw-p 0'])
    run(unmapMemory(mm, base + page, base + 2 * page))
    expect(layout(mm)).to.deep.equal(['10000000-10001000 rw-p 0', '10002000-10004000 rw-p 0'])
  })

  it('keep memory apart that was charged and memory that was not', () => {
    const { mm } = bareMm()
    map(mm, base, 1, 'r--p')
    map(mm, base + page, 1, 'r--p')
    protect(mm, base + page, 1, 'rw-p')
    mm.write(base + page, bytes(1))
    protect(mm, base + page, 1, 'r--p')
    expect(layout(mm)).to.have.lengthOf(2)
  })

  it('continue file offsets across a split, and merge only what continues them', () => {
    const { kernel, mm } = bareMm()
    const file = openFile(kernel, new Uint8Array(4 * page))
    const flags = flagsOf('r-xp')
    run(mapMemory(mm, { start: base, length: 3 * page, flags, file, offset: page }))
    run(unmapMemory(mm, base + page, base + 2 * page))
    expect(layout(mm)).to.deep.equal(['10000000-10001000 r-xp 1000', '10002000-10003000 r-xp 3000'])
    run(mapMemory(mm, { start: base + page, length: page, flags, file, offset: 0 }))
    expect(layout(mm)).to.have.lengthOf(3)
    run(mapMemory(mm, { start: base + page, length: page, flags, file, offset: 2 * page }))
    expect(layout(mm)).to.deep.equal(['10000000-10003000 r-xp 1000'])
    expect([...file.inode.mappings]).to.have.lengthOf(1)
  })

  it('agree with a page-by-page model under random calls', () => {
    const rights = fc.constantFrom('r--p', 'rw-p', 'r-xp', '---p')
    const range = { at: fc.nat(15), pages: fc.integer({ min: 1, max: 6 }) }
    const call = fc.oneof(
      fc.record({ call: fc.constant('map' as const), ...range, rights }),
      fc.record({ call: fc.constant('unmap' as const), ...range, rights }),
      fc.record({ call: fc.constant('protect' as const), ...range, rights }),
    )
    fc.assert(
      fc.property(fc.array(call, { maxLength: 25 }), calls => {
        const { mm } = bareMm()
        const model: (string | undefined)[] = new Array(32).fill(undefined)
        for (const { call: kind, at, pages, rights: wanted } of calls) {
          const start = base + at * page
          if (kind === 'map') map(mm, start, pages, wanted)
          else if (kind === 'unmap') run(unmapMemory(mm, start, start + pages * page))
          else {
            const hole = model.slice(at, at + pages).indexOf(undefined)
            expect(protect(mm, start, pages, wanted)).to.equal(hole < 0 ? 0 : -12)
          }
          for (let index = at; index < at + pages; index++) {
            if (kind === 'protect' && model[index] === undefined) break
            model[index] = kind === 'unmap' ? undefined : wanted
          }
        }
        const seen = model.map((_, index) => {
          const area = mm.vmaAt(base + index * page)
          return area && layout(mm)[mm.areas.indexOf(area)]!.split(' ')[1]
        })
        expect(seen).to.deep.equal(model)
        for (const [index, area] of mm.areas.entries()) {
          const next = mm.areas[index + 1]
          expect(area.end).to.be.greaterThan(area.start)
          if (next) expect(next.start).to.be.at.least(area.end)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('give the highest free range, and the hint where it is free', () => {
    const { mm } = bareMm()
    expect(mm.unmappedArea(0, page)).to.equal(0x7fff_f7ff_e000)
    map(mm, 0x7fff_f7ff_e000, 1, 'r--p')
    expect(mm.unmappedArea(0, 3 * page)).to.equal(0x7fff_f7ff_b000)
    expect(mm.unmappedArea(base, page)).to.equal(base)
    map(mm, base, 1, 'r--p')
    expect(mm.unmappedArea(base, page)).to.equal(0x7fff_f7ff_d000)
  })

  it('are found in the highest gap whatever has been mapped, unmapped and looked for before', () => {
    const top = 0x7fff_f7ff_f000
    const step = fc.record({
      act: fc.constantFrom('find', 'find', 'map', 'unmap', 'stack'),
      at: fc.integer({ min: 1, max: 600 }),
      pages: fc.integer({ min: 1, max: 5 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        const { mm } = bareMm()
        for (const { act, at, pages } of steps) {
          const start = top - at * page
          if (act === 'unmap') run(unmapMemory(mm, start, start + pages * page))
          else if (act === 'find') {
            const found = mm.unmappedArea(0, pages * page)!
            let wanted = top - pages * page
            while (
              mm.areas.some(
                area => gapStart(area) < wanted + pages * page && area.end > wanted && area.start < top,
              )
            )
              wanted -= page
            expect(found).to.equal(wanted)
            map(mm, found, pages, at % 2 === 0 ? 'r--p' : 'rw-p')
          } else if (start + pages * page <= top) {
            const flags = { ...flagsOf('rw-p'), growsDown: act === 'stack' }
            run(mapMemory(mm, { start, length: pages * page, flags }))
          }
        }
      }),
      { numRuns: 200 },
    )
  })
})

describe('pages', () => {
  it('come when they are touched, zeroed or from the file, and a write makes a private copy', () => {
    const { kernel, mm } = bareMm()
    const file = openFile(kernel, new Uint8Array(page + 10).fill(7))
    run(mapMemory(mm, { start: base, length: 3 * page, flags: flagsOf('rw-p'), file, offset: 0 }))
    expect(mm.pageState(base)).to.equal('absent')
    expect(byteAt(mm, base)).to.equal(7)
    expect(mm.pageState(base)).to.equal('file')
    mm.write(base, bytes(9))
    expect(mm.pageState(base)).to.equal('private')
    expect(file.inode.read(0, 1)).to.deep.equal(bytes(7))
    expect(byteAt(mm, base + page + 10)).to.equal(0)
    expect(resolveFault(mm, base + 2 * page, 'read')).to.equal('beyond')
    mm.dropPage(base)
    expect(byteAt(mm, base)).to.equal(7)
  })

  it('of a shared mapping are the file', () => {
    const { kernel, mm } = bareMm()
    const file = openFile(kernel, new Uint8Array(page))
    run(mapMemory(mm, { start: base, length: page, flags: flagsOf('rw-s'), file, offset: 0 }))
    mm.write(base + 5, bytes(42))
    expect(file.inode.read(5, 1)).to.deep.equal(bytes(42))
    file.inode.write(6, bytes(43))
    expect(byteAt(mm, base + 6)).to.equal(43)
  })

  it('are shared by fork until one side writes, and the last owner reuses the frame', () => {
    const { kernel, mm } = bareMm()
    map(mm, base, 1, 'rw-p')
    mm.write(base, bytes(1))
    const frame = mm.page(base, 'read', false)
    const child = new Mm(kernel, 2)
    copyAddressSpace(mm, child)
    expect(child.page(base, 'read', false)).to.equal(frame)
    expect(mm.table.get(base / page)!.write).to.equal(false)
    child.write(base, bytes(2))
    expect([byteAt(mm, base), byteAt(child, base)]).to.deep.equal([1, 2])
    expect(child.page(base, 'read', false)).to.not.equal(frame)
    mm.write(base, bytes(3))
    expect(mm.page(base, 'write', false)).to.equal(frame)
    expect(byteAt(child, base)).to.equal(2)
    tearDown(child)
    tearDown(mm)
    // The page of zeros stays for the next program.
    expect(kernel.memory.used).to.equal(1)
  })

  it('are copied by a forced write without the program getting the right to write', () => {
    const { kernel, mm } = bareMm()
    const file = openFile(kernel, new Uint8Array(page))
    run(mapMemory(mm, { start: base, length: page, flags: flagsOf('r-xp'), file, offset: 0 }))
    expect(mm.page(base, 'write', false)).to.equal(-14)
    expect(mm.page(base, 'write', true)).to.be.at.least(0)
    expect(mm.pageState(base)).to.equal('private')
    expect(mm.table.get(base / page)).to.include({ write: false, execute: true })
    expect(resolveFault(mm, base, 'write')).to.equal('denied')
    expect(mm.page(base + page, 'read', true)).to.equal(-14)
  })

  it('move with mremap, and a shared frame is replaced for one mm only', () => {
    const { kernel, mm } = bareMm()
    map(mm, base, 2, 'rw-p')
    mm.write(base, bytes(1))
    const target = base + 16 * page
    const move = {
      start: base,
      oldLength: 2 * page,
      newLength: 3 * page,
      mayMove: true,
      keeps: false,
      target: { at: target, fixed: true },
    }
    expect(run(moveMemory(mm, move))).to.equal(target)
    expect([byteAt(mm, base), byteAt(mm, target)]).to.deep.equal([undefined, 1])
    const frame = kernel.memory.allocate()!
    mm.replacePage(target, frame)
    expect(byteAt(mm, target)).to.equal(0)
    mm.write(target, bytes(5))
    expect(mm.page(target, 'read', false)).to.equal(frame)
  })

  it('of memory without rights cannot be reached, but keep their bytes', () => {
    const { mm } = bareMm()
    map(mm, base, 1, 'rw-p')
    mm.write(base, bytes(8))
    protect(mm, base, 1, '---p')
    expect(resolveFault(mm, base, 'read')).to.equal('denied')
    expect(mm.peek(base, 1)).to.deep.equal(bytes(8))
    protect(mm, base, 1, 'r--p')
    expect(byteAt(mm, base)).to.equal(8)
    expect(resolveFault(mm, base, 'write')).to.equal('denied')
  })

  it('of a stack come by growing down to its limit', () => {
    const { mm } = bareMm()
    const top = 0x7fff_ffff_f000
    run(mapMemory(mm, { start: top - page, length: page, flags: { ...flagsOf('rw-p'), growsDown: true } }))
    expect(mm.write(top - 5 * page, bytes(1))).to.equal(1)
    expect(layout(mm)).to.deep.equal(['7fffffffa000-7ffffffff000 rw-p 0'])
    expect(mm.write(top - 8 * 1024 * 1024 - 1, bytes(1))).to.equal(0)
  })
})
