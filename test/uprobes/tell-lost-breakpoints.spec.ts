// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { Inode, Kernel, Vma } from '../../src/kernel/kernel.ts'
import { ProbeTree } from '../../src/uprobes/registry/probe-tree.ts'
import { tellDropped, tellUncounted } from '../../src/uprobes/registry/tell-lost-breakpoints.ts'
import type { Uprobe } from '../../src/uprobes/registry/uprobe.ts'

const inode = {} as Inode

type Setting = {
  readonly byte?: number | undefined
  readonly state?: string
  readonly counter?: number
  /** Of a second mapping of the file, with data. */
  readonly dataOffset?: number
}

/** A probe at 0x400010 in text that is writable now, with its counter in the same mapping; and what is told of it. */
function setUp({ byte = 0xcc, state = 'private', counter = 0x1020, dataOffset = 0x5000 }: Setting) {
  const told: string[] = []
  const kernel = {
    records: () => true,
    record: ({ thread, fields }: { thread: string; fields: { bug: string } }) =>
      told.push(`${fields.bug} ${thread}`),
    locate: () => undefined,
    currentName: () => 'whoever',
  } as unknown as Kernel
  const vmas: Vma[] = []
  const mm = {
    vmas,
    users: [],
    pageState: () => state,
    peek: () => (byte === -1 ? undefined : Uint8Array.of(byte)),
  }
  const flags = { write: true, shared: false }
  const vma = { mm, inode, start: 0x400000, end: 0x402000, fileOffset: 0x1000, flags } as unknown as Vma
  vmas.push(vma, { ...vma, start: 0x600000, end: 0x601000, fileOffset: dataOffset })
  const tree = new ProbeTree()
  tree.insert({ inode, offset: 0x1010, referenceCounterOffset: counter, name: 'p' } as Uprobe)
  return {
    dropped(start: number, end: number) {
      tellDropped(kernel, tree, vma, start, end)
      return told
    },
    unmapped(start: number, end: number) {
      tellUncounted(kernel, tree, vma, start, end)
      return told
    },
  }
}

describe('a breakpoint that goes with its page', () => {
  it('is told of, by whoever runs, where it is in a private page of the range', () => {
    expect(setUp({}).dropped(0x400000, 0x401000)).to.deep.equal(['B15 whoever'])
    expect(setUp({}).dropped(0x400010, 0x400011)).to.deep.equal(['B15 whoever'])
    expect(setUp({}).dropped(0x401000, 0x402000)).to.deep.equal([])
    expect(setUp({ state: 'file' }).dropped(0x400000, 0x401000)).to.deep.equal([])
    expect(setUp({ byte: 0x90 }).dropped(0x400000, 0x401000)).to.deep.equal([])
    expect(setUp({ byte: -1 }).dropped(0x400000, 0x401000)).to.deep.equal([])
  })

  it('leaves its counter up where that stays', () => {
    for (const [counter, start, end, told] of [
      [0x1020, 0x400000, 0x400020, ['B20 whoever']],
      [0x1020, 0x400000, 0x400021, []],
      [0x1008, 0x400008, 0x402000, []],
      [0x1008, 0x400009, 0x402000, ['B20 whoever']],
      [0x9000, 0x400000, 0x402000, []],
      [0, 0x400000, 0x402000, []],
    ] as const)
      expect(setUp({ counter }).unmapped(start, end), `${counter}`).to.deep.equal(told)
    expect(setUp({ byte: 0x90 }).unmapped(0x400000, 0x400020)).to.deep.equal([])
    expect(setUp({ counter: 0, dataOffset: 0 }).unmapped(0x400000, 0x400020)).to.deep.equal([])
  })
})
