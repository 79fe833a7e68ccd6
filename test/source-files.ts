// SPDX-License-Identifier: MIT
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** Folders that are made, installed or recorded, rather than written. */
const notWritten = new Set([
  'node_modules',
  'dist',
  'generated',
  '.git',
  '.trapline',
  'test/conformance/data',
])

export type WrittenFile = { readonly path: string; readonly text: string; readonly lines: readonly string[] }

/** Every file that people wrote, by its path relative to the repository; `folders` limits to some top folders. */
export function writtenFiles(pattern: RegExp, folders: readonly string[] = ['']): WrittenFile[] {
  return folders
    .flatMap(walk)
    .filter(path => pattern.test(path))
    .map(readWritten)
}

function readWritten(path: string): WrittenFile {
  const text = readFileSync(root + path, 'utf8')
  return { path, text, lines: text.split('\n') }
}

function walk(folder: string): string[] {
  const paths: string[] = []
  for (const entry of readdirSync(root + folder, { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (notWritten.has(entry.name) || notWritten.has(path)) continue
    if (entry.isDirectory()) paths.push(...walk(path))
    else if (entry.isFile()) paths.push(path)
  }
  return paths.sort()
}
