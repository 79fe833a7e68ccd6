// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { AddressSpace, Inode, Kernel, KernelPath, Vma } from '../../src/kernel/kernel.ts'
import { CallTrampolines } from '../../src/uprobes/strategies/nop5/call-trampolines.ts'

const page = 4096
const giga = 2 ** 30
const trampolineName = '[uprobes-trampoline]'

type Mapping = readonly [start: number, end: number, name?: string]

/** An mm with mappings in order, and trampolines for it. */
function setUp(mappings: readonly Mapping[], options: { kept?: 'listed' | 'mapped'; failure?: number } = {}) {
  const { kept = 'listed', failure = 0 } = options
  const vmas: Vma[] = []
  const made: unknown[] = []
  const add = (start: number, end: number, name: string, special = false): void => {
    vmas.push({ start, end, name, inode: undefined, flags: { special } } as unknown as Vma)
    vmas.sort((a, b) => a.start - b.start)
  }
  for (const [start, end, name = 'x'] of mappings) add(start, end, name, name === trampolineName)
  const mm = {
    vmas,
    plugins: new Map(),
    vmaAt: (address: number) => vmas.find(({ start, end }) => address >= start && address < end),
    *mapSpecial({ start, frames, name, flags }: Parameters<AddressSpace['mapSpecial']>[0]) {
      made.push({ start, frames, name, flags })
      if (failure === 0) add(start, start + page, name, true)
      return failure
    },
  } as unknown as AddressSpace
  const frames: (number | undefined)[] = [7, 8, 9]
  const log: string[] = []
  const memory = {
    allocate: () => frames.shift(),
    write: (frame: number, offset: number, code: Uint8Array) => log.push(`write ${frame} ${offset} ${code}`),
    release: (frame: number) => log.push(`release ${frame}`),
  }
  const kernel = { machine: { memory } } as unknown as Kernel
  const trampolines = new CallTrampolines(kernel, Uint8Array.of(0xc3), kept)
  const value = (path: KernelPath<number>): number => path.next().value as number
  return {
    mm,
    vmas,
    made,
    log,
    frames,
    trampolines,
    reach: (caller: number) => value(trampolines.reachableFrom(mm, caller)),
  }
}

describe('the page that an optimised probe calls', () => {
  // Mappings, the address of the call, where the page comes.
  const cases: [string, Mapping[], number, number][] = [
    ['behind the text', [[0x400000, 0x402000]], 0x401f00, 0x402000],
    ['before the text, where that is nearer', [[0x400000, 0x404000]], 0x400100, 0x3ff000],
    ['above, where both are equally far', [[0x400000, 0x402000]], 0x4007fb, 0x402000],
    ['below by one byte', [[0x400000, 0x402000]], 0x4007fa, 0x3ff000],
    [
      'behind what follows without a gap',
      [
        [0x400000, 0x401000],
        [0x401000, 0x402000],
      ],
      0x400f00,
      0x402000,
    ],
    [
      'in a gap of two pages',
      [
        [0x400000, 0x401000],
        [0x403000, 0x404000],
      ],
      0x400f00,
      0x401000,
    ],
    [
      'in no gap of one page',
      [
        [0x400000, 0x401000],
        [0x402000, 0x403000],
      ],
      0x400f00,
      0x3ff000,
    ],
    [
      'in a gap of two pages below',
      [
        [0x300000, 0x3fe000],
        [0x400000, 0x480000],
      ],
      0x400100,
      0x3ff000,
    ],
    [
      'in no gap of one page below',
      [
        [0x300000, 0x3ff000],
        [0x400000, 0x480000],
      ],
      0x400100,
      0x480000,
    ],
    [
      'below, behind neighbours',
      [
        [0x300000, 0x3ff000],
        [0x3ff000, 0x480000],
      ],
      0x400100,
      0x480000,
    ],
    [
      'below, whatever lies far below',
      [
        [0x100000, 0x101000],
        [0x3ff000, 0x480000],
      ],
      0x400100,
      0x3fe000,
    ],
    [
      'further below, behind neighbours',
      [
        [0x3fe000, 0x3ff000],
        [0x3ff000, 0x480000],
      ],
      0x400100,
      0x3fd000,
    ],
    [
      'not in the gap before the stack',
      [
        [0x400000, 0x401000],
        [0x402000 + 255 * page, 0x700000, '[stack]'],
      ],
      0x400f00,
      0x3ff000,
    ],
    [
      'just before that gap',
      [
        [0x300000, 0x401000],
        [0x403000 + 256 * page, 0x700000, '[stack]'],
      ],
      0x400f00,
      0x401000,
    ],
    ['below the gap of a stack', [[0x400000, 0x600000, '[stack]']], 0x400100, 0x2ff000],
    ['above the first pages', [[0x11000, 0x400000]], 0x11100, 0x400000],
    ['as low as mappings may', [[0x12000, 0x400000]], 0x12100, 0x11000],
    [
      'below the end of user addresses',
      [[0x7fff_ffff_d000, 0x7fff_ffff_f000]],
      0x7fff_ffff_ef00,
      0x7fff_ffff_c000,
    ],
    ['at the end', [[0x7ff0_0000_0000, 0x7fff_ffff_d000]], 0x7fff_ffff_cf00, 0x7fff_ffff_d000],
    ['not in the last page alone', [[0x7ff0_0000_0000, 0x7fff_ffff_e000]], 0x7fff_ffff_df00, -12],
  ]
  for (const [name, mappings, caller, expected] of cases)
    it(`lies ${name}`, () => expect(setUp(mappings).reach(caller)).to.equal(expected))

  it('is not there where nothing is free within two gigabytes', () => {
    const caller = 0x1_0000_0000
    const around = (below: number, above: number, from = 0): number =>
      setUp([[caller - below, caller + above]]).reach(caller + from)
    expect(around(2 * giga, 2 * giga)).to.equal(-12)
    expect(around(3 * giga, 2 * giga - page, page - 6)).to.equal(-12)
    expect(around(3 * giga, 2 * giga - page, page - 5)).to.equal(caller + 2 * giga - page)
    expect(around(2 * giga - 2 * page, 3 * giga, -3)).to.equal(-12)
    expect(around(2 * giga - 2 * page, 3 * giga, -4)).to.equal(caller - 2 * giga + page)
  })

  it('serves every call within reach, the newest first', () => {
    const { reach, made } = setUp([[0x400000, 0x402000]])
    const [first, far] = [0x402000, 0x402000 + 2 * giga]
    expect([0x401000, 0x400100, far - 6].map(reach)).to.deep.equal([first, first, first])
    expect(reach(far - 5)).to.equal(far)
    expect([far - 6, 0x401000].map(reach)).to.deep.equal([far, first])
    expect(made).to.have.length(2)
  })

  it('serves calls two gigabytes below it, and none further', () => {
    const [text, end] = [4 * giga, 4 * giga + 2 * page]
    for (const [distance, expected] of [
      [2 * giga + 5, end],
      [2 * giga + 6, end - 2 * giga],
    ] as const) {
      const { reach } = setUp([[text, end]])
      expect(reach(end - 6)).to.equal(end)
      expect(reach(end - distance)).to.equal(expected)
    }
  })

  it('holds the code, and lets nobody write it; the frame is its alone', () => {
    for (const [kept, dontCopy] of [
      ['listed', true],
      ['mapped', false],
    ] as const) {
      const { reach, made, log } = setUp([[0x400000, 0x402000]], { kept })
      const start = reach(0x401f00)
      const flags = { read: true, execute: true, mayExecute: true, dontCopy, io: true, special: true }
      expect(made).to.deep.equal([{ start, frames: [7], name: trampolineName, flags }])
      expect(log).to.deep.equal(['write 7 0 195', 'release 7'])
    }
  })

  it('that was unmapped is called on where it is in a list, and made again where it is looked for', () => {
    for (const [kept, count] of [
      ['listed', 1],
      ['mapped', 2],
    ] as const) {
      const { reach, vmas, made } = setUp([[0x400000, 0x402000]], { kept })
      const start = reach(0x401f00)
      expect(reach(0x401f00)).to.equal(start)
      vmas.splice(1, 1)
      expect(reach(0x401f00)).to.equal(start)
      expect(made).to.have.length(count)
    }
  })

  it('that cannot be mapped, or for which there is no memory, is not remembered', () => {
    const refused = setUp([[0x400000, 0x402000]], { failure: -22 })
    expect([refused.reach(0x401f00), refused.reach(0x401f00)]).to.deep.equal([-22, -22])
    expect(refused.made).to.have.length(2)
    const poor = setUp([[0x400000, 0x402000]])
    poor.frames.unshift(undefined)
    expect([poor.reach(0x401f00), poor.reach(0x401f00)]).to.deep.equal([-12, 0x402000])
  })

  it('is known by its name among the mappings that are no files, and special', () => {
    const { trampolines, mm, vmas } = setUp([[0x1000, 0x2000, trampolineName]])
    const flags = { special: true }
    vmas.push(
      { start: 0x2000, end: 0x3000, name: trampolineName, inode: {} as Inode, flags } as unknown as Vma,
      { start: 0x3000, end: 0x4000, name: trampolineName, flags: { special: false } } as unknown as Vma,
      { start: 0x4000, end: 0x5000, name: '[uprobes]', flags } as unknown as Vma,
    )
    const known = [0x1000, 0x1fff, 0x2000, 0x3000, 0x4000, 0x5000].map(at => trampolines.contains(mm, at))
    expect(known).to.deep.equal([true, true, false, false, false, false])
  })
})
