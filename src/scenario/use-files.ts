// SPDX-License-Identifier: MIT
import { dirname, resolve } from 'node:path'
import type { FileReader } from './file-reader.ts'
import { type Definitions, readDefinitions } from './read-definitions.ts'
import { error, type Report } from './report.ts'
import type { SourceText } from './scenario.ts'
import { substitute } from './substitute.ts'
import { childOf, entriesOf, itemsOf, type ScalarNode, type TreeNode, textOf } from './tree.ts'
import { validateTree } from './validate-tree.ts'
import type { Variant } from './variant.ts'

/** What a file may hold that others `use`. */
export const definitionSections: ReadonlySet<string> = new Set([
  'use',
  'binaries',
  'threads',
  'processes',
  'probes',
])

type UsingFile = {
  readonly tree: TreeNode
  readonly path: string
  /** The `use` entries that led here, outermost first. */
  readonly trail?: readonly { readonly path: string; readonly entry: TreeNode }[]
}

/** Definitions of a file and of all that it uses, in the order of use, its own last. A file that is used twice counts once. */
export async function usedDefinitions(
  { tree, path, trail = [] }: UsingFile,
  variant: Variant,
  reader: FileReader,
  report: Report,
  seen: Set<string> = new Set(),
): Promise<readonly Definitions[]> {
  const parts: Definitions[] = []
  for (const entry of itemsOf(childOf(tree, 'use'))) {
    const used = resolve(dirname(path), textOf(entry as ScalarNode))
    const circle = used === path ? { entry } : trail.find(step => step.path === used)
    if (circle) {
      report({
        ...error('R009', entry.span, 'these files use each other in a circle'),
        labels: [
          { span: entry.span },
          ...(circle.entry === entry ? [] : [{ span: circle.entry.span, text: 'the circle begins here' }]),
        ],
      })
      continue
    }
    if (seen.has(used)) continue
    seen.add(used)
    const usedTree = await readUsed(used, entry, variant, reader, report)
    if (!usedTree) continue
    const further = [...trail, { path, entry }]
    parts.push(
      ...(await usedDefinitions(
        { tree: usedTree, path: used, trail: further },
        variant,
        reader,
        report,
        seen,
      )),
    )
  }
  const texts = await readTexts(tree, path, reader, report)
  parts.push(readDefinitions(tree, { folder: dirname(path), text: node => texts.get(node) }, report))
  return parts
}

async function readUsed(path: string, entry: TreeNode, variant: Variant, reader: FileReader, report: Report) {
  const { tree: original, diagnostics } = await reader.tree(path)
  const problems = [...diagnostics]
  if (problems.some(({ code }) => code === 'R001')) {
    report(error('R001', entry.span, `the file \`${textOf(entry as ScalarNode)}\` cannot be read`))
    return undefined
  }
  const tree = original && substitute(original, variant, problems)
  if (tree && problems.length === 0) problems.push(...(await validateTree(tree, { definitionsOnly: true })))
  problems.forEach(report)
  if (!tree || problems.length > 0) return undefined
  if (childOf(tree, 'title')) return tree
  for (const { key, keySpan } of entriesOf(tree)) {
    if (definitionSections.has(key)) continue
    const help = 'definitions are: binaries, threads, processes, probes'
    report(error('R016', keySpan, `\`${key}\` is not taken over by \`use\``, { help }))
  }
  return tree
}

/** The files that `asm: { file: … }` and `c: { file: … }` name, by the node that names them. */
async function readTexts(tree: TreeNode, path: string, reader: FileReader, report: Report) {
  const texts = new Map<ScalarNode, SourceText>()
  for (const { value: binary } of entriesOf(childOf(tree, 'binaries'))) {
    for (const key of ['asm', 'c']) {
      const node = childOf(childOf(binary, key), 'file') as ScalarNode | undefined
      if (!node) continue
      const file = await reader.text(resolve(dirname(path), textOf(node)))
      if (file) texts.set(node, { text: file.text, origin: { file, lineStarts: startsOfLines(file.text) } })
      else report(error('R001', node.span, `the file \`${textOf(node)}\` cannot be read`))
    }
  }
  return texts
}

function startsOfLines(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}
