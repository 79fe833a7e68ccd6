// SPDX-License-Identifier: MIT
import { basename, dirname, resolve } from 'node:path'
import type { Diagnostic, Label, Result } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { OutsideFolder } from '../kernel/fs/outside-tree.ts'
import type { Image } from '../program/image.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { OpenFolder } from './host-folder.ts'
import { type InRoot, type RootLink, RootTree } from './root-tree.ts'

/** The folder that `root:` names, or why it cannot be used; undefined where the scenario has none. */
export function planRoot({ root, folder }: Scenario, open: OpenFolder): Result<RootTree | undefined> {
  if (!root) return { ok: true, value: undefined }
  const path = resolve(folder, root.value)
  const opened = open(path)
  if (typeof opened !== 'string') return { ok: true, value: new RootTree(opened) }
  const messages = {
    missing: `the root folder \`${root.value}\` is not there`,
    'no-folder': `\`${root.value}\` is no folder, and \`root:\` names one`,
    unreadable: `the root folder \`${root.value}\` cannot be read`,
  }
  const near = opened === 'missing' ? nearFolder(path, open) : undefined
  return { ok: false, diagnostics: [wrong('R019', messages[opened], [{ span: root.span, ...near }])] }
}

function nearFolder(path: string, open: OpenFolder): Pick<Label, 'text'> {
  const above = open(dirname(path))
  const text = typeof above === 'string' ? undefined : didYouMean(basename(path), foldersIn(above))
  return text === undefined ? {} : { text }
}

function foldersIn(folder: OutsideFolder): string[] {
  return folder.list().flatMap(({ kind, name }) => (kind === 'folder' ? [name] : []))
}

/** What does not fit together: programs whose dynamic linker is not there, and files that hide what the root folder has. */
export function checkRoot(
  scenario: Scenario,
  tree: RootTree | undefined,
  images: ReadonlyMap<string, Image>,
): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  for (const { exec } of scenario.processes.values()) {
    const interpreter = images.get(exec.value)?.interpreter
    if (interpreter === undefined) continue
    const problem = missingInterpreter(scenario, tree, exec.value, interpreter, { span: exec.span })
    if (problem) diagnostics.push(problem)
  }
  return tree ? [...diagnostics, ...hidden(scenario, tree)] : diagnostics
}

function missingInterpreter(
  { root, binaries }: Scenario,
  tree: RootTree | undefined,
  program: string,
  path: string,
  executed: Label,
): Diagnostic | undefined {
  const written = binaries.get(program)
  const compiled = written?.kind === 'c' ? ['or link it statically:   flags: [-static]'] : []
  if (!tree || !root) {
    const message = `program \`${program}\` is dynamically linked, and the scenario has no root folder with ${path}`
    return {
      ...wrong('R020', message, [executed]),
      help: ["name the folder that has it, such as this computer's own:   root: /", ...compiled],
    }
  }
  const found = tree.find(path)
  const labels = [{ span: root.span }, { ...executed, text: `\`${program}\` is started here` }]
  if (found.kind === 'file' && (found.mode & 0o111) !== 0) return undefined
  if (found.kind === 'leaves') {
    const message = `${path}, the dynamic linker of \`${program}\`, lies behind a link that leaves the root folder`
    return {
      ...wrong('R021', message, labels),
      notes: [describe(found.link)],
      help: ['nothing outside the folder is read: put a copy of what it leads to into the folder'],
    }
  }
  const message = `${path}, the dynamic linker of \`${program}\`, ${whyNot(found)}`
  const link = found.kind === 'missing' || found.kind === 'loops' ? found.link : undefined
  const notes = link && [`${describe(link)}, and links are followed inside the folder`]
  return {
    ...wrong('R020', message, labels),
    ...(notes && { notes }),
    ...(compiled.length > 0 && { help: compiled }),
  }
}

function whyNot(found: Exclude<InRoot, { kind: 'leaves' }>): string {
  switch (found.kind) {
    case 'missing':
      return 'is not in the root folder'
    case 'loops':
      return 'lies behind links that go round in a circle'
    case 'folder':
      return 'is a folder in the root folder'
    case 'file':
      return 'cannot be executed: it has no such permission'
  }
}

function describe({ path, target }: RootLink): string {
  return `${path} is a link to ${target}`
}

/** Folders that are the machine's own wherever there is a root folder. */
const ownFolders = ['/dev', '/proc', '/tmp', '/var']

/** Binaries must not hide anything; files may replace files. */
function hidden({ root, binaries, processes }: Scenario, tree: RootTree): Diagnostic[] {
  const there: Label = { span: root!.span, text: 'the root folder' }
  const diagnostics: Diagnostic[] = []
  for (const { name } of binaries.values()) {
    const path = `/${name.value}`
    const found = tree.find(path)
    if (found.kind === 'missing' && !ownFolders.includes(path)) continue
    const message = `binary \`${name.value}\` lies at ${path}, and the root folder has ${found.kind === 'file' ? 'a file' : 'a folder'} of this name`
    const help = ['give the binary another name']
    diagnostics.push({ ...wrong('R022', message, [{ span: name.span }, there]), help })
  }
  for (const { files, name } of processes.values()) {
    for (const path of files.keys()) {
      const problem = inTheWay(path, tree)
      if (problem)
        diagnostics.push(
          wrong('R022', `file \`${path}\` of process \`${name.value}\` cannot be made: ${problem}`, [
            { span: name.span },
            there,
          ]),
        )
    }
  }
  return diagnostics
}

function inTheWay(path: string, tree: RootTree): string | undefined {
  const found = tree.find(path)
  if (found.kind === 'folder') return `the root folder has a folder there`
  if (found.kind === 'leaves' || found.kind === 'loops') return `${describe(found.link)}, which leads nowhere`
  for (let above = dirname(resolve('/', path)); above !== '/'; above = dirname(above))
    if (tree.find(above).kind === 'file') return `${above} is a file`
  return undefined
}

function wrong(code: Diagnostic['code'], message: string, labels: Diagnostic['labels']): Diagnostic {
  return { code, severity: 'error', message, labels }
}
