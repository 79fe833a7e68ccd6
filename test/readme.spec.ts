// SPDX-License-Identifier: MIT
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { splitWords } from '../src/cli/split-words.ts'
import { maskTimes, tool } from './cli/tool.ts'
import { root } from './source-files.ts'

const path = join(root, 'README.md')
const readme = readFileSync(path, 'utf8')

/** A sample: what stands in a block for a terminal, and the change of the scenarios that a comment before it asks for. */
type Sample = {
  readonly block: string
  readonly command: string
  readonly change: readonly string[] | undefined
}

const samples = [
  ...readme.matchAll(/(?:<!-- (.+) -> (.+) -->\n)?```console\n\$ npx trapline (.*)\n[^`]*(?:`[^`]+)*?```\n/g),
].map(
  ([block, from, to, command]): Sample => ({
    block,
    command: command!,
    change: from && to ? [from, to] : undefined,
  }),
)

describe('README.md', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'trapline-'))
    cpSync(join(root, 'scenarios'), join(folder, 'scenarios'), { recursive: true })
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('shows a shipped scenario as it is', () => {
    const shipped = readFileSync(join(root, 'scenarios/tutorial/simple.yaml'), 'utf8')
    expect(readme).to.include(`\`\`\`yaml\n${shipped}\`\`\`\n`)
  })

  it('has samples', () => {
    expect(samples).to.have.lengthOf(4)
  })

  // With UPDATE_GOLDENS set, the samples are written instead of compared.
  for (const { block, command, change } of samples) {
    it(`shows what trapline ${command} says`, async () => {
      if (change) {
        const scenario = join(folder, 'scenarios/tutorial/simple.yaml')
        writeFileSync(scenario, readFileSync(scenario, 'utf8').replace(change[0]!, change[1]!))
      }
      const { out, err, code } = await tool(splitWords(command)!, { folder })
      expect(code, err).to.be.lessThan(2)
      const head = block.slice(0, block.indexOf('```console'))
      const real = `${head}\`\`\`console\n$ npx trapline ${command}\n${out.trimEnd()}\n\`\`\`\n`
      if (process.env['UPDATE_GOLDENS']) {
        writeFileSync(
          path,
          readFileSync(path, 'utf8').replace(block, () => real.replaceAll(' 0ms', ' 4ms')),
        )
      } else expect(maskTimes(block)).to.equal(real)
    })
  }
})
