// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { Span } from '../../diagnostics/source-file.ts'
import type { Syntax } from './parse-expression.ts'
import { openFragment, type Section } from './section.ts'
import { type AssemblySymbol, SymbolTable } from './symbol.ts'

/** The state of an assembly while its text is read. */
export class Assembly {
  readonly symbols: SymbolTable = new SymbolTable()
  readonly sections: Section[] = []
  readonly diagnostics: Diagnostic[] = []
  syntax: Syntax = 'intel'
  section: Section
  /** What `.previous` goes back to. */
  previous: Section
  /** Statements that were read, repetitions counted. */
  statements = 0
  /** What `.popsection` goes back to. */
  readonly pushed: Section[] = []

  constructor() {
    this.section = this.previous = this.openSection('.text')
    for (const name of ['.rodata', '.data', '.bss']) this.openSection(name)
  }

  readonly report = (diagnostic: Diagnostic): void => {
    this.diagnostics.push(diagnostic)
  }

  /** Takes reports back that turned out to follow from another mistake. */
  forget(follows: (diagnostic: Diagnostic) => boolean): void {
    const kept = this.diagnostics.filter(diagnostic => !follows(diagnostic))
    this.diagnostics.splice(0, this.diagnostics.length, ...kept)
  }

  /** The section of that name; a new one has the given properties, or those that its name implies. */
  openSection(name: string, properties: SectionProperties = impliedBy(name)): Section {
    const known = this.sections.find(section => section.name === name)
    if (known) return known
    const section: Section = { name, ...properties, fragments: [], alignment: 1, address: 0n, size: 0 }
    this.sections.push(section)
    return section
  }

  enter(section: Section): void {
    this.previous = this.section
    this.section = section
  }

  /** A symbol for the current address. */
  here(span: Span): AssemblySymbol {
    return this.place(this.symbols.anonymous(span), span)
  }

  /** Makes a symbol a label at the current address. */
  place(symbol: AssemblySymbol, span: Span): AssemblySymbol {
    const fragment = openFragment(this.section)
    symbol.place = { fragment, offset: fragment.size, span }
    return symbol
  }
}

export type SectionProperties = Pick<Section, 'loaded' | 'write' | 'execute' | 'hasBytes'>

function impliedBy(name: string): SectionProperties {
  const is = (stem: string): boolean => name === stem || name.startsWith(`${stem}.`)
  return {
    loaded: ['.text', '.rodata', '.data', '.bss'].some(is),
    write: is('.data') || is('.bss'),
    execute: is('.text'),
    hasBytes: !is('.bss'),
  }
}
