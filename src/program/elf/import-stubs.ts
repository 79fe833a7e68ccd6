// SPDX-License-Identifier: MIT

import { type ElfFile, sectionBytes, textAt } from './elf-file.ts'
import { readSymbolEntry, sectionFlag, sectionType, viewOf } from './elf-format.ts'

/** The few instructions of this file through which it calls a function of another one. */
export type ImportStub = { readonly name: string; readonly address: bigint; readonly size: number }

const relocationSize = 24
/** R_X86_64_GLOB_DAT and R_X86_64_JUMP_SLOT: the slot holds the address of the symbol (x86-64 psABI §4.4). */
const slotRelocations = [6, 7]

/**
 * The stubs of `.plt`, `.plt.sec` and `.plt.got`. What a stub calls is told by the slot that its jump reads, which is the same for
 * every layout that linkers have had.
 */
export function readImportStubs(elf: ElfFile): readonly ImportStub[] {
  const slots = slotNames(elf)
  const stubs: ImportStub[] = []
  const sections = elf.sections.filter(
    ({ name, flags }) => name.startsWith('.plt') && (flags & BigInt(sectionFlag.execute)) !== 0n,
  )
  for (const section of sections) {
    const bytes = sectionBytes(elf, section)
    const step = section.entrySize === 8n ? 8 : 16
    for (let at = 0; at + step <= bytes.length; at += step) {
      const slot = slotOfJump(bytes.subarray(at, at + step), section.address + BigInt(at))
      const name = slot === undefined ? undefined : slots.get(slot)
      if (name) stubs.push({ name, address: section.address + BigInt(at), size: step })
    }
  }
  return stubs
}

/** Symbol names by the address of the slot that the loader fills with their value. */
function slotNames(elf: ElfFile): Map<bigint, string> {
  const names = new Map<bigint, string>()
  for (const section of elf.sections.filter(({ type }) => type === sectionType.relocations)) {
    const table = elf.sections[section.link]
    const strings = table?.type === sectionType.dynsym ? elf.sections[table.link] : undefined
    if (!table || !strings) continue
    const [text, symbols] = [sectionBytes(elf, strings), viewOf(sectionBytes(elf, table))]
    const view = viewOf(sectionBytes(elf, section))
    for (let at = 0; at + relocationSize <= view.byteLength; at += relocationSize) {
      if (!slotRelocations.includes(view.getUint32(at + 8, true))) continue
      const symbolAt = view.getUint32(at + 12, true) * relocationSize
      if (symbolAt + relocationSize > symbols.byteLength) continue
      const name = textAt(text, readSymbolEntry(symbols, symbolAt).name)
      if (name) names.set(view.getBigUint64(at, true), name)
    }
  }
  return names
}

/** `[endbr64] [bnd] jmp [rip+slot]`. */
function slotOfJump(bytes: Uint8Array, address: bigint): bigint | undefined {
  let at = startsWith(bytes, [0xf3, 0x0f, 0x1e, 0xfa]) ? 4 : 0
  if (bytes[at] === 0xf2) at++
  if (bytes[at] !== 0xff || bytes[at + 1] !== 0x25 || at + 6 > bytes.length) return undefined
  return address + BigInt(at + 6 + viewOf(bytes).getInt32(at + 2, true))
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, index) => bytes[index] === byte)
}
