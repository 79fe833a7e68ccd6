// SPDX-License-Identifier: MIT
import type { Diagnostic, Result } from '../../diagnostics/diagnostic.ts'
import type { Span } from '../../diagnostics/source-file.ts'
import { instructionWarning } from '../../plan/check-instruction.ts'
import { indirectFunctionWarning } from '../../plan/indirect-function.ts'
import { boundaryWarning } from '../../plan/instruction-boundary.ts'
import { type KernelLine, kernelLine } from '../../plan/kernel-line.ts'
import { Libraries, type Library, type ReadGuestFile } from '../../plan/libraries.ts'
import { isDiagnostic, Places } from '../../plan/places.ts'
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
}

/** What may be probed: the program, and libraries as far as definitions name them. */
export type ProgramProbes = {
  readonly probes: readonly ProgramProbe[]
  readonly libraries: readonly Library[]
}

export type ProbedProgram = {
  /** What its path is called in definitions. */
  readonly name: string
  readonly path: string
  /** Undefined for a script. */
  readonly image: Image | undefined
  readonly readFile: ReadGuestFile
}

/**
 * Reads definitions in which `symbol[+offset]` may stand for an offset, and the program's name for its path; other files of the guest's
 * tree go by their absolute paths, or as libraries by their names.
 */
export async function readProgramProbes(
  texts: readonly string[],
  program: ProbedProgram,
): Promise<Result<ProgramProbes>> {
  const libraries = new Libraries(program.readFile, name => name === program.name)
  const images = new Map(program.image ? [[program.name, program.image]] : [])
  const probes: ProgramProbe[] = []
  const warnings: Diagnostic[] = []
  const diagnostics: Diagnostic[] = []
  for (const text of texts) {
    const file = { path: '-e', text }
    const located = { value: text, span: { file, start: 0, end: text.length } }
    const places = new Places({ file, binaries: new Map() }, images, libraries)
    const pathOf = (binary: string): string => (images.has(binary) ? program.path : places.pathOf(binary))
    const line = kernelLine(located, undefined, places, pathOf)
    if (isDiagnostic(line)) {
      diagnostics.push(inWordsOf(program, line))
      continue
    }
    const parsed = parseDefinition(line.line, {
      resolvePath: path => (program.readFile(path) ? { regular: true } : noEntry),
    })
    if (!parsed.ok) {
      diagnostics.push(refusalDiagnostic(parsed.refusal, located, line))
      continue
    }
    const { definition } = parsed
    const own = definition.path === program.path
    const image = own ? program.image : libraries.find(definition.path)?.image
    const warning =
      image &&
      ((await boundaryWarning(definition, image, line, located)) ??
        (await refusedInstruction(definition, image, located.span)) ??
        indirectFunctionWarning(line, located))
    if (warning) warnings.push(warning)
    probes.push({ text: located, line: line.line, definition })
  }
  if (diagnostics.length > 0) return { ok: false, diagnostics }
  return { ok: true, value: { probes, libraries: libraries.all() }, warnings }
}

const noEntry = -2

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
    return {
      ...rest,
      help: [`the program is called   ${name}   here; other files go by their path, libraries by their name`],
    }
  return help ? { ...rest, help: help.map(text => text.replace(/ +\(all: [^)]*\)$/, '')) } : rest
}
