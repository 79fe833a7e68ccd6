// SPDX-License-Identifier: MIT
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { checkFile } from '../src/machine/vectors/check-file.ts'

/** `npm run -s vectors -- FILE…`: holds the processor to recorded instruction vectors and traces; of a folder, to every file in it. */
const mostLines = 50
let passed = 0
let failed = 0
for (const path of process.argv.slice(2).flatMap(filesOf)) {
  if (!existsSync(path)) {
    console.error(`${path}: there is no such file`)
    process.exitCode = 2
    continue
  }
  const verdicts = checkFile(readFileSync(path))
  if (verdicts === undefined) {
    console.error(`${path}: neither a vector file nor a trace`)
    process.exitCode = 2
    continue
  }
  for (const { name, wrong } of verdicts) {
    if (wrong === undefined) {
      passed++
      continue
    }
    failed++
    if (failed <= mostLines) console.log(`${name}: ${wrong}`)
    else if (failed === mostLines + 1) console.log('…')
  }
}
console.log(`${passed} passed, ${failed} failed`)
if (failed > 0) process.exitCode = 1

function filesOf(path: string): string[] {
  return existsSync(path) && statSync(path).isDirectory()
    ? readdirSync(path)
        .sort()
        .map(name => join(path, name))
    : [path]
}
