// SPDX-License-Identifier: MIT
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Outline, outlineOf } from './outline.ts'
import type { SelectedFile } from './select-files.ts'
import { stateFolder } from './state-folder.ts'
import { version } from './version.ts'

/** What was found in a file, and the files that it was found in: it holds as long as none of them has other contents. */
type Kept = { readonly contents: Readonly<Record<string, string>>; readonly outlines: readonly Outline[] }
type KeptFiles = { readonly version: string; readonly files: Readonly<Record<string, Kept>> }

/**
 * Outlines of the tests in files. Reading YAML takes longer than a list may, so what was found in a file without mistakes is kept in
 * `.trapline/outlines.json` with a hash of everything that it came from; without that file all is read anew.
 */
export async function outlineFiles(
  files: readonly SelectedFile[],
  folder: string,
): Promise<readonly Outline[]> {
  const path = join(folder, stateFolder, 'outlines.json')
  const kept = readKept(path)
  const hashes = new Map<string, string | undefined>()
  const hashOf = (file: string): string | undefined => {
    if (!hashes.has(file)) hashes.set(file, hashFile(file))
    return hashes.get(file)
  }
  const holds = (entry: Kept): boolean =>
    Object.entries(entry.contents).every(([file, hash]) => hashOf(file) === hash)
  const keyOf = ({ path: file, id }: SelectedFile): string => `${id} ${file}`

  const known = new Map<string, Kept>()
  for (const file of files) {
    const entry = kept[keyOf(file)]
    if (entry && holds(entry)) known.set(keyOf(file), entry)
  }
  const unknown = files.filter(file => !known.has(keyOf(file)))
  const read = unknown.length > 0 ? await readFiles(unknown, folder) : []
  const fresh: Record<string, Kept> = {}
  for (const [index, { outlines, sources, invalid }] of read.entries()) {
    const contents = Object.fromEntries(
      sources.flatMap(source => {
        const hash = hashOf(source)
        return hash === undefined ? [] : [[source, hash] as const]
      }),
    )
    const entry = { contents, outlines }
    known.set(keyOf(unknown[index]!), entry)
    if (!invalid) fresh[keyOf(unknown[index]!)] = entry
  }
  if (Object.keys(fresh).length > 0) keep(path, { version: version(), files: { ...kept, ...fresh } })
  return files.flatMap(file => chosen(known.get(keyOf(file))!.outlines, file))
}

function chosen(outlines: readonly Outline[], { variants }: SelectedFile): readonly Outline[] {
  if (variants === 'all') return outlines
  return outlines.filter(
    ({ invalid, variant }) =>
      invalid !== undefined || variants.some(wanted => wanted.every(pair => variant.includes(pair))),
  )
}

async function readFiles(
  files: readonly SelectedFile[],
  folder: string,
): Promise<{ outlines: readonly Outline[]; sources: readonly string[]; invalid: boolean }[]> {
  const { loadFile } = await import('./load-tests.ts')
  return Promise.all(
    files.map(async file => {
      const { tests, dependencies, invalid } = await loadFile({ ...file, variants: 'all' }, folder)
      return { outlines: tests.map(outlineOf), sources: [file.path, ...dependencies], invalid }
    }),
  )
}

function hashFile(path: string): string | undefined {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('base64')
  } catch {
    return undefined
  }
}

function readKept(path: string): KeptFiles['files'] {
  try {
    const kept = JSON.parse(readFileSync(path, 'utf8')) as KeptFiles
    return kept.version === version() ? kept.files : {}
  } catch {
    return {}
  }
}

/** In a folder that cannot be written the next list takes as long as this one; that is no reason to complain. */
function keep(path: string, kept: KeptFiles): void {
  const unfinished = `${path}.${process.pid}`
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(unfinished, JSON.stringify(kept))
    renameSync(unfinished, path)
  } catch {
    return
  }
}
