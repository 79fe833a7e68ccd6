// SPDX-License-Identifier: MIT
import { existsSync, readFileSync } from 'node:fs'
import { checkRecord, readCorpus } from '../test/tracing/definitions-corpus.ts'

/** `npm run -s definitions -- FILE…`: checks files of recorded definitions; prints the first differences and the totals. */
const shown = 20
const files = process.argv.slice(2)
const missing = files.filter(file => !existsSync(file))
if (missing.length > 0) {
  for (const file of missing) console.error(`${file}: there is no such file`)
  process.exitCode = 2
} else if (files.length === 0) {
  console.error('usage: npm run -s definitions -- FILE…')
  process.exitCode = 2
} else {
  const results = files
    .flatMap(file => readCorpus(readFileSync(file, 'utf8')))
    .map(record => ({ record, differences: checkRecord(record) }))
  const failed = results.filter(({ differences }) => differences.length > 0)
  for (const { record, differences } of failed.slice(0, shown)) {
    console.log(`${record.line}\n${differences.map(text => `  ${text}\n`).join('')}`)
  }
  if (failed.length > shown) console.log(`and ${failed.length - shown} more`)
  console.log(`${results.length - failed.length} passed, ${failed.length} failed`)
  if (failed.length > 0) process.exitCode = 1
}
