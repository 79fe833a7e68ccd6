// SPDX-License-Identifier: MIT
/** What the loader needs of an ELF header beside the segments. The file has been checked before. */
export type ProgramHeaders = {
  /** Link-time address of the program headers in memory (AT_PHDR); 0 when no segment holds them. */
  readonly address: bigint
  readonly count: number
  /** PT_GNU_STACK asks for an executable stack. */
  readonly executableStack: boolean
  /** Largest p_align of the segments: the bias of a position-independent program is a multiple of it. */
  readonly alignment: number
}

const entrySize = 56
const type = { load: 1, headers: 6, stack: 0x6474_e551 } as const

export function readProgramHeaders(bytes: Uint8Array): ProgramHeaders {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const start = view.getBigUint64(32, true)
  const count = view.getUint16(56, true)
  let address = 0n
  let alignment = 4096
  let executableStack = false
  for (let index = 0; index < count; index++) {
    const at = Number(start) + index * entrySize
    const kind = view.getUint32(at, true)
    const offset = view.getBigUint64(at + 8, true)
    const virtual = view.getBigUint64(at + 16, true)
    const fileSize = view.getBigUint64(at + 32, true)
    if (kind === type.headers) address = virtual
    else if (kind === type.stack) executableStack = (view.getUint32(at + 4, true) & 1) !== 0
    else if (kind === type.load) {
      if (address === 0n && offset <= start && start < offset + fileSize) address = virtual + start - offset
      const wanted = Number(view.getBigUint64(at + 48, true))
      if (wanted > alignment && Number.isInteger(Math.log2(wanted))) alignment = wanted
    }
  }
  return { address, count, executableStack, alignment }
}
