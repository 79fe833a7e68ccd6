// SPDX-License-Identifier: MIT
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { CaseFiles } from './boot-case.ts'
import type { CorpusCase, CorpusOutcome } from './corpus-case.ts'

export type CorpusEntry = {
  readonly name: string
  readonly input: CorpusCase
  readonly files: CaseFiles
  readonly recorded: CorpusOutcome
}

export type UnreadableCase = { readonly name: string; readonly problem: string }

/** Reads the cases of a corpus folder, or the one case that the folder is, in the order of their names. `NAME.gz` stands for file NAME. */
export function* readCorpus(
  folder: string,
  names: readonly string[] = [],
): Generator<CorpusEntry | UnreadableCase> {
  if (existsSync(join(folder, 'case.json'))) {
    yield readEntry(folder)
    return
  }
  const wanted = (name: string): boolean => names.length === 0 || names.includes(name)
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name)
    if (wanted(name) && existsSync(join(path, 'case.json'))) yield readEntry(path)
  }
}

function readEntry(folder: string): CorpusEntry | UnreadableCase {
  try {
    return readFiles(folder)
  } catch (error) {
    return { name: basename(folder), problem: (error as Error).message }
  }
}

function readFiles(folder: string): CorpusEntry {
  const json = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'))
  const input = json('case.json') as CorpusCase
  const files = new Map<string, Uint8Array>()
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (!statSync(path).isFile() || /\.(json|c|S)$/.test(name)) continue
    const bytes = readFileSync(path)
    if (name.endsWith('.gz')) files.set(name.slice(0, -3), gunzipSync(bytes))
    else files.set(name, bytes)
  }
  return { name: input.name, input, files, recorded: json('live.json') as CorpusOutcome }
}
