// SPDX-License-Identifier: MIT
import type { AddressSpace, Task } from '../../src/kernel/kernel.ts'
import { Register, type RegisterName, registerCount } from '../../src/machine/machine.ts'
import type { HitContext } from '../../src/uprobes/uprobes.ts'

/** Memory made of pieces at addresses, each rounded up to pages; nothing else is readable. */
export function memory(
  ...pieces: readonly (readonly [start: number, contents: string | readonly number[]])[]
): AddressSpace {
  const pages = new Map<number, Uint8Array>()
  for (const [start, contents] of pieces) {
    const bytes = typeof contents === 'string' ? [...contents].map(sign => sign.charCodeAt(0)) : contents
    for (const [index, byte] of bytes.entries()) {
      const address = start + index
      const page = Math.floor(address / 4096)
      if (!pages.has(page)) pages.set(page, new Uint8Array(4096))
      pages.get(page)![address % 4096] = byte
    }
  }
  const read = (address: number, into: Uint8Array): number => {
    for (let index = 0; index < into.length; index++) {
      const page = pages.get(Math.floor((address + index) / 4096))
      if (!page) return index
      into[index] = page[(address + index) % 4096]!
    }
    return into.length
  }
  return { read } as AddressSpace
}

/** The little-endian bytes of 64-bit words. */
export function words(...values: readonly (number | bigint)[]): number[] {
  return [
    ...new Uint8Array(new BigUint64Array(values.map(value => BigInt.asUintN(64, BigInt(value)))).buffer),
  ]
}

type Situation = {
  readonly mm?: AddressSpace
  readonly registers?: Partial<Record<RegisterName, number | bigint>>
  readonly command?: string
  readonly returnAddress?: bigint
}

/** A hit of the instruction at 0x401000, file offset 0x1000. */
export function hitContext({
  mm = memory(),
  registers = {},
  command = 'prog',
  returnAddress,
}: Situation): HitContext {
  const file = new BigUint64Array(registerCount)
  file[Register.rip] = 0x401000n
  for (const [name, value] of Object.entries(registers)) file[Register[name as RegisterName]] = BigInt(value)
  const task = { id: 42, command } as Task
  return {
    task,
    mm,
    registers: file,
    address: 0x401000n,
    bias: 0x400000n,
    ...(returnAddress === undefined ? {} : { returnAddress }),
  }
}
