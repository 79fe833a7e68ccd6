// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { AddressSpace, Inode } from '../../src/kernel/kernel.ts'
import { ProbeTree } from '../../src/uprobes/registry/probe-tree.ts'
import type { Uprobe } from '../../src/uprobes/registry/uprobe.ts'

const file = {} as Inode
const at = (offset: number, inode = file): Uprobe => ({ inode, offset }) as Uprobe

describe('the tree of probes', () => {
  it('gives the probes of a part of a file by their offsets', () => {
    const tree = new ProbeTree()
    const [third, first, second] = [at(0x30), at(0x10), at(0x20)]
    for (const probe of [third, first, second, at(0x20, {} as Inode)]) tree.insert(probe)
    expect(tree.within(file, 0x10, 0x31)).to.deep.equal([first, second, third])
    expect(tree.within(file, 0x11, 0x30)).to.deep.equal([second])
    expect(tree.within({} as Inode, 0, 0x100)).to.deep.equal([])
  })

  it('loses a probe, and no other that stands there', () => {
    const tree = new ProbeTree()
    const [old, young] = [at(0x10), at(0x10)]
    tree.delete(old)
    expect(tree.at(file, 0x10)).to.deep.equal([])
    for (const probe of [old, young]) tree.insert(probe)
    tree.delete(old)
    expect(tree.find(file, 0x10)).to.equal(young)
    tree.delete(young)
    expect([tree.find(file, 0x10), tree.all]).to.deep.equal([undefined, []])
  })

  it('tells the addresses of processes apart that are of one place of a file', () => {
    const tree = new ProbeTree()
    const [mm, other] = [{} as AddressSpace, {} as AddressSpace]
    const sites = [
      { mm, address: 1 },
      { mm, address: 2 },
      { mm: other, address: 1 },
    ]
    const probes = sites.map(site => ({ ...at(0x10), site }))
    for (const probe of probes) tree.insert(probe)
    expect(sites.map(({ mm, address }) => tree.find(file, 0x10, { mm, address }))).to.deep.equal(probes)
    expect(tree.find(file, 0x10)).to.equal(undefined)
    expect([tree.at(file, 0x10), tree.within(file, 0x10, 0x11), tree.all]).to.deep.equal([
      probes,
      probes,
      probes,
    ])
  })
})
