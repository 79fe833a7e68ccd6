// SPDX-License-Identifier: MIT
import type { Inode } from '../../kernel/kernel.ts'
import type { Uprobe } from './uprobe.ts'

/** All probes by inode and offset. */
export class ProbeTree {
  readonly #byInode = new Map<Inode, Map<number, Uprobe>>()

  find(inode: Inode, offset: number): Uprobe | undefined {
    return this.#byInode.get(inode)?.get(offset)
  }

  insert(uprobe: Uprobe): void {
    const probes = this.#byInode.get(uprobe.inode)
    if (probes) probes.set(uprobe.offset, uprobe)
    else this.#byInode.set(uprobe.inode, new Map([[uprobe.offset, uprobe]]))
  }

  delete(uprobe: Uprobe): void {
    const probes = this.#byInode.get(uprobe.inode)
    if (probes?.get(uprobe.offset) !== uprobe) return
    probes.delete(uprobe.offset)
    if (probes.size === 0) this.#byInode.delete(uprobe.inode)
  }

  /** Probes of a file from `start` up to `end`, by offset. */
  within(inode: Inode, start: number, end: number): Uprobe[] {
    const probes = this.#byInode.get(inode)
    if (!probes) return []
    return [...probes.values()]
      .filter(({ offset }) => offset >= start && offset < end)
      .sort((a, b) => a.offset - b.offset)
  }

  get all(): Uprobe[] {
    return [...this.#byInode.values()].flatMap(probes => [...probes.values()])
  }
}
