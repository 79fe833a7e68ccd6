// SPDX-License-Identifier: MIT
import { readFile as readFileFromDisk } from 'node:fs/promises'
import { dirname, extname, relative, resolve } from 'node:path'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { describeSpan, type SourceFile } from '../diagnostics/source-file.ts'
import { checkScenario } from './check-scenario.ts'
import { FileReader } from './file-reader.ts'
import { expandMatrix } from './matrix.ts'
import { mergeDefinitions } from './merge-definitions.ts'
import { readScenario } from './read-scenario.ts'
import { error } from './report.ts'
import type { Scenario } from './scenario.ts'
import { substitute } from './substitute.ts'
import { entryOf, type TreeNode } from './tree.ts'
import { definitionSections, usedDefinitions } from './use-files.ts'
import { validateTree } from './validate-tree.ts'
import type { Variant } from './variant.ts'

export type LoadOptions = {
  /** Text of a file by its absolute path; rejects where it cannot be read. */
  readonly readFile?: (path: string) => Promise<string>
  /** Folder that printed paths start from. */
  readonly cwd?: string
  /** Id of the file; the default is its path from `cwd`, without a leading `scenarios/` and the extension. */
  readonly id?: string
}

export type LoadedFile = {
  readonly file: SourceFile
  /** One per variant, those without errors. Empty for a file of definitions that others use. */
  readonly scenarios: readonly Scenario[]
  readonly diagnostics: readonly Diagnostic[]
  /** Absolute paths of all files that were read beside this one: `use`, `asm` and `c` files, and ELF files that it names. */
  readonly dependencies: readonly string[]
  /** A file that holds nothing but definitions for others: no test. */
  readonly definitionsOnly: boolean
}

/** Reads a scenario file: every variant of it as typed data, or every mistake of the first phase that found any. */
export async function loadScenarios(path: string, options: LoadOptions = {}): Promise<LoadedFile> {
  const cwd = options.cwd ?? process.cwd()
  const absolute = resolve(cwd, path)
  const reader = new FileReader(cwd, options.readFile ?? (name => readFileFromDisk(name, 'utf8')))
  const { file, tree, diagnostics } = await reader.tree(absolute)
  const result = (part: Partial<LoadedFile>): LoadedFile => ({
    file,
    scenarios: [],
    diagnostics: [],
    dependencies: reader.others(absolute),
    definitionsOnly: false,
    ...part,
  })
  if (!tree) return result({ diagnostics })
  if (tree.kind !== 'map') return result({ diagnostics: [notAScenario(tree)] })
  const matrix = expandMatrix(entryOf(tree, 'matrix'))
  if (matrix.diagnostics.length > 0) return result({ diagnostics: matrix.diagnostics })
  const place = { id: options.id ?? defaultId(absolute, cwd), file, folder: dirname(absolute) }
  const definitionsOnly = isDefinitionsOnly(tree)
  const loaded: Loaded[] = []
  for (const variant of matrix.variants) {
    loaded.push(await loadVariant(tree, variant, { place, reader, absolute, definitionsOnly }))
  }
  const phase = Math.min(...loaded.map(variant => variant.phase))
  return result({
    scenarios: loaded.flatMap(({ scenario }) => scenario ?? []),
    diagnostics: inFileOrder(
      file,
      loaded
        .filter(variant => variant.phase === phase || variant.scenario)
        .flatMap(variant => variant.diagnostics),
    ),
    dependencies: reader.others(absolute),
    definitionsOnly,
  })
}

type Context = {
  readonly place: Parameters<typeof readScenario>[2]
  readonly reader: FileReader
  readonly absolute: string
  readonly definitionsOnly: boolean
}
/** `phase` is the one that the variant came to: later ones were not tried after errors. */
type Loaded = {
  readonly phase: number
  readonly scenario?: Scenario
  readonly diagnostics: readonly Diagnostic[]
}

async function loadVariant(original: TreeNode, variant: Variant, context: Context): Promise<Loaded> {
  const { place, reader, absolute, definitionsOnly } = context
  const diagnostics: Diagnostic[] = []
  const failed = () => diagnostics.some(({ severity }) => severity === 'error')
  const report = (diagnostic: Diagnostic) => diagnostics.push(diagnostic)

  const tree = substitute(original, variant, diagnostics)
  if (failed()) return { phase: 1, diagnostics }
  diagnostics.push(...(await validateTree(tree, { definitionsOnly })))
  if (failed()) return { phase: 2, diagnostics }
  const parts = await usedDefinitions({ tree, path: absolute }, variant, reader, report)
  if (failed()) return { phase: 3, diagnostics }
  const definitions = mergeDefinitions(parts, report)
  if (definitionsOnly) return { phase: 4, diagnostics }
  const scenario = readScenario(tree, definitions, place, variant, report)
  for (const binary of definitions.binaries.values()) {
    if (binary.kind === 'elf') reader.note(resolve(binary.folder, binary.path.value))
  }
  if (failed()) return { phase: 4, diagnostics }
  await checkScenario(scenario, report)
  return failed() ? { phase: 5, diagnostics } : { phase: 6, scenario, diagnostics }
}

function notAScenario(tree: TreeNode): Diagnostic {
  const empty = tree.kind === 'scalar' && tree.value === null
  const message = empty ? 'this file is empty' : 'a scenario is a map of keys'
  const { file } = tree.span
  const span = empty ? { file, start: 0, end: 0 } : tree.span
  return error('S004', span, message, { help: 'it begins with   title: what this scenario proves' })
}

/** A file of definitions has no title, and nothing that only a scenario has. */
function isDefinitionsOnly(tree: TreeNode): boolean {
  return (
    tree.kind === 'map' &&
    tree.entries.length > 0 &&
    tree.entries.every(({ key }) => definitionSections.has(key))
  )
}

function defaultId(absolute: string, cwd: string): string {
  const path = relative(cwd, absolute).replaceAll('\\', '/')
  return path.slice(0, path.length - extname(path).length).replace(/^scenarios\//, '')
}

/** Each once, though variants repeat what they share, and in the order of this file; those of other files behind. */
function inFileOrder(file: SourceFile, diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>()
  const distinct = diagnostics.filter(({ code, message, labels: [label] }) => {
    const key = `${code} ${message} ${label ? describeSpan(label.span) : ''}`
    return seen.size < seen.add(key).size
  })
  const place = ({ labels: [label] }: Diagnostic) =>
    label?.span.file === file ? label.span.start : file.text.length
  return distinct.sort((a, b) => place(a) - place(b))
}
