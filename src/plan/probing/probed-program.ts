// SPDX-License-Identifier: MIT
import type { ElfFile } from '../../program/elf/elf-file.ts'
import { type FileSymbol, readFileSymbols } from '../../program/elf/file-symbols.ts'
import { type ImportStub, readImportStubs } from '../../program/elf/import-stubs.ts'
import { readUsdtNotes, type UsdtNote } from '../../program/elf/usdt-notes.ts'

/** A function of a file under all of its names. Addresses are those of the link. */
export type ProgramFunction = {
  /** The name to speak of: with its version where programs do not get that one by the name alone. */
  readonly name: string
  readonly symbol: FileSymbol
  /** Other symbols at the same address. */
  readonly aliases: readonly FileSymbol[]
  readonly address: bigint
  readonly fileOffset: number
  /** Bytes as the symbol says; 0 where it does not. */
  readonly size: number
  /** Where it ends, or the next one begins. */
  readonly end: bigint
}

/** A file and all that can be named in it. */
export type ProbedProgram = {
  readonly elf: ElfFile
  /** As definitions name it: absolute. */
  readonly path: string
  readonly table: 'symtab' | 'dynsym' | 'none'
  readonly symbols: readonly FileSymbol[]
  /** By address. */
  readonly functions: readonly ProgramFunction[]
  readonly notes: readonly UsdtNote[]
  readonly stubs: readonly ImportStub[]
}

export function readProbedProgram(elf: ElfFile, path: string): ProbedProgram {
  const { table, symbols } = readFileSymbols(elf)
  return {
    elf,
    path,
    table,
    symbols,
    functions: functionsOf(elf, symbols),
    // Damaged files have notes for places that no segment loads.
    notes: readUsdtNotes(elf).filter(({ address }) => isCode(elf, address)),
    stubs: readImportStubs(elf).filter(({ address }) => isCode(elf, address)),
  }
}

/** As it is told apart from other symbols of the name. */
export function symbolName({ name, version }: FileSymbol): string {
  return version && !version.startsWith('@@') ? name + version : name
}

/** Whether an address is code: inside what an executable segment has of the file. */
export function isCode({ segments }: Pick<ElfFile, 'segments'>, address: bigint): boolean {
  return segments.some(
    segment =>
      segment.execute && address >= segment.address && address < segment.address + BigInt(segment.fileSize),
  )
}

/** The function that an address lies in; the last one before it where symbols have no size. */
export function functionAt(
  { functions }: Pick<ProbedProgram, 'functions'>,
  address: bigint,
): ProgramFunction | undefined {
  let [low, high] = [0, functions.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (functions[middle]!.address <= address) low = middle + 1
    else high = middle
  }
  // Functions may lie inside others: the innermost that holds the address counts.
  for (let index = low - 1; index >= Math.max(0, low - nesting); index--) {
    if (address < functions[index]!.end) return functions[index]
  }
  return undefined
}

/** Functions that may end before an address while one that began earlier still holds it. */
const nesting = 64

function functionsOf(elf: ElfFile, symbols: readonly FileSymbol[]): ProgramFunction[] {
  // User addresses fit into plain numbers, which are much quicker where symbols are very many.
  const code = codeOf(elf)
  const byAddress = new Map<number, FileSymbol[]>()
  for (const symbol of symbols) {
    if (symbol.imported || !isFunction(symbol)) continue
    const address = Number(symbol.address)
    if (!code.some(({ start, end }) => address >= start && address < end)) continue
    const there = byAddress.get(address)
    if (there) there.push(symbol)
    else byAddress.set(address, [symbol])
  }
  const addresses = [...byAddress.keys()].sort((a, b) => a - b)
  return addresses.map((address, index): ProgramFunction => {
    const all = byAddress.get(address)!
    const [symbol, ...aliases] = all.length > 1 ? all.sort(byPreference) : all
    const home = code.find(({ start, end }) => address >= start && address < end)!
    const size = all.reduce((largest, one) => Math.max(largest, one.size), 0)
    const end = size > 0 ? address + size : (addresses[index + 1] ?? home.end)
    return {
      name: symbolName(symbol!),
      symbol: symbol!,
      aliases,
      address: symbol!.address,
      fileOffset: home.fileOffset + address - home.start,
      size,
      end: BigInt(end),
    }
  })
}

/** The executable segments as far as the file has their bytes. */
function codeOf({ segments }: ElfFile) {
  return segments
    .filter(({ execute }) => execute)
    .map(({ address, fileSize, fileOffset }) => ({
      start: Number(address),
      end: Number(address) + fileSize,
      fileOffset,
    }))
}

/** Labels of assembly count where nothing says that they are data. */
function isFunction({ kind }: FileSymbol): boolean {
  return kind !== 'object'
}

const bindingOrder = { global: 0, weak: 1, local: 2 } as const

/** The name that most people know: of a function, public, with few underscores in front, short. */
function byPreference(a: FileSymbol, b: FileSymbol): number {
  const rank = ({ kind, binding, name, version }: FileSymbol) => [
    kind === 'none' ? 1 : 0,
    /^_*/.exec(name)![0].length,
    bindingOrder[binding],
    version && !version.startsWith('@@') ? 1 : 0,
    name.length,
  ]
  const [left, right] = [rank(a), rank(b)]
  const at = left.findIndex((value, index) => value !== right[index])
  return at < 0 ? (a.name < b.name ? -1 : 1) : left[at]! - right[at]!
}
