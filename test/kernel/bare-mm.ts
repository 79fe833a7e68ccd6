// SPDX-License-Identifier: MIT
import { bootKernel } from '../../src/kernel/boot-kernel.ts'
import type { FileInode } from '../../src/kernel/fs/inode.ts'
import { OpenFile } from '../../src/kernel/fs/open-file.ts'
import type { KernelPath } from '../../src/kernel/kernel.ts'
import type { KernelCore } from '../../src/kernel/kernel-core.ts'
import { type AreaFlags, noFlags } from '../../src/kernel/mm/area.ts'
import { Mm } from '../../src/kernel/mm/mm.ts'
import { createMachine } from '../../src/machine/create-machine.ts'

/** An empty address space of a kernel without a program. */
export function bareMm(): { readonly kernel: KernelCore; readonly mm: Mm } {
  const kernel = bootKernel(createMachine({ memory: 4 * 1024 * 1024 })) as unknown as KernelCore
  return { kernel, mm: new Mm(kernel, 1) }
}

/** Runs a path that does not sleep to its end. */
export function run<T>(path: KernelPath<T>): T {
  for (;;) {
    const result = path.next()
    if (result.done) return result.value
  }
}

/** `rw-p` as flags of private or shared memory. */
export function flagsOf(text: string): AreaFlags {
  const [read, write, execute, sharing] = text
  return {
    ...noFlags,
    read: read === 'r',
    write: write === 'w',
    execute: execute === 'x',
    shared: sharing === 's',
    mayRead: true,
    mayWrite: true,
    mayExecute: true,
    account: write === 'w' && sharing === 'p',
  }
}

export function openFile(kernel: KernelCore, bytes: Uint8Array): OpenFile {
  const inode = kernel.files.putFile('/file', bytes, 0o755) as FileInode
  return new OpenFile(inode, '/file', 2)
}

/** Ranges and rights of an address space, `start-end rights offset`. */
export function layout(mm: Mm): string[] {
  return mm.areas.map(area => {
    const { read, write, execute, shared } = area.flags
    const rights = `${read ? 'r' : '-'}${write ? 'w' : '-'}${execute ? 'x' : '-'}${shared ? 's' : 'p'}`
    return `${area.start.toString(16)}-${area.end.toString(16)} ${rights} ${area.fileOffset.toString(16)}`
  })
}
