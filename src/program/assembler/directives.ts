// SPDX-License-Identifier: MIT
import { suggest } from '../../diagnostics/suggest.ts'
import type { Assembly } from './assembly.ts'
import type { Cursor } from './cursor.ts'
import { dataDirectives } from './data-directives.ts'
import type { Token } from './lex.ts'
import { sectionDirectives } from './section-directives.ts'
import { symbolDirectives } from './symbol-directives.ts'

/** Reads what follows the directive's name, and reports what is wrong with it. */
export type Directive = (assembly: Assembly, cursor: Cursor, word: Token) => void

const syntaxDirectives: Readonly<Record<string, Directive>> = {
  '.intel_syntax': (assembly, cursor, word) => setSyntax(assembly, cursor, word, 'intel', 'noprefix'),
  '.att_syntax': (assembly, cursor, word) => setSyntax(assembly, cursor, word, 'att', 'prefix'),
}

/** What compilers write beside the program: descriptions for debuggers, linkers and unwinders, which change no byte of it. */
const describing = /^\.(cfi_\w+|file|ident|loc|hidden|internal|protected|extern|addrsig\w*|code64)$/

const directives: Readonly<Record<string, Directive>> = {
  ...syntaxDirectives,
  ...sectionDirectives,
  ...dataDirectives,
  ...symbolDirectives,
}

export function runDirective(assembly: Assembly, cursor: Cursor): void {
  const word = cursor.next()!
  const name = word.text.toLowerCase()
  if (describing.test(name)) return
  const directive = Object.hasOwn(directives, name) ? directives[name] : undefined
  if (directive) {
    directive(assembly, cursor, word)
    cursor.finish()
    return
  }
  const best = suggest(name, Object.keys(directives))
  cursor.fail('B005', `the assembler does not know the directive \`${word.text}\``, word.span, {
    text: best === undefined ? undefined : `did you mean \`${best}\`?`,
  })
}

function setSyntax(
  assembly: Assembly,
  cursor: Cursor,
  word: Token,
  syntax: 'intel' | 'att',
  prefix: string,
): void {
  assembly.syntax = syntax
  if (cursor.done) return
  const option = cursor.next()!
  if (option.text !== prefix) {
    cursor.fail('B005', `\`${word.text}\` is followed by \`${prefix}\` or nothing`, option.span)
  }
}
