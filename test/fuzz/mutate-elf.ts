// SPDX-License-Identifier: MIT
import { elfHeader } from '../../src/program/elf/elf-format.ts'
import type { Random } from './random.ts'

type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array

/** A damaged copy of an ELF file: one to four changes, nearly all of them in the headers. */
export function mutateElf(original: Uint8Array, random: Random): Uint8Array {
  let bytes: Uint8Array = original.slice()
  for (let left = 1 + random.below(4); left > 0; left--) bytes = random.pick(mutations)(bytes, random)
  return bytes
}

/** Offsets and widths of the fields of an ELF header, of a program header and of a section header. */
const headerFields = [
  [4, 1],
  [5, 1],
  [6, 1],
  [16, 2],
  [18, 2],
  [20, 4],
  [24, 8],
  [32, 8],
  [40, 8],
  [54, 2],
  [56, 2],
  [58, 2],
  [60, 2],
  [62, 2],
] as const
const programFields = [
  [0, 4],
  [4, 4],
  [8, 8],
  [16, 8],
  [32, 8],
  [40, 8],
  [48, 8],
] as const
const sectionFields = [
  [4, 4],
  [8, 8],
  [16, 8],
  [24, 8],
  [32, 8],
  [40, 4],
  [44, 4],
  [56, 8],
] as const
const programTypes = [0, 1, 2, 3, 4, 6, 7, 0x6474_e551, 0x6474_e552]

const flipBits: Mutation = (bytes, random) => {
  for (let left = 1 + random.below(8); left > 0; left--) {
    const at = random.below(Math.min(bytes.length, headersEnd(bytes)))
    bytes[at] = bytes[at]! ^ (1 << random.below(8))
  }
  return bytes
}

const replaceByte: Mutation = (bytes, random) => {
  bytes[random.below(Math.min(bytes.length, headersEnd(bytes)))] = random.below(256)
  return bytes
}

const replaceAnywhere: Mutation = (bytes, random) => {
  bytes[random.below(bytes.length)] = random.below(256)
  return bytes
}

const cutShort: Mutation = (bytes, random) =>
  bytes.slice(0, random.oneIn(2) ? 1 + random.below(bytes.length) : 1 + random.below(headersEnd(bytes)))

const setHeaderField: Mutation = (bytes, random) => {
  const [at, width] = random.pick(headerFields)
  return put(bytes, at, width, random.word())
}

const setProgramField: Mutation = (bytes, random) => {
  const at = programHeader(bytes, random)
  const [offset, width] = random.pick(programFields)
  const value = offset === 0 ? BigInt(random.pick(programTypes)) : random.word()
  return put(bytes, at + offset, width, value)
}

const setSectionField: Mutation = (bytes, random) => {
  const view = viewOf(bytes)
  const start = bytes.length < elfHeader.size ? 0 : Number(view.getBigUint64(40, true))
  const count = bytes.length < elfHeader.size ? 1 : view.getUint16(60, true)
  const at = start + random.below(Math.max(1, count)) * elfHeader.sectionHeaderSize
  const [offset, width] = random.pick(sectionFields)
  return put(bytes, at + offset, width, random.word())
}

/** A segment is put over another one, or just before its end; whole pages, so that it stays in step with the file. */
const overlap: Mutation = (bytes, random) => {
  const from = programHeader(bytes, random)
  const to = programHeader(bytes, random)
  if (Math.max(from, to) + elfHeader.programHeaderSize > bytes.length) return bytes
  const view = viewOf(bytes)
  const move = BigInt(random.below(5) - 2) * 4096n
  const address = BigInt.asUintN(64, view.getBigUint64(from + 16, true) + move)
  return put(bytes, to + 16, 8, address)
}

const copyProgramHeader: Mutation = (bytes, random) => {
  const from = programHeader(bytes, random)
  const to = programHeader(bytes, random)
  if (Math.max(from, to) + elfHeader.programHeaderSize <= bytes.length)
    bytes.copyWithin(to, from, from + elfHeader.programHeaderSize)
  return bytes
}

/** The size in memory grows by as much as fits below the next limit that somebody may check. */
const grow: Mutation = (bytes, random) => {
  const at = programHeader(bytes, random)
  return put(bytes, at + 40, 8, 1n << BigInt(10 + random.below(54)))
}

const mutations: readonly Mutation[] = [
  flipBits,
  replaceByte,
  replaceAnywhere,
  cutShort,
  setHeaderField,
  setHeaderField,
  setProgramField,
  setProgramField,
  setProgramField,
  setSectionField,
  overlap,
  copyProgramHeader,
  grow,
]

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function programHeaderCount(bytes: Uint8Array): number {
  return bytes.length < elfHeader.size ? 1 : Math.max(1, Math.min(viewOf(bytes).getUint16(56, true), 16))
}

/** End of the ELF header and of the program headers behind it. */
function headersEnd(bytes: Uint8Array): number {
  return elfHeader.size + programHeaderCount(bytes) * elfHeader.programHeaderSize
}

/** Where one of the program headers is: behind the ELF header, as linkers put them. */
function programHeader(bytes: Uint8Array, random: Random): number {
  return elfHeader.size + random.below(programHeaderCount(bytes)) * elfHeader.programHeaderSize
}

/** Writes the low bytes of a value, as far as they lie inside. */
function put(bytes: Uint8Array, at: number, width: number, value: bigint): Uint8Array {
  for (let index = 0; index < width; index++)
    if (at + index < bytes.length) bytes[at + index] = Number((value >> BigInt(index * 8)) & 0xffn)
  return bytes
}
