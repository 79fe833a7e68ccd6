// SPDX-License-Identifier: MIT
import type { AddressSpace } from '../../src/kernel/kernel.ts'

/** User memory that is writable in one range and readable in another; everything else faults. */
export function fakeMemory(options: { readonly writable: readonly [number, number] }): {
  readonly mm: AddressSpace
  readonly bytes: Map<number, number>
} {
  const bytes = new Map<number, number>()
  const [start, end] = options.writable
  const inRange = (address: number): boolean => address >= start && address < end
  const mm: Pick<AddressSpace, 'read' | 'write' | 'readWord' | 'writeWord'> = {
    read(address, into) {
      let done = 0
      while (done < into.length && inRange(address + done)) {
        into[done] = bytes.get(address + done) ?? 0
        done++
      }
      return done
    },
    write(address, from) {
      let done = 0
      while (done < from.length && inRange(address + done)) {
        bytes.set(address + done, from[done]!)
        done++
      }
      return done
    },
    readWord(address) {
      const word = new Uint8Array(8)
      return mm.read(address, word) === 8 ? new DataView(word.buffer).getBigUint64(0, true) : undefined
    },
    writeWord(address, value) {
      const word = new DataView(new ArrayBuffer(8))
      word.setBigUint64(0, value, true)
      return mm.write(address, new Uint8Array(word.buffer))
    },
  }
  return { mm: mm as AddressSpace, bytes }
}

export function wordAt(bytes: ReadonlyMap<number, number>, address: number): bigint {
  let word = 0n
  for (let index = 7; index >= 0; index--) word = (word << 8n) | BigInt(bytes.get(address + index) ?? 0)
  return word
}
