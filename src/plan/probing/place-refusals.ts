// SPDX-License-Identifier: MIT
import type { Code } from '../../diagnostics/codes.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { suggest } from '../../diagnostics/suggest.ts'
import type { FileSymbol } from '../../program/elf/file-symbols.ts'
import { fileOffsetOf } from '../../program/symbols.ts'
import { hex } from '../places.ts'
import { functionAt, isCode, type ProbedProgram } from './probed-program.ts'
import { relativesOf } from './relatives.ts'

/** What is wrong with a word that names no place. `command` is what was typed, in which the word is marked. */
type Refuse = (word: string, program: ProbedProgram, command: string) => Diagnostic

export const unknownName: Refuse = (word, program, command) => {
  const { elf, symbols, table } = program
  const imported = symbols.find(symbol => symbol.imported && symbol.name === word)
  if (imported) return importedName(imported, program, command)
  const relatives = relativesOf(program, word)
  const near = suggest(word, similarNames(word, program))
  const message = /[*?[]/.test(word)
    ? `\`${elf.name}\` has no symbol that fits \`${word}\``
    : `\`${elf.name}\` has no ${/^[\w.-]+:[\w.-]+$/.test(word) ? 'USDT probe' : 'symbol'} \`${word}\``
  const split = `only what the compiler made of it is there: ${relatives.map(({ function: { name } }) => name).join(', ')}`
  const missing =
    table === 'symtab'
      ? []
      : [
          table === 'dynsym'
            ? 'the file is stripped: only what it exports has a name'
            : 'the file is stripped: it has no names at all, and can be probed by offsets only',
        ]
  return refusal('R002', message, word, command, {
    ...(near !== undefined && { text: `did you mean \`${near}\`?` }),
    notes: [...(relatives.length > 0 ? [split] : []), ...missing],
    help: [`all names:   trapline probe ${elf.name}`],
  })
}

/** Only names of a like length can be near, and there may be very many. */
function* similarNames(word: string, { functions, notes }: ProbedProgram): Iterable<string> {
  const most = Math.max(1, Math.floor(word.length / 3))
  const isClose = (name: string) => Math.abs(name.length - word.length) <= most
  for (const { symbol, aliases } of functions) {
    for (const { name } of [symbol, ...aliases]) if (isClose(name)) yield name
  }
  for (const { provider, name } of notes) if (isClose(`${provider}:${name}`)) yield `${provider}:${name}`
}

function importedName(symbol: FileSymbol, { elf, stubs }: ProbedProgram, command: string): Diagnostic {
  const { name, version } = symbol
  const stub = stubs.some(candidate => candidate.name === name)
  return refusal(
    'R002',
    `\`${name}\` is not in \`${elf.name}\`: it is a function of another file`,
    name,
    command,
    {
      notes: [`imported as ${name}${version ?? ''}`],
      help: [
        'probe it in the library that has it, where the calls of all programs arrive',
        ...(stub ? [`or only the calls of this file:   trapline probe ${elf.name} ${name}@plt`] : []),
      ],
    },
  )
}

export function dataSymbol(
  symbol: FileSymbol,
  word: string,
  program: ProbedProgram,
  command: string,
): Diagnostic {
  const what = symbol.kind === 'object' ? 'data' : 'no code'
  return refusal('R014', `\`${word}\` is ${what}, and a probe stands on an instruction`, word, command, {
    notes: [
      `it is at ${hex(symbol.address)}, ${segmentText(symbol.address, program)}`,
      ...(isReadOnly(program, symbol.address)
        ? ['Linux would write its breakpoint there all the same, and the program would read it (bug B16)']
        : []),
    ],
    help: [`to see it at a probe:   v=@+${hex(symbol.address - codeDistance(program))}:x64`],
  })
}

/** What addresses of code are more than their file offsets: the kernel takes it off the address of the probe (spec 07 §5.4, `@+`). */
function codeDistance({ elf: { segments } }: ProbedProgram): bigint {
  const code = segments.find(({ execute }) => execute)
  return code ? code.address - BigInt(code.fileOffset) : 0n
}

export function noOffset(number: string, word: string, command: string): Diagnostic {
  return refusal('R014', `\`${number}\` is no offset`, word, command, {
    help: ['an offset is decimal or 0x…'],
  })
}

export function notCode(address: bigint, word: string, program: ProbedProgram, command: string): Diagnostic {
  const before = functionAt(program, address - 1n)
  return refusal('R014', `\`${word}\` is ${hex(address)}, where no code is`, word, command, {
    notes: [
      `it is ${segmentText(address, program)}`,
      ...(before ? [`\`${before.name}\` ends at ${hex(before.end)}`] : []),
    ],
  })
}

/** A number that is no file offset of code. Often it is an address: then its offset is told. */
export function badOffset(offset: bigint, word: string, program: ProbedProgram, command: string): Diagnostic {
  const { elf } = program
  const meant = isCode(elf, offset) ? fileOffsetOf(elf, offset) : undefined
  const size = BigInt(elf.file.size)
  const place = meant === undefined ? undefined : functionAt(program, offset)
  const outside = offset >= size ? `lies beyond the end of \`${elf.name}\`` : `of \`${elf.name}\` is no code`
  return refusal('R014', `offset ${word} ${outside}`, word, command, {
    ...(meant !== undefined && { text: `as an address it is offset ${hex(BigInt(meant))}` }),
    notes: [
      ...(offset > size ? ['Linux refuses it when the probe is enabled: EINVAL'] : []),
      ...(offset < size && meant === undefined ? [fileText(Number(offset), program)] : []),
      ...(meant === undefined
        ? []
        : ['probes are placed by offsets in the file, not by addresses in memory']),
    ],
    help:
      meant === undefined
        ? [`code is ${codeRanges(program)}`]
        : [`trapline probe ${elf.name} ${hex(BigInt(meant))}${place ? `      (in ${place.name})` : ''}`],
  })
}

function codeRanges({ elf: { segments } }: ProbedProgram): string {
  const ranges = segments
    .filter(({ execute }) => execute)
    .map(
      ({ fileOffset, fileSize }) =>
        `0x${fileOffset.toString(16)} to 0x${(fileOffset + fileSize).toString(16)}`,
    )
  return ranges.length > 0 ? `at offsets ${ranges.join(', ')}` : 'nowhere in this file'
}

function fileText(offset: number, { elf: { segments } }: ProbedProgram): string {
  const home = segments.find(
    ({ fileOffset, fileSize }) => offset >= fileOffset && offset < fileOffset + fileSize,
  )
  return home ? `it is in a segment ${rights(home)}` : 'no segment loads it'
}

function segmentText(address: bigint, { elf: { segments } }: ProbedProgram): string {
  const home = segments.find(
    segment => address >= segment.address && address < segment.address + BigInt(segment.memorySize),
  )
  return home ? `in a segment ${rights(home)}` : 'in no segment'
}

function rights({ read, write, execute }: ProbedProgram['elf']['segments'][number]): string {
  const words = [...(read ? ['read'] : []), ...(write ? ['written'] : []), ...(execute ? ['executed'] : [])]
  return words.length > 0 ? `that is ${words.join(' and ')}` : 'without any rights'
}

function isReadOnly({ elf: { segments } }: ProbedProgram, address: bigint): boolean {
  return segments.some(
    segment =>
      !segment.write && address >= segment.address && address < segment.address + BigInt(segment.fileSize),
  )
}

function refusal(
  code: Code,
  message: string,
  word: string,
  command: string,
  {
    text,
    notes = [],
    help = [],
  }: { readonly text?: string; readonly notes?: readonly string[]; readonly help?: readonly string[] },
): Diagnostic {
  const start = Math.max(0, command.lastIndexOf(word))
  const span = { file: { path: 'command line', text: command }, start, end: start + word.length }
  return { code, severity: 'error', message, labels: [{ span, ...(text && { text }) }], notes, help }
}
