// SPDX-License-Identifier: MIT
import { readdirSync } from 'node:fs'
import fc from 'fast-check'
import Mocha from 'mocha'

// The same examples in every process: whether a mutant is noticed must not be a matter of luck.
fc.configureGlobal({ seed: 1 })

/** Titles of tests by the name of their file. */
export type Tests = Readonly<Record<string, readonly string[]>>

/** Runs the bundled specs of a folder up to the first failure, or some of their tests alone. Returns the number of failures. */
export async function runSpecs(folder: string, tests?: Tests): Promise<number> {
  const mocha = await loadSpecs(folder, { bail: true, ...(tests && { files: Object.keys(tests) }) })
  if (tests) mocha.grep(new RegExp(`^(?:${Object.values(tests).flat().map(quoted).join('|')})$`))
  return run(mocha)
}

/** All specs, or those files. A suite asks when it is made whether the first failure ends it. */
export async function loadSpecs(
  folder: string,
  { bail, files }: { readonly bail: boolean; readonly files?: readonly string[] },
): Promise<Mocha> {
  const mocha = new Mocha({ timeout: 20_000, reporter: 'dot', bail })
  const all = readdirSync(folder).filter(name => name.endsWith('.spec.mjs'))
  for (const name of files ?? all) mocha.addFile(folder + name)
  await mocha.loadFilesAsync()
  return mocha
}

export function run(mocha: Mocha): Promise<number> {
  return new Promise(resolve => mocha.run(resolve))
}

function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
