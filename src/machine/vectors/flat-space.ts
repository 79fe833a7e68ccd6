// SPDX-License-Identifier: MIT
import { type Machine, type PageTable, pageSize } from '../machine.ts'

/** An address space whose pages are mapped and filled by hand: what checks and measurements need instead of a kernel. */
export class FlatSpace {
  readonly machine: Machine
  readonly table: PageTable

  constructor(machine: Machine) {
    this.machine = machine
    this.table = machine.newPageTable()
    machine.cpu.use(this.table)
  }

  /** Maps zeroed pages over a range, replacing what was there. `rights` is a subset of `rwx`. */
  map(address: number, length: number, rights: string): void {
    this.unmap(address, length)
    for (const page of pagesOf(address, length)) {
      const frame = this.machine.memory.allocate()
      if (frame === undefined) throw new Error('the machine is out of memory')
      this.table.set(page, { frame, ...rightsOf(rights) })
    }
  }

  unmap(address: number, length: number): void {
    for (const page of pagesOf(address, length)) {
      const entry = this.table.get(page)
      if (entry === undefined) continue
      this.table.clear(page)
      this.machine.memory.release(entry.frame)
    }
  }

  protect(address: number, length: number, rights: string): void {
    for (const page of pagesOf(address, length)) {
      const entry = this.table.get(page)
      if (entry !== undefined) this.table.set(page, { frame: entry.frame, ...rightsOf(rights) })
    }
  }

  write(address: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const offset = (address + done) % pageSize
      const part = bytes.subarray(done, done + pageSize - offset)
      this.machine.memory.write(this.frame(address + done), offset, part)
      done += part.length
    }
  }

  read(address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length)
    for (let n = 0; n < length; n++)
      bytes[n] = this.machine.memory.bytes(this.frame(address + n))[(address + n) % pageSize]!
    return bytes
  }

  private frame(address: number): number {
    const entry = this.table.get(Math.floor(address / pageSize))
    if (entry === undefined) throw new Error(`0x${address.toString(16)} is not mapped`)
    return entry.frame
  }
}

function rightsOf(rights: string) {
  return {
    read: rights.includes('r'),
    write: rights.includes('w'),
    execute: rights.includes('x'),
    user: true,
  }
}

function* pagesOf(address: number, length: number): Generator<number> {
  for (let page = Math.floor(address / pageSize); page * pageSize < address + length; page++) yield page
}
