// SPDX-License-Identifier: MIT

import { type ElfFile, sectionBytes, sectionNamed, textAt } from './elf-file.ts'
import { sectionType, viewOf } from './elf-format.ts'

/** A place that a program marks for tracers (`DTRACE_PROBE`, `STAP_PROBE`). Addresses are those of the link. */
export type UsdtNote = {
  readonly provider: string
  readonly name: string
  readonly address: bigint
  /** Of a counter that is above 0 while somebody traces; absent where the program has none. */
  readonly semaphore?: bigint
  /** `-4@%edi`, one a word. */
  readonly arguments: readonly string[]
}

const owner = 'stapsdt'
const noteType = 3

/**
 * The notes of `.note.stapsdt` (systemtap wiki, "UserSpaceProbeImplementation"): three addresses, then provider, name and arguments. The
 * second address is where `.stapsdt.base` was linked; where it lies elsewhere now, the others have moved as far.
 */
export function readUsdtNotes(elf: ElfFile): readonly UsdtNote[] {
  const sections = elf.sections.filter(
    ({ type, name }) => type === sectionType.note && name === '.note.stapsdt',
  )
  const base = sectionNamed(elf, '.stapsdt.base')?.address
  return sections.flatMap(section => readNotes(sectionBytes(elf, section), base))
}

function readNotes(bytes: Uint8Array, base: bigint | undefined): UsdtNote[] {
  const view = viewOf(bytes)
  const notes: UsdtNote[] = []
  for (let at = 0; at + 12 <= bytes.length; ) {
    const [nameSize, size] = [view.getUint32(at, true), view.getUint32(at + 4, true)]
    const start = at + 12 + aligned(nameSize)
    const end = start + size
    if (end > bytes.length) break
    const isOurs = view.getUint32(at + 8, true) === noteType && textAt(bytes, at + 12) === owner
    const note = isOurs && size > 24 ? readNote(bytes.subarray(start, end), base) : undefined
    if (note) notes.push(note)
    at = start + aligned(size)
  }
  return notes
}

function readNote(bytes: Uint8Array, base: bigint | undefined): UsdtNote | undefined {
  const view = viewOf(bytes)
  const linkedBase = view.getBigUint64(8, true)
  const moved = base === undefined || linkedBase === 0n ? 0n : base - linkedBase
  const semaphore = view.getBigUint64(16, true)
  const provider = textAt(bytes, 24)
  const name = provider === undefined ? undefined : textAt(bytes, 24 + provider.length + 1)
  if (provider === undefined || name === undefined) return undefined
  const args = textAt(bytes, 24 + provider.length + 1 + name.length + 1) ?? ''
  return {
    provider,
    name,
    address: BigInt.asUintN(64, view.getBigUint64(0, true) + moved),
    ...(semaphore !== 0n && { semaphore: BigInt.asUintN(64, semaphore + moved) }),
    arguments: args.split(' ').filter(word => word !== ''),
  }
}

function aligned(size: number): number {
  return Math.ceil(size / 4) * 4
}
