// SPDX-License-Identifier: MIT
import type { Instruction, Located, Mode } from './instruction.ts'
import { longest } from './instruction.ts'
import { type Layout, layoutOf, vectorLayoutOf } from './opcode-maps.ts'

/**
 * Reads one instruction the way the kernel's own reader does: prefixes, opcode, ModRM and immediate, no meaning. It gives a length to
 * opcodes that mean nothing, which an assembler's decoder would refuse. `isVector` says whether bytes behind a VEX, EVEX or XOP prefix are
 * an instruction. Undefined: an unknown map, or more than 15 bytes.
 */
export function readInstruction(
  bytes: Uint8Array,
  mode: Mode,
  isVector: (bytes: Uint8Array) => boolean,
): Instruction | undefined {
  const reader = { bytes, at: 0 }
  const prefixes = readPrefixes(reader)
  const rex = mode === 64 && (peek(reader) & 0xf0) === 0x40 ? take(reader) : undefined
  const head = readOpcode(reader, mode)
  if (!head) return undefined
  if (head.vex && !isVector(bytes.subarray(0, longest))) return undefined

  const operandSize = (rex ? rex.value : head.rexBits) & 8 ? 8 : prefixes.includes(0x66) ? 2 : 4
  const addressSize = prefixes.includes(0x67) ? mode / 16 : mode / 8
  const tail = readTail(reader, head.layout, { mode, operandSize, addressSize })
  if (reader.at > longest) return undefined
  return {
    mode,
    prefixes,
    ...(rex && { rex }),
    ...(head.vex && { vex: head.vex }),
    opcode: head.opcode,
    ...tail,
    length: reader.at,
  }
}

type Reader = { readonly bytes: Uint8Array; at: number }

const legacyPrefixes = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3]

/** At most four different ones; a fifth is taken for the opcode. */
function readPrefixes(reader: Reader): number[] {
  const found: number[] = []
  while (legacyPrefixes.includes(peek(reader))) {
    const value = peek(reader)
    if (!found.includes(value)) {
      if (found.length === 4) break
      found.push(value)
    }
    reader.at++
  }
  return found
}

type Head = {
  readonly opcode: readonly number[]
  readonly layout: Layout
  readonly vex?: NonNullable<Instruction['vex']>
  /** The W bit of a REX2 prefix, where REX has it. */
  readonly rexBits: number
}

function readOpcode(reader: Reader, mode: Mode): Head | undefined {
  const first = peek(reader)
  const second = peek(reader, 1)
  // In 32-bit code a vector prefix is told from les, lds and bound by what would be a register operand (Intel SDM 2A §2.3.5).
  const isPrefix = mode === 64 || second >= 0xc0
  if (first === 0xd5 && mode === 64) return readRex2(reader)
  // XOP has maps of its own, from 8 on; what is below is no second way to write pop (AMD APM volume 3 §1.2.7).
  if (first === 0x8f && (second & 0x38) !== 0 && isPrefix)
    return (second & 0x1f) < 8 ? undefined : readVector(reader, 3, second & 0x1f, peek(reader, 2))
  if (first === 0xc5 && isPrefix) return readVector(reader, 2, 1, second & 0x7f)
  if (first === 0xc4 && isPrefix) return readVector(reader, 3, second & 0x1f, peek(reader, 2))
  if (first === 0x62 && isPrefix) return readVector(reader, 4, second & 7, peek(reader, 2))

  const opcode = [take(reader).value]
  if (first === 0x0f) {
    opcode.push(take(reader).value)
    if (second === 0x38 || second === 0x3a) opcode.push(take(reader).value)
  }
  return { opcode, layout: layoutOf(opcode), rexBits: 0 }
}

function readVector(reader: Reader, length: number, map: number, vvvv: number): Head | undefined {
  const at = reader.at
  reader.at += length
  const opcode = take(reader).value
  const layout = vectorLayoutOf(map, opcode)
  return layout === undefined
    ? undefined
    : { opcode: [opcode], layout, vex: { at, length, vvvv }, rexBits: 0 }
}

/** Rows of the two maps that REX2 does not reach (Intel APX specification, table of REX2 opcodes). */
const rowsWithoutRex2 = [
  [0x4, 0x7, 0xa, 0xe],
  [0x3, 0x8],
]

function readRex2(reader: Reader): Head | undefined {
  reader.at++
  const payload = take(reader).value
  const map = payload >> 7
  const opcode = take(reader).value
  if (rowsWithoutRex2[map]!.includes(opcode >> 4)) return undefined
  return { opcode: [opcode], layout: layoutOf(map === 1 ? [0x0f, opcode] : [opcode]), rexBits: payload }
}

const withModrm: ReadonlySet<Layout> = new Set('mMZxy')

type Sizes = { readonly mode: Mode; readonly operandSize: number; readonly addressSize: number }

function readTail(
  reader: Reader,
  layout: Layout,
  sizes: Sizes,
): { modrm?: Located; immediate: Instruction['immediate'] } {
  const modrm = withModrm.has(layout) ? take(reader) : undefined
  if (modrm) skipMemoryOperand(reader, modrm.value, sizes.addressSize)
  const size = immediateSize(layout, modrm, sizes)
  const at = reader.at
  const value = readSigned(reader, size)
  reader.at += size
  return { ...(modrm && { modrm }), immediate: { value, at, size } }
}

function skipMemoryOperand(reader: Reader, modrm: number, addressSize: number): void {
  const mod = modrm >> 6
  const rm = modrm & 7
  if (mod === 3) return
  if (addressSize === 2) {
    reader.at += mod === 1 ? 1 : mod === 2 || rm === 6 ? 2 : 0
    return
  }
  const base = rm === 4 ? take(reader).value & 7 : rm
  reader.at += mod === 1 ? 1 : mod === 2 || base === 5 ? 4 : 0
}

function immediateSize(layout: Layout, modrm: Located | undefined, sizes: Sizes): number {
  const upTo32 = Math.min(sizes.operandSize, 4)
  const isTest = modrm !== undefined && (modrm.value & 0x38) < 0x10
  switch (layout) {
    case 'b':
    case 'M':
      return 1
    case 'w':
      return 2
    case 'z':
    case 'Z':
      return upTo32
    case 'v':
      return sizes.operandSize
    case 'j':
      return sizes.mode === 64 ? 4 : upTo32
    case 'o':
      return sizes.addressSize
    case 'p':
      return upTo32 + 2
    case 'e':
      return 3
    case 'x':
      return isTest ? 1 : 0
    case 'y':
      return isTest ? upTo32 : 0
    default:
      return 0
  }
}

/** Only displacements of branches and the immediates behind VEX are looked at, so four bytes are enough. */
function readSigned(reader: Reader, size: number): number {
  if (size !== 1 && size !== 2 && size !== 4) return 0
  let value = 0
  for (let index = size - 1; index >= 0; index--) value = (value << 8) | peek(reader, index)
  const unused = 32 - 8 * size
  return (value << unused) >> unused
}

/** Bytes behind the buffer read as zero; the limit on the length catches an instruction that needs them. */
function peek(reader: Reader, ahead = 0): number {
  return reader.bytes[reader.at + ahead] ?? 0
}

function take(reader: Reader): Located {
  return { value: peek(reader), at: reader.at++ }
}
