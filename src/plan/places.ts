// SPDX-License-Identifier: MIT
import { distance } from 'fastest-levenshtein'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Span } from '../diagnostics/source-file.ts'
import { didYouMean, suggest } from '../diagnostics/suggest.ts'
import type { Image, ImageSymbol } from '../program/image.ts'
import { fileOffsetOf, findSymbol } from '../program/symbols.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { Libraries, Library } from './libraries.ts'
import { symbolDefinition } from './symbol-definition.ts'

/** A place of a binary. Addresses are those of the link, not of the run. */
export type ResolvedPlace = {
  readonly binary: string
  readonly image: Image
  readonly symbol: ImageSymbol
  readonly address: bigint
}

/** Spans of characters `from` to `to` of the text that names the place. */
export type SpanOf = (from: number, to: number) => Span

/** Turns `binary:symbol+offset` into addresses. A binary's name ends at the first colon, as C++ symbols may hold `::`. */
export class Places {
  readonly #scenario: Pick<Scenario, 'file' | 'binaries'>
  readonly #images: ReadonlyMap<string, Image>
  readonly #libraries: Libraries | undefined

  /** `libraries`: other files whose places may be named. */
  constructor(
    scenario: Pick<Scenario, 'file' | 'binaries'>,
    images: ReadonlyMap<string, Image>,
    libraries?: Libraries,
  ) {
    this.#scenario = scenario
    this.#images = images
    this.#libraries = libraries
  }

  has(binary: string): boolean {
    return this.image(binary) !== undefined
  }

  image(binary: string): Image | undefined {
    return this.#images.get(binary) ?? this.#library(binary)?.image
  }

  /** Where a definition finds a binary: the scenario's own lie in the root of the guest's tree under their names. */
  pathOf(binary: string): string {
    const library = this.#images.has(binary) ? undefined : this.#library(binary)
    return library?.path ?? `/${binary}`
  }

  /** The image of the file that a definition finds at a path. */
  imageAt(path: string): Image | undefined {
    return (
      (path.startsWith('/') ? this.#images.get(path.slice(1)) : undefined) ??
      this.#libraries?.find(path)?.image
    )
  }

  /** The program of the scenario that has bytes of its file at a link-time address. */
  at(address: bigint): { readonly image: Image; readonly offset: number } | undefined {
    for (const image of this.#images.values()) {
      const offset = fileOffsetOf(image, address)
      if (offset !== undefined) return { image, offset }
    }
    return undefined
  }

  /** Link-time address, or undefined where the text names nothing. A number is itself. */
  address(text: string): bigint | undefined {
    if (/^(0x[0-9a-f]+|\d+)$/i.test(text)) return BigInt(text)
    const { binary, symbol, offset } = splitPlace(text)
    const image = this.image(binary)
    const found = image && findSymbol(image, symbol)
    return found && offset !== undefined ? found.address + offset : undefined
  }

  /** The place that a text names, or what is wrong with it. */
  resolve(text: string, spanOf: SpanOf): ResolvedPlace | Diagnostic {
    const parts = splitPlace(text)
    const { binary, symbol, offset, symbolAt, offsetAt } = parts
    if (symbolAt === 0 || symbol === '') {
      const help = 'write   binary:symbol   or   binary:symbol+4'
      return problem('R014', spanOf(0, text.length), `\`${text}\` is no place`, undefined, [help])
    }
    const image = this.image(binary)
    if (!image) return this.unknownBinary(binary, spanOf(0, binary.length))!
    if (offset === undefined) {
      const help = 'an offset is decimal or 0x…'
      return problem(
        'R014',
        spanOf(offsetAt, text.length),
        `\`${text.slice(offsetAt)}\` is no offset`,
        undefined,
        [help],
      )
    }
    const found = findSymbol(image, symbol)
    if (!found) return this.#unknownSymbol(binary, image, symbol, spanOf(symbolAt, symbolAt + symbol.length))
    return { binary, image, symbol: found, address: found.address + offset }
  }

  /** What is wrong with the name of a binary; undefined where there is one of that name. */
  unknownBinary(name: string, span: Span): Diagnostic | undefined {
    if (this.has(name)) return undefined
    const names = [...this.#scenario.binaries.keys()]
    const wanted = /\.so(\.|$)|^\//.test(name) && !this.#libraries
    if (wanted) return problem('R005', span, `no binary is named \`${name}\``, undefined, [rooted])
    const help = names.length > 0 ? `binaries of this file: ${names.join(', ')}` : 'this file has no binaries'
    return problem('R005', span, `no binary is named \`${name}\``, didYouMean(name, names), [help])
  }

  /** As it is written, or as places in it are called. */
  #library(binary: string): Library | undefined {
    return this.#libraries?.find(binary) ?? this.#libraries?.all().find(({ name }) => name === binary)
  }

  #unknownSymbol(binary: string, image: Image, symbol: string, span: Span): Diagnostic {
    const names = ownSymbols(image).map(({ name }) => name)
    const near = suggest(symbol, names)
    const found = near === undefined ? undefined : findSymbol(image, near)
    const source = this.#scenario.binaries.get(binary)
    const definition = source && near !== undefined ? symbolDefinition(source, near) : undefined
    const primary = problem(
      'R002',
      span,
      `binary \`${binary}\` has no symbol \`${symbol}\``,
      didYouMean(symbol, names),
    )
    return {
      ...primary,
      labels: [
        ...primary.labels,
        ...(found && definition
          ? [{ span: definition, text: `\`${near}\` is here, at ${hex(found.address)}` }]
          : []),
      ],
      help: [this.#symbolList(binary, image, symbol)],
    }
  }

  #symbolList(binary: string, image: Image, wanted: string): string {
    const all = ownSymbols(image)
    if (all.length === 0) return `${binary} has no symbols`
    const shown = all.length <= shownSymbols ? all : nearest(all, wanted)
    const list = shown.map(({ name, address }) => `${name} ${hex(address)}`).join(', ')
    const more = shown.length < all.length ? ', …' : ''
    const command = `trapline explain ${this.#scenario.file.path} --symbols`
    return `symbols in ${binary}: ${list}${more}      (all: ${command})`
  }
}

const rooted = 'libraries are looked for in a root folder, such as that of this computer:   root: /'
const shownSymbols = 8

/** Of many symbols those whose names are most alike, in the order of the binary. */
function nearest(symbols: readonly ImageSymbol[], wanted: string): readonly ImageSymbol[] {
  const byDistance = [...symbols].sort((a, b) => distance(a.name, wanted) - distance(b.name, wanted))
  const near = new Set(byDistance.slice(0, shownSymbols))
  return symbols.filter(symbol => near.has(symbol))
}

export function isDiagnostic<T extends object>(value: T | Diagnostic): value is Diagnostic {
  return 'severity' in value
}

/** Without those of the start stub. */
function ownSymbols({ symbols }: Image): readonly ImageSymbol[] {
  return symbols.filter(({ name }) => !name.startsWith('__trapline_'))
}

/** `calc:add+4` cut into its parts. `offset` is undefined where something behind a `+` is no number. */
function splitPlace(text: string) {
  const colon = text.indexOf(':')
  const binary = text.slice(0, Math.max(0, colon))
  const rest = text.slice(colon + 1)
  const plus = rest.lastIndexOf('+')
  const symbolAt = colon + 1
  if (plus <= 0) return { binary, symbol: rest, offset: 0n, symbolAt, offsetAt: text.length }
  const number = rest.slice(plus + 1)
  const offset = /^(0x[0-9a-f]+|\d+)$/i.test(number) ? BigInt(number) : undefined
  return { binary, symbol: rest.slice(0, plus), offset, symbolAt, offsetAt: symbolAt + plus + 1 }
}

function problem(
  code: Diagnostic['code'],
  span: Span,
  message: string,
  text?: string,
  help?: readonly string[],
): Diagnostic {
  return {
    code,
    severity: 'error',
    message,
    labels: [{ span, ...(text && { text }) }],
    ...(help && { help }),
  }
}

export function hex(value: bigint): string {
  return `0x${value.toString(16)}`
}
