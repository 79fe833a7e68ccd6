// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { Inode } from '../../src/kernel/kernel.ts'
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

  it('loses a probe, but not another that stands there by now', () => {
    const tree = new ProbeTree()
    const [old, young] = [at(0x10), at(0x10)]
    tree.delete(old)
    tree.insert(old)
    tree.insert(young)
    tree.delete(old)
    expect(tree.find(file, 0x10)).to.equal(young)
    tree.delete(young)
    expect(tree.all).to.deep.equal([])
  })
})
