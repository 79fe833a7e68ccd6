// SPDX-License-Identifier: MIT
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { root } from '../source-files.ts'

const folder = `${root}test/cli/golden/`

/** Holds a text against `test/cli/golden/NAME.txt`; with UPDATE_GOLDENS set, writes the file instead. */
export function expectGolden(name: string, text: string): void {
  const path = `${folder}${name}.txt`
  if (process.env['UPDATE_GOLDENS']) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(path, text)
  }
  expect(text).to.equal(readFileSync(path, 'utf8'))
}
