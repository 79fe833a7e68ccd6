// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs'
import { checkFile } from '../src/machine/vectors/check-file.ts'

/** `npm run -s vectors -- FILE…`: holds the processor to recorded instruction vectors and traces. */
const mostLines = 50
let passed = 0
let failed = 0
for (const path of process.argv.slice(2)) {
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
