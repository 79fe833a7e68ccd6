// SPDX-License-Identifier: MIT
import type { Diagnostic, Result } from '../../diagnostics/diagnostic.ts'
import type { Span } from '../../diagnostics/source-file.ts'
import { instructionWarning } from '../../plan/check-instruction.ts'
import { boundaryWarning } from '../../plan/instruction-boundary.ts'
import { type KernelLine, kernelLine } from '../../plan/kernel-line.ts'
import { isDiagnostic, Places } from '../../plan/places.ts'
import { readElf } from '../../program/elf/read-elf.ts'
import type { Image } from '../../program/image.ts'
import type { Located } from '../../scenario/scenario.ts'
import { spanWithin } from '../../scenario/span-within.ts'
import { parseDefinition } from '../../tracing/definition/parse-definition.ts'
import type { Definition, Refusal } from '../../tracing/definition.ts'
import { profiles } from '../../uprobes/profile.ts'

/** A probe as it was asked for, and in the kernel's words. */
export type ProgramProbe = {
  readonly text: Located<string>
  readonly line: string
  readonly definition: Definition
  /** Of the file that it stands in, where that is a program. */
  readonly image: Image | undefined
}

export type ProbedProgram = {
  /** What its path is called in definitions. */
  readonly name: string
  readonly path: string
  readonly readFile: (path: string) => Uint8Array | number
}

/**
 * Reads definitions in which `symbol[+offset]` may stand for an offset, and the program's name for its path; other files of the guest's
 * tree go by their absolute paths.
 */
export async function readProgramProbes(
  texts: readonly string[],
  program: ProbedProgram,
): Promise<Result<readonly ProgramProbe[]>> {
  const images = imagesOf(texts, program)
  const probes: ProgramProbe[] = []
  const warnings: Diagnostic[] = []
  const diagnostics: Diagnostic[] = []
  for (const text of texts) {
    const file = { path: '-e', text }
    const located = { value: text, span: { file, start: 0, end: text.length } }
    const places = new Places({ file, binaries: new Map() }, images)
    const pathOf = (binary: string): string => (binary.startsWith('/') ? binary : program.path)
    const line = kernelLine(located, undefined, places, pathOf)
    if (isDiagnostic(line)) {
      diagnostics.push(inWordsOf(program, line))
      continue
    }
    const parsed = parseDefinition(line.line, {
      resolvePath: path => {
        const bytes = program.readFile(path)
        return typeof bytes === 'number' ? bytes : { regular: true }
      },
    })
    if (!parsed.ok) {
      diagnostics.push(refusalDiagnostic(parsed.refusal, located, line))
      continue
    }
    const { definition } = parsed
    const image = images.get(definition.path === program.path ? program.name : definition.path)
    const warning =
      image &&
      ((await boundaryWarning(definition, image, line, located)) ??
        (await refusedInstruction(definition, image, located.span)))
    if (warning) warnings.push(warning)
    probes.push({ text: located, line: line.line, definition, image })
  }
  return diagnostics.length > 0 ? { ok: false, diagnostics } : { ok: true, value: probes, warnings }
}

/** The program under its name, and every file that a definition names by its path. */
function imagesOf(texts: readonly string[], program: ProbedProgram): ReadonlyMap<string, Image> {
  const names = new Map([[program.name, program.path]])
  for (const text of texts) for (const [, path] of text.matchAll(/\s(\/[^\s:]+):/g)) names.set(path!, path!)
  const images = new Map<string, Image>()
  for (const [name, path] of names) {
    const bytes = program.readFile(path)
    const image = typeof bytes === 'number' ? undefined : readElf(bytes, name)
    if (image?.ok) images.set(name, image.value)
  }
  return images
}

/** The kernel's own words, with the caret under what was typed. */
export function refusalDiagnostic(
  { errno, message, caret }: Refusal,
  text: Located<string>,
  line: Pick<KernelLine, 'authorAt'>,
): Diagnostic {
  const at = message === undefined || caret === undefined ? undefined : line.authorAt(caret)
  const span: Span = at ? spanWithin(text, at.from, at.to) : text.span
  return {
    code: 'R010',
    severity: 'error',
    message: `the kernel refuses this probe: ${message ?? errno}`,
    labels: [{ span, text: message ? errno : 'without a message' }],
    ...(message === undefined && { help: ['for example   p:work pool:work item=%di:s32'] }),
  }
}

async function refusedInstruction(
  definition: Definition,
  image: Image,
  span: Span,
): Promise<Diagnostic | undefined> {
  const probe = { name: definition.event, definition, attach: 'start', span } as const
  const warning = await instructionWarning(probe, image, profiles['linux-6.18'])
  if (!warning) return undefined
  const { help: _, ...rest } = warning
  return { ...rest, notes: ['it does so without a word when the program is mapped, and no event comes'] }
}

/** Without what is said of scenario files. */
function inWordsOf({ name }: ProbedProgram, diagnostic: Diagnostic): Diagnostic {
  const { help, ...rest } = diagnostic
  if (diagnostic.code === 'R005')
    return { ...rest, help: [`the program is called   ${name}   here; other files go by their path`] }
  return help ? { ...rest, help: help.map(text => text.replace(/ +\(all: [^)]*\)$/, '')) } : rest
}
