// SPDX-License-Identifier: MIT
import type { Assembly, SectionProperties } from './assembly.ts'
import type { Cursor } from './cursor.ts'
import type { Directive } from './directives.ts'
import type { Section } from './section.ts'

const enter =
  (name: string): Directive =>
  assembly =>
    assembly.enter(assembly.openSection(name))

export const sectionDirectives: Readonly<Record<string, Directive>> = {
  '.text': enter('.text'),
  '.data': enter('.data'),
  '.rodata': enter('.rodata'),
  '.bss': enter('.bss'),
  '.section': (assembly, cursor) => {
    const section = readSection(assembly, cursor)
    if (section) assembly.enter(section)
  },
  '.pushsection': (assembly, cursor) => {
    const section = readSection(assembly, cursor)
    if (!section) return
    assembly.pushed.push(assembly.section)
    assembly.enter(section)
  },
  '.popsection': (assembly, cursor, word) => {
    const section = assembly.pushed.pop()
    if (section) assembly.enter(section)
    else cursor.fail('B005', 'no `.pushsection` stands before this', word.span)
  },
  '.previous': assembly => assembly.enter(assembly.previous),
}

/** `name [, "flags" [, @progbits|@nobits]]` */
function readSection(assembly: Assembly, cursor: Cursor): Section | undefined {
  const token = cursor.next()
  if (token?.kind !== 'name' && token?.kind !== 'string')
    return cursor.fail('B005', 'a section needs a name', token?.span)
  let name = token.kind === 'string' ? new TextDecoder().decode(token.bytes) : token.text
  // Names such as `.note.GNU-stack`.
  while (cursor.peek()?.glued && cursor.at('-') && cursor.peek(1)?.kind === 'name')
    name += cursor.next()!.text + cursor.next()!.text
  if (!cursor.take(',')) return assembly.openSection(name)
  const flags = cursor.next()
  if (flags?.kind !== 'string') return cursor.fail('B005', 'flags of a section stand in quotes', flags?.span)
  const letters = flags.text.slice(1, -1)
  if (!/^[awxo?]*$/.test(letters)) {
    return cursor.fail('B005', `\`${letters}\` are no flags of a section here`, flags.span, {
      help: ['a: loaded, w: writable, x: executable'],
    })
  }
  const hasBytes = readType(cursor)
  if (hasBytes === undefined) return undefined
  const properties: SectionProperties = {
    loaded: letters.includes('a'),
    write: letters.includes('w'),
    execute: letters.includes('x'),
    hasBytes,
  }
  const section = assembly.openSection(name, properties)
  const same = (Object.keys(properties) as (keyof SectionProperties)[]).every(
    key => section[key] === properties[key],
  )
  return same || name === '.bss'
    ? section
    : cursor.fail('B005', `section \`${name}\` had other flags before`, flags.span)
}

/** Whether the section has bytes in the file. */
function readType(cursor: Cursor): boolean | undefined {
  if (!cursor.take(',')) return true
  if (!cursor.take('@') && !cursor.take('%'))
    return cursor.fail('B005', 'the type of a section starts with `@`')
  const type = cursor.next()
  if (type?.text === 'progbits' || type?.text === 'note') return true
  if (type?.text === 'nobits') return false
  return cursor.fail('B005', 'the type of a section is `@progbits` or `@nobits`', type?.span)
}
