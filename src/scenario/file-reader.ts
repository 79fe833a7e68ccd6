// SPDX-License-Identifier: MIT
import { relative } from 'node:path'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { SourceFile } from '../diagnostics/source-file.ts'
import { readYaml } from './read-yaml.ts'
import type { TreeNode } from './tree.ts'

export type TreeOfFile = {
  readonly file: SourceFile
  readonly tree?: TreeNode
  readonly diagnostics: readonly Diagnostic[]
}

/** Reads each file once, however many variants and files use it, and remembers which were read. */
export class FileReader {
  readonly #texts = new Map<string, Promise<SourceFile | undefined>>()
  readonly #trees = new Map<string, Promise<TreeOfFile>>()
  readonly #noted = new Set<string>()
  readonly #cwd: string
  readonly #readFile: (path: string) => Promise<string>

  constructor(cwd: string, readFile: (path: string) => Promise<string>) {
    this.#cwd = cwd
    this.#readFile = readFile
  }

  /** A file's text, or undefined where it cannot be read. */
  text(path: string): Promise<SourceFile | undefined> {
    this.#noted.add(path)
    const known = this.#texts.get(path)
    if (known) return known
    const reading = this.#read(path)
    this.#texts.set(path, reading)
    return reading
  }

  /** A YAML file's tree, or the mistakes of its spelling. */
  tree(path: string): Promise<TreeOfFile> {
    const known = this.#trees.get(path)
    if (known) return known
    const reading = this.#readTree(path)
    this.#trees.set(path, reading)
    return reading
  }

  /** Takes note of a file that somebody else reads. */
  note(path: string): void {
    this.#noted.add(path)
  }

  /** Every path but this one, in the order in which they were met. */
  others(path: string): readonly string[] {
    return [...this.#noted].filter(other => other !== path)
  }

  async #read(path: string): Promise<SourceFile | undefined> {
    const text = await this.#readFile(path).catch(() => undefined)
    if (text === undefined) return undefined
    return { path: relative(this.#cwd, path) || path, text }
  }

  async #readTree(path: string): Promise<TreeOfFile> {
    const file = await this.text(path)
    if (file) return { file, ...readYaml(file) }
    const missing: SourceFile = { path: relative(this.#cwd, path) || path, text: '' }
    const message = `${missing.path} cannot be read`
    return { file: missing, diagnostics: [{ code: 'R001', severity: 'error', message, labels: [] }] }
  }
}
