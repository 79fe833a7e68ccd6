// SPDX-License-Identifier: MIT
import type { Span } from '../../diagnostics/source-file.ts'
import type { Expression } from './expression.ts'
import type { Fragment } from './section.ts'

/** A name of the program: first only used, then a label with a place, or an alias with a value. */
export type AssemblySymbol = {
  readonly name: string
  /** Where it was first used or defined. */
  readonly used: Span
  /** Of a label. */
  place?: { readonly fragment: Fragment; readonly offset: number; readonly span: Span }
  /** Of `.set` and `.equ`. */
  value?: Expression
  binding: 'local' | 'global' | 'weak'
  type?: 'function' | 'object' | 'none'
  size?: { readonly expression: Expression; readonly span: Span }
}

/** The names of one program. Numeric labels may repeat: `1b` is the last one before, `1f` the next one. */
export class SymbolTable {
  readonly #named = new Map<string, AssemblySymbol>()
  readonly #numeric = new Map<string, { last?: AssemblySymbol; next?: AssemblySymbol }>()
  readonly #nameless: AssemblySymbol[] = []

  /** The symbol of a name, made at its first use. */
  named(name: string, span: Span): AssemblySymbol {
    const known = this.#named.get(name)
    if (known) return known
    const symbol: AssemblySymbol = { name, used: span, binding: 'local' }
    this.#named.set(name, symbol)
    return symbol
  }

  find(name: string): AssemblySymbol | undefined {
    return this.#named.get(name)
  }

  /** `1b` or `1f`; undefined when no `1:` stands before. */
  numeric(reference: string, span: Span): AssemblySymbol | undefined {
    const entry = this.#entry(reference.slice(0, -1))
    return reference.endsWith('b') ? entry.last : (entry.next ??= this.#fresh(reference, span))
  }

  /** The symbol that a `1:` defines. */
  defineNumeric(digits: string, span: Span): AssemblySymbol {
    const entry = this.#entry(digits)
    const symbol = entry.next ?? this.#fresh(`${digits}:`, span)
    entry.last = symbol
    delete entry.next
    return symbol
  }

  /** A place without a name, such as `.`. */
  anonymous(span: Span): AssemblySymbol {
    return this.#fresh('.', span)
  }

  names(): IterableIterator<AssemblySymbol> {
    return this.#named.values()
  }

  /** Numeric labels that were used and never came. */
  *missing(): IterableIterator<AssemblySymbol> {
    for (const symbol of this.#nameless) if (!symbol.place) yield symbol
  }

  #entry(digits: string): { last?: AssemblySymbol; next?: AssemblySymbol } {
    const known = this.#numeric.get(digits) ?? {}
    this.#numeric.set(digits, known)
    return known
  }

  #fresh(name: string, span: Span): AssemblySymbol {
    const symbol: AssemblySymbol = { name, used: span, binding: 'local' }
    this.#nameless.push(symbol)
    return symbol
  }
}
