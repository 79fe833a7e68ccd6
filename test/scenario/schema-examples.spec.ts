// SPDX-License-Identifier: MIT
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { renderDiagnostics } from '../../src/diagnostics/render.ts'
import { loadScenarios } from '../../src/scenario/load-scenarios.ts'

const schema = join(import.meta.dirname, '../../schema')
const yamlFiles = (folder: string) => readdirSync(join(schema, folder)).filter(name => name.endsWith('.yaml'))

describe('schema/valid', () => {
  for (const name of yamlFiles('valid')) {
    it(`takes ${name}`, async () => {
      const { scenarios, diagnostics } = await loadScenarios(`valid/${name}`, { cwd: schema })
      expect(renderDiagnostics(diagnostics, { color: false })).to.equal('')
      expect(scenarios).to.have.lengthOf.at.least(1)
    })
  }
})

describe('schema/invalid', () => {
  for (const name of yamlFiles('invalid')) {
    it(`says what is wrong with ${name}`, async () => {
      const { scenarios, diagnostics } = await loadScenarios(`invalid/${name}`, { cwd: schema })
      const text = `${renderDiagnostics(diagnostics, { color: false })}\n`
      const golden = join(schema, 'invalid', name.replace(/\.yaml$/, '.txt'))
      if (process.env['UPDATE_GOLDENS'] === '1') writeFileSync(golden, text)
      expect(text).to.equal(readFileSync(golden, 'utf8'))
      expect(scenarios).to.have.lengthOf(0)
    })
  }

  it('holds many of them', () => {
    expect(yamlFiles('invalid')).to.have.lengthOf.at.least(40)
  })
})
