// SPDX-License-Identifier: MIT
import type { Code } from '../../diagnostics/codes.ts'
import type { Diagnostic, Result } from '../../diagnostics/diagnostic.ts'
import type { Span } from '../../diagnostics/source-file.ts'
import type { Image, Segment } from '../image.ts'
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
import { readSymbols } from './read-symbols.ts'

/** A sentence about what is wrong, or undefined. */
type Fault = { readonly code: Code; readonly message: string }

/**
 * Reads the headers and symbols of an ELF64 program for x86-64 (ET_EXEC or ET_DYN). The file is not trusted: what is
 * truncated, overlaps or has absurd sizes is a diagnostic. `span` is where the author named the file.
 */
export function readElf(bytes: Uint8Array, name: string, span?: Span): Result<Image> {
  const view = viewOf(bytes)
  const fault = checkHeader(view)
  if (fault) return refuse(name, fault, span)
  const headers = readProgramHeaders(view)
  if (!Array.isArray(headers)) return refuse(name, headers, span)
  const loads = headers.filter(header => header.type === programType.load && header.memorySize > 0n)
  const bad = checkSegments(loads, bytes.length)
  if (bad) return refuse(name, bad, span)
  const segments = loads.map(segmentOf)
  const interpreter = readInterpreter(bytes, headers)
  if (typeof interpreter === 'object') return refuse(name, interpreter, span)
  const symbols = readSymbols(bytes, segments)
  if (typeof symbols === 'string') return refuse(name, broken(symbols), span)
  return {
    ok: true,
    value: {
      name,
      bytes,
      positionIndependent: view.getUint16(16, true) === elfType.shared,
      entry: view.getBigUint64(24, true),
      segments,
      symbols,
      ...(interpreter === undefined ? {} : { interpreter }),
    },
  }
}

function checkHeader(view: DataView): Fault | undefined {
  if (view.byteLength < 4 || view.getUint32(0) !== 0x7f454c46)
    return broken('it does not start as an ELF file does')
  if (view.byteLength < elfHeader.size) return broken('it ends inside its ELF header')
  if (view.getUint8(4) !== 2 || view.getUint8(5) !== 1)
    return unfit('it is not a 64-bit little-endian ELF file')
  if (view.getUint8(6) !== 1 || view.getUint32(20, true) !== 1) return broken('it has an unknown ELF version')
  const type = view.getUint16(16, true)
  if (type !== elfType.executable && type !== elfType.shared)
    return unfit(`its ELF type is ${type}, not an executable`)
  const machine = view.getUint16(18, true)
  if (machine !== machineX86)
    return unfit(`it is for another machine (ELF machine ${machine}, x86-64 is ${machineX86})`)
  return undefined
}

function readProgramHeaders(view: DataView): ProgramHeader[] | Fault {
  const count = view.getUint16(56, true)
  const start = view.getBigUint64(32, true)
  if (count === 0) return unfit('it has no program headers')
  if (view.getUint16(54, true) !== elfHeader.programHeaderSize)
    return broken('its program headers have a wrong size')
  if (start + BigInt(count * elfHeader.programHeaderSize) > BigInt(view.byteLength))
    return broken('its program headers lie outside the file')
  return Array.from({ length: count }, (_, index) =>
    readProgramHeader(view, Number(start) + index * elfHeader.programHeaderSize),
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
function readInterpreter(bytes: Uint8Array, headers: readonly ProgramHeader[]): string | undefined | Fault {
  const header = headers.find(({ type }) => type === programType.interpreter)
  if (!header) return undefined
  const { offset, fileSize } = header
  if (offset + fileSize > BigInt(bytes.length))
    return broken('the path of its interpreter lies outside the file')
  const path = bytes.subarray(Number(offset), Number(offset + fileSize))
  if (path.length < 2 || path.length > 4096 || path.at(-1) !== 0)
    return broken('the path of its interpreter is malformed')
  return new TextDecoder().decode(path.subarray(0, path.indexOf(0)))
}

function broken(message: string): Fault {
  return { code: 'B010', message }
}

function unfit(message: string): Fault {
  return { code: 'B011', message }
}

function refuse(name: string, fault: Fault, span: Span | undefined): Result<never> {
  const diagnostic: Diagnostic = {
    code: fault.code,
    severity: 'error',
    message: `\`${name}\` is no program that can be started: ${fault.message}`,
    labels: span ? [{ span }] : [],
  }
  return { ok: false, diagnostics: [diagnostic] }
}
