// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'

const goldenName = /^(.*?)(?:\.[^.=/]+=.*)?\.trace$/

/**
 * L021 for golden files that no test compares itself with. `folder` is as it is printed, `files` are the names in it, `used` the names of
 * goldens of the tests of this folder. A golden whose scenario is not among `loaded` (stems of scenario files) is left alone.
 */
export function orphanGoldens(
  folder: string,
  files: readonly string[],
  used: ReadonlySet<string>,
  loaded: ReadonlySet<string>,
): Diagnostic[] {
  const stems = new Set(files.filter(name => /\.ya?ml$/.test(name)).map(name => name.replace(/\.ya?ml$/, '')))
  return files
    .filter(name => goldenName.test(name) && !used.has(name))
    .filter(name => {
      const stem = goldenName.exec(name)![1]!
      return !stems.has(stem) || loaded.has(stem)
    })
    .map(name => orphan(folder === '' ? name : `${folder}/${name}`))
}

function orphan(path: string): Diagnostic {
  return {
    code: 'L021',
    severity: 'error',
    message: `no test compares itself with ${path}`,
    labels: [{ span: { file: { path, text: '' }, start: 0, end: 0 } }],
    help: ['remove it, or restore the scenario or variant that wrote it'],
  }
}
