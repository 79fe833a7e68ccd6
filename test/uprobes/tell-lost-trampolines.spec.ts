// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { AddressSpace, Inode, Vma } from '../../src/kernel/kernel.ts'
import type { HitParts } from '../../src/uprobes/hit/parts.ts'
import type { Uprobe } from '../../src/uprobes/registry/uprobe.ts'
import type { CallOptimiser } from '../../src/uprobes/strategies/nop5/call-optimiser.ts'
import type { CallTrampolines } from '../../src/uprobes/strategies/nop5/call-trampolines.ts'
import { tellLostTrampolines } from '../../src/uprobes/strategies/nop5/tell-lost-trampolines.ts'

const [app, library] = [{} as Inode, {} as Inode]
const mapping = (inode: Inode, start: number): Vma =>
  ({ inode, start, end: start + 0x1000, fileOffset: 0x1000 }) as Vma

describe('a fork', () => {
  it('names each optimised probe of the parent whose trampoline the child has not, once', () => {
    const probes = [
      { inode: app, offset: 0x1010, name: 'f' },
      { inode: library, offset: 0x1010, name: 'g' },
      { inode: library, offset: 0x1020, name: 'a breakpoint' },
      { inode: library, offset: 0x1030, name: 'copied' },
      { inode: library, offset: 0x2000, name: 'not mapped' },
    ]
    const told: unknown[] = []
    const kernel = {
      records: () => true,
      currentName: () => 'parent',
      record: ({ thread, fields: { bug, probe } }: { thread: string; fields: Record<string, unknown> }) =>
        told.push([thread, bug, probe]),
    }
    const parts = { kernel, registry: { tree: { all: probes } } } as unknown as HitParts
    const from = { vmas: [mapping(app, 0x400000), mapping(library, 0x700000)] } as unknown as AddressSpace
    const to = {} as AddressSpace
    const optimiser = {
      isOptimised: ({ name }: Uprobe) => name !== 'a breakpoint',
      callTarget: ({ name }: Uprobe) => (name === 'copied' ? 1 : 2),
    } as unknown as CallOptimiser
    const trampolines = {
      contains: (mm: AddressSpace, target: number) => mm === to && target === 1,
    } as unknown as CallTrampolines
    tellLostTrampolines(parts, { optimiser, trampolines }, from, to)
    expect(told).to.deep.equal([
      ['parent', 'B2', 'f'],
      ['parent', 'B2', 'g'],
    ])
  })
})
