// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { ImportStub } from '../../program/elf/import-stubs.ts'
import type { UsdtNote } from '../../program/elf/usdt-notes.ts'
import { addressOf, fileOffsetOf } from '../../program/symbols.ts'
import { badOffset, dataSymbol, noOffset, notCode, unknownName } from './place-refusals.ts'
import { functionAt, isCode, type ProbedProgram, type ProgramFunction, symbolName } from './probed-program.ts'

/** A place of a program where somebody wants a probe. */
export type ProbePlace = {
  readonly address: bigint
  readonly fileOffset: number
  /** The function that it lies in, where symbols say so. */
  readonly within?: ProgramFunction
  readonly note?: UsdtNote
  readonly stub?: ImportStub
}

export type FoundPlaces = {
  readonly places: readonly ProbePlace[]
  /** The word was a pattern: there may be very many. */
  readonly pattern: boolean
}

/**
 * What a word names: `0x1136` a file offset, `name`, `name@VERSION` or `name+4` a place of a function, `puts@plt` a stub, `provider:name`
 * the places of a USDT probe; with `*`, `?` or `[` all whose names fit.
 */
export function findPlaces(word: string, program: ProbedProgram, command: string): FoundPlaces | Diagnostic {
  if (/^(0x[0-9a-f]+|\d+)$/i.test(word)) return offsetPlace(BigInt(word), word, program, command)
  const exact = namedPlaces(word, program)
  if (exact.length > 0) return { places: exact, pattern: false }
  const plus = word.lastIndexOf('+')
  if (plus > 0) {
    const starts = namedPlaces(word.slice(0, plus), program)
    const number = word.slice(plus + 1)
    if (starts.length > 0 && !/^(0x[0-9a-f]+|\d+)$/i.test(number)) return noOffset(number, word, command)
    if (starts.length > 0) return shifted(starts, BigInt(number), word, program, command)
  }
  if (/[*?[]/.test(word)) {
    const places = matchingPlaces(word, program)
    if (places.length > 0) return { places, pattern: true }
  }
  const data = program.symbols.find(
    symbol => !symbol.imported && (symbol.name === word || symbolName(symbol) === word),
  )
  return data ? dataSymbol(data, word, program, command) : unknownName(word, program, command)
}

function offsetPlace(
  offset: bigint,
  word: string,
  program: ProbedProgram,
  command: string,
): FoundPlaces | Diagnostic {
  const { elf } = program
  const address = offset < BigInt(elf.file.size) ? addressOf(elf, Number(offset)) : undefined
  if (address === undefined || !isCode(elf, address)) return badOffset(offset, word, program, command)
  return { places: [placeAt(address, program)], pattern: false }
}

function shifted(
  starts: readonly ProbePlace[],
  by: bigint,
  word: string,
  program: ProbedProgram,
  command: string,
): FoundPlaces | Diagnostic {
  const addresses = starts.map(({ address }) => address + by)
  const outside = addresses.find(address => !isCode(program.elf, address))
  if (outside !== undefined) return notCode(outside, word, program, command)
  return { places: addresses.map(address => placeAt(address, program)), pattern: false }
}

export function placeAt(address: bigint, program: ProbedProgram): ProbePlace {
  const within = functionAt(program, address)
  return { address, fileOffset: fileOffsetOf(program.elf, address)!, ...(within && { within }) }
}

/** Places of exactly that name: functions, several where a name repeats; stubs; USDT probes. */
function namedPlaces(word: string, program: ProbedProgram): readonly ProbePlace[] {
  const functions = program.functions.filter(candidate => namesOf(candidate).includes(word))
  // Without a version the one that programs get is meant, where there is one.
  const usual = functions.filter(candidate =>
    [candidate.symbol, ...candidate.aliases].some(symbol => symbolName(symbol) === word),
  )
  const chosen = usual.length > 0 ? usual : functions
  if (chosen.length > 0) return chosen.map(functionPlace)
  const stubs = program.stubs.filter(({ name }) => `${name}@plt` === word)
  if (stubs.length > 0) return stubs.slice(0, 1).map(stub => stubPlace(stub, program))
  return program.notes.filter(note => noteName(note) === word).map(note => notePlace(note, program))
}

function matchingPlaces(pattern: string, program: ProbedProgram): readonly ProbePlace[] {
  const expression = patternExpression(pattern)
  const notes = program.notes.filter(note => expression.test(noteName(note)))
  return [
    ...program.functions
      .filter(candidate => namesOf(candidate).some(name => expression.test(name)))
      .map(functionPlace),
    ...program.stubs
      .filter(({ name }) => expression.test(`${name}@plt`))
      .map(stub => stubPlace(stub, program)),
    ...notes.map(note => notePlace(note, program)),
  ]
}

/** Every place that has a name: functions, stubs and USDT probes. */
export function allPlaces(program: ProbedProgram): readonly ProbePlace[] {
  return [
    ...program.functions.map(functionPlace),
    ...program.stubs.map(stub => stubPlace(stub, program)),
    ...program.notes.map(note => notePlace(note, program)),
  ]
}

function namesOf({ symbol, aliases }: ProgramFunction): readonly string[] {
  return [symbol, ...aliases].flatMap(one => (one.version ? [one.name, one.name + one.version] : [one.name]))
}

export function noteName({ provider, name }: UsdtNote): string {
  return `${provider}:${name}`
}

function functionPlace(within: ProgramFunction): ProbePlace {
  return { address: within.address, fileOffset: within.fileOffset, within }
}

function stubPlace(stub: ImportStub, program: ProbedProgram): ProbePlace {
  return { address: stub.address, fileOffset: fileOffsetOf(program.elf, stub.address)!, stub }
}

function notePlace(note: UsdtNote, program: ProbedProgram): ProbePlace {
  return { ...placeAt(note.address, program), note }
}

/** `*` any text, `?` one character, `[…]` one of some; all else is itself. */
function patternExpression(pattern: string): RegExp {
  const source = pattern.replace(/\[(!?)([^\]]+)\]|[*?]|[\\^$.|+(){}[\]]/g, (token, not, set) => {
    if (token === '*') return '.*'
    if (token === '?') return '.'
    return set === undefined ? `\\${token}` : `[${not ? '^' : ''}${set.replace(/[\\^]/g, '\\$&')}]`
  })
  return new RegExp(`^${source}$`)
}
