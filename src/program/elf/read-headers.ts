// SPDX-License-Identifier: MIT
import type { Code } from '../../diagnostics/codes.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { Span } from '../../diagnostics/source-file.ts'
import type { Segment } from '../image.ts'
import {
  elfHeader,
  elfType,
  machineX86,
  type ProgramHeader,
  pageSize,
  programType,
  readProgramHeader,
  segmentFlag,
  userAddressEnd,
  viewOf,
} from './elf-format.ts'
import type { FileBytes } from './file-bytes.ts'

/** A sentence about what is wrong with a file. */
export type Fault = { readonly code: Code; readonly message: string }

export type ElfHeaders = {
  /** The ELF header itself. */
  readonly header: DataView
  readonly positionIndependent: boolean
  readonly entry: bigint
  readonly segments: readonly Segment[]
  /** PT_INTERP, where present. */
  readonly interpreter?: string
}

/** Reads the ELF header and the program headers of an ELF64 program for x86-64, and nothing else of the file. */
export function readHeaders(file: FileBytes): ElfHeaders | Fault {
  const header = viewOf(new Uint8Array(file.read(0, elfHeader.size)))
  const fault = checkHeader(header)
  if (fault) return fault
  const headers = readProgramHeaders(header, file)
  if (!Array.isArray(headers)) return headers
  const loads = headers.filter(({ type, memorySize }) => type === programType.load && memorySize > 0n)
  const bad = checkSegments(loads, file.size)
  if (bad) return bad
  const interpreter = readInterpreter(file, headers)
  if (typeof interpreter === 'object') return interpreter
  return {
    header,
    positionIndependent: header.getUint16(16, true) === elfType.shared,
    entry: header.getBigUint64(24, true),
    segments: loads.map(segmentOf),
    ...(interpreter === undefined ? {} : { interpreter }),
  }
}

export function isFault<T extends object>(value: T | Fault): value is Fault {
  return 'code' in value && 'message' in value
}

export function broken(message: string): Fault {
  return { code: 'B010', message }
}

/** The diagnostic for a file that cannot be `started` or `probed`. `span` is where the author named it. */
export function faultDiagnostic(
  name: string,
  { code, message }: Fault,
  purpose: 'started' | 'probed',
  span?: Span,
): Diagnostic {
  const reason = `\`${name}\` is no program that can be ${purpose}: ${message}`
  return { code, severity: 'error', message: reason, labels: span ? [{ span }] : [] }
}

function unfit(message: string): Fault {
  return { code: 'B011', message }
}

/** Machines and types that somebody may hand over by mistake (System V gABI chapter 4). */
const machineNames = new Map([
  [3, 'i386'],
  [8, 'MIPS'],
  [21, 'PowerPC64'],
  [22, 'S/390'],
  [40, 'ARM'],
  [183, 'AArch64'],
  [243, 'RISC-V'],
  [258, 'LoongArch'],
])
const typeNames = new Map([
  [1, 'an object file that is not linked yet'],
  [4, 'a core dump'],
])

function checkHeader(view: DataView): Fault | undefined {
  if (view.byteLength < 4 || view.getUint32(0) !== 0x7f454c46)
    return broken('it does not start as an ELF file does')
  if (view.byteLength < elfHeader.size) return broken('it ends inside its ELF header')
  const machine = view.getUint16(18, view.getUint8(5) === 1)
  const machineName = machineNames.get(machine)
  if (view.getUint8(4) !== 2 || view.getUint8(5) !== 1) {
    const of = machineName ? ` of ${machineName}` : ''
    const kind = view.getUint8(4) === 1 ? `a 32-bit ELF file${of}` : `a big-endian ELF file${of}`
    return unfit(`it is ${kind}, not a 64-bit little-endian one`)
  }
  if (view.getUint8(6) !== 1 || view.getUint32(20, true) !== 1) return broken('it has an unknown ELF version')
  const type = view.getUint16(16, true)
  if (type !== elfType.executable && type !== elfType.shared) {
    const name = typeNames.get(type)
    return unfit(`its ELF type is ${type}${name ? ` (${name})` : ''}, not an executable`)
  }
  if (machine !== machineX86) {
    const name = machineName ? ` is ${machineName}` : ''
    return unfit(`it is for another machine (ELF machine ${machine}${name}, x86-64 is ${machineX86})`)
  }
  return undefined
}

function readProgramHeaders(header: DataView, file: FileBytes): ProgramHeader[] | Fault {
  const count = header.getUint16(56, true)
  const start = header.getBigUint64(32, true)
  if (count === 0) return unfit('it has no program headers')
  if (header.getUint16(54, true) !== elfHeader.programHeaderSize)
    return broken('its program headers have a wrong size')
  const length = count * elfHeader.programHeaderSize
  if (start + BigInt(length) > BigInt(file.size)) return broken('its program headers lie outside the file')
  const view = viewOf(file.read(Number(start), length))
  return Array.from({ length: count }, (_, index) =>
    readProgramHeader(view, index * elfHeader.programHeaderSize),
  )
}

/** More than a scenario can have; what asks for more is damaged. */
const mostMemory = 1n << 32n

function checkSegments(loads: readonly ProgramHeader[], fileLength: number): Fault | undefined {
  if (loads.length === 0) return unfit('it has no segment to load')
  let end = 0n
  for (const { address, memorySize, fileSize, offset } of loads) {
    const at = `the segment at 0x${address.toString(16)}`
    if (fileSize > memorySize) return broken(`${at} has more bytes in the file than in memory`)
    if (offset + fileSize > BigInt(fileLength)) return broken(`${at} lies outside the file`)
    if (memorySize > mostMemory) return broken(`${at} wants more than 4 GiB`)
    if (address + memorySize > userAddressEnd) return broken(`${at} reaches beyond user addresses`)
    if ((address - offset) % BigInt(pageSize) !== 0n)
      return broken(`${at} and its file offset disagree within the page`)
    if (address < end) return broken(`${at} overlaps the segment before it, or is out of order`)
    end = address + memorySize
  }
  return undefined
}

function segmentOf({ address, memorySize, fileSize, offset, flags }: ProgramHeader): Segment {
  return {
    address,
    memorySize: Number(memorySize),
    fileOffset: Number(offset),
    fileSize: Number(fileSize),
    read: (flags & segmentFlag.read) !== 0,
    write: (flags & segmentFlag.write) !== 0,
    execute: (flags & segmentFlag.execute) !== 0,
  }
}

/** The limits are those of the kernel's loader: a path of 2 to PATH_MAX bytes that ends in NUL. */
function readInterpreter(file: FileBytes, headers: readonly ProgramHeader[]): string | undefined | Fault {
  const header = headers.find(({ type }) => type === programType.interpreter)
  if (!header) return undefined
  const { offset, fileSize } = header
  if (offset + fileSize > BigInt(file.size))
    return broken('the path of its interpreter lies outside the file')
  if (fileSize < 2n || fileSize > 4096n) return broken('the path of its interpreter is malformed')
  const path = file.read(Number(offset), Number(fileSize))
  if (path.at(-1) !== 0) return broken('the path of its interpreter is malformed')
  return new TextDecoder().decode(path.subarray(0, path.indexOf(0)))
}
