// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs'
import { isAbsolute, join, relative, resolve } from 'node:path'
import { suggest } from '../diagnostics/suggest.ts'
import { commands } from './commands.ts'
import { findFiles, isFile, isFolder } from './find-files.ts'
import { globRoot, globToRegExp, isGlob } from './glob.ts'
import { scenarioId, scenariosFolder } from './scenario-id.ts'

/** A file whose tests were asked for: all of its variants, or those that hold every `axis=name` of one of the lists. */
export type SelectedFile = {
  readonly path: string
  readonly id: string
  readonly variants: 'all' | readonly (readonly string[])[]
}

export type FileSelection =
  /** `ids` narrows to some of the tests in the files. */
  | { readonly ok: true; readonly files: readonly SelectedFile[]; readonly ids?: ReadonlySet<string> }
  | { readonly ok: false; readonly message: string }

/** What the words on the command line stand for: files, folders, globs, ids, `file:line`; without words, the folder `scenarios`. */
export function selectFiles(words: readonly string[], folder: string): FileSelection {
  const files = new Map<string, SelectedFile>()
  for (const word of words.length > 0 ? words : [scenariosFolder]) {
    const found = resolveWord(word, folder)
    if (typeof found === 'string') {
      if (words.length === 0) return { ok: false, message: noFolder(folder) }
      return { ok: false, message: found }
    }
    for (const file of found) files.set(file.path, merge(files.get(file.path), file))
  }
  return { ok: true, files: [...files.values()] }
}

function noFolder(folder: string): string {
  return `there is no folder ${scenariosFolder}/ in ${folder}; name a file or a folder`
}

function merge(known: SelectedFile | undefined, file: SelectedFile): SelectedFile {
  if (!known) return file
  if (known.variants === 'all' || file.variants === 'all') return { ...file, variants: 'all' }
  return { ...file, variants: [...known.variants, ...file.variants] }
}

/** Files that one word stands for; a text says why it stands for none. */
function resolveWord(word: string, folder: string): SelectedFile[] | string {
  const select = (path: string, variants: SelectedFile['variants'] = 'all'): SelectedFile => ({
    path,
    id: scenarioId(path, folder),
    variants,
  })
  const path = resolve(folder, word)
  if (isFile(path)) return [select(path)]
  if (isFolder(path)) return findFiles(path).map(file => select(file))

  const line = /^(.+?):(\d+)(?::\d+)?$/.exec(word)
  if (line && isFile(resolve(folder, line[1]!))) return fileAtLine(resolve(folder, line[1]!), line, select)

  const [, id, variant] = /^(.*?)(?:\[(.*)\])?$/.exec(word)!
  const file = fileOfId(id!, folder)
  if (file) return [select(file, variant === undefined ? 'all' : [variant.split(',')])]
  if (isFolder(join(folder, scenariosFolder, word))) {
    return findFiles(join(folder, scenariosFolder, word)).map(found => select(found))
  }
  if (isGlob(word)) return matchGlob(word, folder).map(found => select(found))
  return describeUnknown(word, folder)
}

/** A file holds one scenario, so a line of it means the whole file; the line must exist, or it is not the file that was meant. */
function fileAtLine(
  path: string,
  [word, name, line]: RegExpExecArray,
  select: (path: string) => SelectedFile,
): SelectedFile[] | string {
  const lines = readFileSync(path, 'utf8').replace(/\n$/, '').split('\n').length
  if (Number(line) === 0) return `${word}: lines count from 1`
  return Number(line) <= lines ? [select(path)] : `${word}: ${name} has only ${lines} lines`
}

function fileOfId(id: string, folder: string): string | undefined {
  const places = [folder, join(folder, scenariosFolder)]
  const candidates = places.flatMap(place => [`${id}.yaml`, `${id}.yml`].map(name => resolve(place, name)))
  return candidates.find(isFile)
}

/** Matches paths relative to the folder, as a shell would, and ids. */
function matchGlob(pattern: string, folder: string): string[] {
  const expression = globToRegExp(pattern.replace(/^\.\//, ''))
  const roots = [resolve(folder, globRoot(pattern)), join(folder, scenariosFolder)]
  const files = new Set(roots.filter(isFolder).flatMap(root => findFiles(root)))
  return [...files].filter(file => {
    const path = isAbsolute(pattern) ? file : relative(folder, file)
    return expression.test(path) || expression.test(scenarioId(file, folder))
  })
}

function describeUnknown(word: string, folder: string): string {
  const root = join(folder, scenariosFolder)
  const ids = isFolder(root) ? findFiles(root).map(file => scenarioId(file, folder)) : []
  const near = suggest(word, [...Object.keys(commands), ...ids])
  return `\`${word}\` is neither a command nor a file, a folder or the id of a test${near ? `; did you mean \`${near}\`?` : ''}`
}
