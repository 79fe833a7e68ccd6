// SPDX-License-Identifier: MIT
import type { Result } from '../../diagnostics/diagnostic.ts'
import type { Span } from '../../diagnostics/source-file.ts'
import { suggest } from '../../diagnostics/suggest.ts'
import type { Image } from '../image.ts'
import { Assembly } from './assembly.ts'
import { buildImage } from './build-image.ts'
import { emit } from './emit.ts'
import { FormEncoder } from './encode.ts'
import { layOut, pageSize } from './layout.ts'
import { lex } from './lex.ts'
import { Opcodes } from './opcodes.ts'
import { readStatements } from './read-statements.ts'
import { nearestRegisters, registerNamed, registerNames } from './registers.ts'
import type { Section } from './section.ts'
import type { ProgramText } from './source.ts'

export type AssemblyOptions = {
  /** What the image is called. */
  readonly name: string
  /** Link-time address of the ELF header, a multiple of 4096; text starts one page behind it. 0x400000, or 0 for `pie`. */
  readonly base?: bigint
  /** ET_DYN: absolute addresses are refused. */
  readonly pie?: boolean
}

/**
 * Assembles texts as one, in the dialect of GNU as: Intel syntax without register prefixes until a directive says
 * otherwise. Gives a static ELF program with symbols, or every error of the texts at its place in the author's file.
 */
export function assemble(
  parts: readonly ProgramText[],
  { name, base, pie = false }: AssemblyOptions,
): Result<Image> {
  const start = base ?? (pie ? 0n : 0x400000n)
  const assembly = new Assembly()
  const encoder = new FormEncoder()
  try {
    checkBase(assembly, start)
    readStatements(assembly, parts.flatMap(lex), { opcodes: new Opcodes(), encoder })
    reportUndefined(assembly)
    if (assembly.diagnostics.length > 0) return failed(assembly)
    const groups = layOut(assembly, start)
    if ('code' in groups) return { ok: false, diagnostics: [groups] }
    const contents = new Map<Section, Uint8Array>()
    const { report } = assembly
    for (const section of assembly.sections) {
      if (section.hasBytes && section.size > 0)
        contents.set(section, emit(section, { encoder, positionIndependent: pie, report }))
    }
    if (assembly.diagnostics.length > 0) return failed(assembly)
    return { ok: true, value: buildImage(assembly, groups, contents, { name, base: start, pie }) }
  } finally {
    encoder.free()
  }
}

function checkBase(assembly: Assembly, base: bigint): void {
  if (base % pageSize === 0n && base >= 0n && base < 1n << 46n) return
  assembly.report({
    code: 'B008',
    severity: 'error',
    message: `a program cannot be based at 0x${base.toString(16)}`,
    labels: [],
    help: ['a base is a multiple of 0x1000 in the lower half of user addresses'],
  })
}

function reportUndefined(assembly: Assembly): void {
  const { symbols, report } = assembly
  const labels = [...symbols.names()].filter(({ place, value }) => place || value).map(({ name }) => name)
  for (const { name, used, place, value, binding } of symbols.names()) {
    if (place || value || binding === 'weak') continue
    const isPlace = takesPlace(used)
    const best = isPlace
      ? suggest(name, [...labels, ...registerNames()])
      : suggest(name, [...nearestRegisters(name), ...labels])
    const label = best === undefined ? { span: used } : { span: used, text: `did you mean \`${best}\`?` }
    const message =
      isPlace || best === undefined || !registerNamed(best)
        ? `no label is called \`${name}\``
        : `\`${name}\` is neither a register nor a label`
    forgetGuesses(assembly, used)
    report({ code: 'B003', severity: 'error', message, labels: [label] })
  }
  for (const { name, used } of symbols.missing()) {
    const digits = name.slice(0, -1)
    report({
      code: 'B003',
      severity: 'error',
      message: `no label \`${digits}:\` follows`,
      labels: [{ span: used }],
    })
  }
}

/** Jumps, calls and directives name places; elsewhere a word that nobody knows may as well be a register. */
function takesPlace({ file, start }: Span): boolean {
  const before = file.text.slice(file.text.lastIndexOf('\n', start - 1) + 1, start)
  return /(^|[\s;:])(j[a-z]+|call[a-z]*|loop[a-z]*|\.[a-z]\w*)\s[^;]*$/i.test(before)
}

/** What an operand was taken for does not matter where its name is unknown. */
function forgetGuesses(assembly: Assembly, { start, end }: Span): void {
  assembly.forget(({ code, labels: [label] }) => {
    const guessed = code === 'B002' || code === 'B007'
    return guessed && label !== undefined && label.span.start <= start && label.span.end >= end
  })
}

/** In the order of the text, whichever step found them. */
function failed({ diagnostics }: Assembly): Result<never> {
  const at = (index: number): number => diagnostics[index]!.labels[0]?.span.start ?? -1
  const order = [...diagnostics.keys()].sort((a, b) => at(a) - at(b))
  return { ok: false, diagnostics: order.map(index => diagnostics[index]!) }
}
