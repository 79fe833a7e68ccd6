// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { OpenFile } from './open-file.ts'

/** A table of open files (files_struct), shared by the tasks that were made with CLONE_FILES. */
export class Descriptors {
  users = 1
  readonly #limit: number
  readonly #files: (OpenFile | undefined)[] = []
  readonly #closeOnExec = new Set<number>()

  constructor(limit: number) {
    this.#limit = limit
  }

  get(descriptor: number): OpenFile | undefined {
    return this.#files[descriptor]
  }

  /** Numbers in use, ascending. */
  list(): number[] {
    return this.#files.flatMap((file, descriptor) => (file ? [descriptor] : []))
  }

  /** Puts a file at the lowest free number from `from` on: the number or -EMFILE. Takes over the caller's reference. */
  add(file: OpenFile, closeOnExec: boolean, from = 0): number {
    let descriptor = from
    while (this.#files[descriptor]) descriptor++
    if (descriptor >= this.#limit) return -Errno.EMFILE
    this.set(descriptor, file, closeOnExec)
    return descriptor
  }

  /** Puts a file at a number that is free. */
  set(descriptor: number, file: OpenFile, closeOnExec: boolean): void {
    this.#files[descriptor] = file
    this.markCloseOnExec(descriptor, closeOnExec)
  }

  closesOnExec(descriptor: number): boolean {
    return this.#closeOnExec.has(descriptor)
  }

  markCloseOnExec(descriptor: number, value: boolean): void {
    if (value) this.#closeOnExec.add(descriptor)
    else this.#closeOnExec.delete(descriptor)
  }

  /** 0 or -EBADF. */
  close(descriptor: number): number {
    const file = this.#files[descriptor]
    if (!file) return -Errno.EBADF
    this.#files[descriptor] = undefined
    this.#closeOnExec.delete(descriptor)
    release(file)
    return 0
  }

  closeForExec(): void {
    for (const descriptor of [...this.#closeOnExec]) this.close(descriptor)
  }

  closeAll(): void {
    for (const descriptor of this.list()) this.close(descriptor)
  }

  copy(): Descriptors {
    const copy = new Descriptors(this.#limit)
    for (const descriptor of this.list()) {
      const file = this.#files[descriptor]!
      file.references++
      copy.set(descriptor, file, this.closesOnExec(descriptor))
    }
    return copy
  }
}

/** The last descriptor of a pipe end or a special object closes it, and gives up its locks. */
export function release(file: OpenFile): void {
  file.references--
  if (file.references > 0) return
  const { content, locks } = file.inode
  locks?.releaseAll(file)
  if (content.kind === 'special') content.object.close?.()
  if (content.kind !== 'pipe') return
  if (file.readable) content.pipe.close('reader')
  if (file.writable) content.pipe.close('writer')
}
