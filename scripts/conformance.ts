// SPDX-License-Identifier: MIT
import { existsSync } from 'node:fs'
import { checkCase } from '../src/engine/corpus/check-case.ts'
import { readCorpus } from '../src/engine/corpus/read-corpus.ts'

/** `npm run -s conformance -- DIR [NAME…]`: a line a case, the differences under those that fail, and the counts. */
const [folder, ...names] = process.argv.slice(2)
if (folder === undefined) {
  console.error('usage: npm run -s conformance -- DIR [NAME…]')
  process.exitCode = 2
} else if (!existsSync(folder)) {
  console.error(`${folder}: there is no such folder`)
  process.exitCode = 2
} else {
  let passed = 0
  let failed = 0
  for (const entry of readCorpus(folder, names)) {
    const differences = checkCase(entry)
    if (differences.length === 0) passed++
    else failed++
    console.log(`${differences.length === 0 ? 'PASS' : 'FAIL'} ${entry.name}`)
    for (const difference of differences.slice(0, 5)) console.log(`     ${difference}`)
  }
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0
}
