// SPDX-License-Identifier: MIT
import { aliases, attAliases, attExtensions, comparisons, x87Reversed } from './aliases.ts'
import type { Opcodes } from './opcodes.ts'
import type { Syntax } from './parse-expression.ts'

/** One meaning of a word in the place of a mnemonic. */
export type Reading = {
  /** As iced-x86 calls it. */
  readonly mnemonic: string
  /** Bytes that a suffix asks for. */
  readonly size?: number
  /** Bytes of the source, for extensions of AT&T syntax: 1 in `movzbl`. */
  readonly source?: number
  /** An immediate that the word stands for: `cmpeqps`. */
  readonly predicate?: number
  /** `movabs`: an immediate or an address of 64 bits. */
  readonly wide?: boolean
  /** `ljmp`, `lcall`: through a far pointer in memory. */
  readonly far?: boolean
}

const suffixes: Readonly<Record<string, number>> = { b: 1, w: 2, l: 4, q: 8 }
const intelSuffixes: Readonly<Record<string, number>> = { b: 1, w: 2, d: 4, q: 8 }
const vectorSuffixes: Readonly<Record<string, number>> = { ...suffixes, x: 16, y: 32, z: 64 }
const realSuffixes: Readonly<Record<string, number>> = { w: 2, s: 4, l: 8, t: 10 }
const integerSuffixes: Readonly<Record<string, number>> = { s: 2, l: 4, q: 8, ll: 8 }

/** The meanings of a word, the most direct first; none where the assembler does not know it. */
export function readingsOf(word: string, syntax: Syntax, opcodes: Opcodes): Reading[] {
  const name = word.toLowerCase()
  const known = (mnemonic: string): boolean => opcodes.has(mnemonic)
  const special = (syntax === 'att' ? own(attAliases, name) : undefined) ?? own(aliases, name)
  if (special) return [...special]
  const extension = syntax === 'att' ? extensionOf(name) : undefined
  if (extension) return [extension, ...(known(name) ? [{ mnemonic: name }] : [])]
  const comparison = comparisons.get(name)
  if (comparison) return [comparison]
  const readings: Reading[] = known(name) ? [{ mnemonic: name }] : []
  readings.push(...suffixed(name, syntax, known))
  return syntax === 'att' ? readings.map(swapX87) : readings
}

/** `movzbl`, `movsbq`, `movslq` …, and `movzb` where the register tells the rest. */
function extensionOf(name: string): Reading | undefined {
  const match = attExtensions.exec(name)
  if (!match) return undefined
  const [, sign, from, to] = match.filter(group => group !== undefined)
  const source = suffixes[from!]!
  const mnemonic = sign === 'z' ? 'movzx' : from === 'l' ? 'movsxd' : 'movsx'
  return { mnemonic, source, ...(to ? { size: suffixes[to]! } : {}) }
}

function suffixed(name: string, syntax: Syntax, known: (mnemonic: string) => boolean): Reading[] {
  return Object.entries(suffixesFor(name, syntax)).flatMap(([suffix, size]) => {
    const base = name.endsWith(suffix) ? name.slice(0, -suffix.length) : ''
    const alias = own(aliases, base)
    if (alias) return alias.map(reading => ({ ...reading, size }))
    return known(base) ? [{ mnemonic: base, size }] : []
  })
}

function suffixesFor(name: string, syntax: Syntax): Readonly<Record<string, number>> {
  if (syntax === 'intel') return intelSuffixes
  if (name.startsWith('v')) return vectorSuffixes
  if (!name.startsWith('f')) return suffixes
  return name.startsWith('fi') ? integerSuffixes : realSuffixes
}

/** A word such as `constructor` is no key of a table. */
function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}

/** In AT&T syntax fsub and fsubr (fdiv and fdivr) trade places where the destination is not st(0); see GNU as, "AT&T Syntax bugs". */
function swapX87(reading: Reading): Reading {
  const swapped = x87Reversed[reading.mnemonic]
  return swapped ? { ...reading, mnemonic: swapped } : reading
}
