// SPDX-License-Identifier: MIT
import type { Inode } from '../../kernel/kernel.ts'
import type { ProbeSite } from '../uprobes.ts'
import type { Uprobe } from './uprobe.ts'

/** All probes by inode and offset. */
export class ProbeTree {
  readonly #byInode = new Map<Inode, Map<number, readonly Uprobe[]>>()

  /** The probe of the file, or of one address of one process. */
  find(inode: Inode, offset: number, site?: ProbeSite): Uprobe | undefined {
    return this.at(inode, offset).find(
      uprobe => uprobe.site?.mm === site?.mm && uprobe.site?.address === site?.address,
    )
  }

  /** One, unless addresses of processes have probes of their own. */
  at(inode: Inode, offset: number): readonly Uprobe[] {
    return this.#byInode.get(inode)?.get(offset) ?? none
  }

  insert(uprobe: Uprobe): void {
    const { inode, offset } = uprobe
    const probes = [...this.at(inode, offset), uprobe]
    const known = this.#byInode.get(inode)
    if (known) known.set(offset, probes)
    else this.#byInode.set(inode, new Map([[offset, probes]]))
  }

  delete(uprobe: Uprobe): void {
    const { inode, offset } = uprobe
    const probes = this.#byInode.get(inode)
    if (!probes) return
    const others = this.at(inode, offset).filter(other => other !== uprobe)
    if (others.length > 0) probes.set(offset, others)
    else probes.delete(offset)
    if (probes.size === 0) this.#byInode.delete(inode)
  }

  /** Probes of a file from `start` up to `end`, by offset. */
  within(inode: Inode, start: number, end: number): Uprobe[] {
    const probes = this.#byInode.get(inode)
    if (!probes) return []
    return [...probes]
      .filter(([offset]) => offset >= start && offset < end)
      .sort(([a], [b]) => a - b)
      .flatMap(([, here]) => here)
  }

  get all(): Uprobe[] {
    return [...this.#byInode.values()].flatMap(probes => [...probes.values()].flat())
  }
}

const none: readonly Uprobe[] = []
