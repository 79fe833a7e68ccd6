// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { commands } from '../../src/cli/commands.ts'
import { type Option, options } from '../../src/cli/options.ts'
import { codes } from '../../src/diagnostics/codes.ts'
import { reporterTexts } from '../../src/report/reporter-texts.ts'
import { reporters } from '../../src/report/reporters.ts'
import { tool } from './tool.ts'

const table: Readonly<Record<string, Option>> = options

describe('help', () => {
  it('names every command, and everything that a command takes', async () => {
    const overview = (await tool(['--help'])).out
    for (const command of Object.keys(commands)) {
      expect(overview).to.include(command)
      const { out, code } = await tool([command, '--help'])
      expect(code).to.equal(0)
      const flags = Object.entries(table).filter(([, option]) =>
        option.commands.some(name => name === command),
      )
      for (const [name, { text }] of flags) expect(out).to.include(`--${name}`).and.include(text)
    }
  })

  it('fits a terminal of 104 columns', async () => {
    const texts = await Promise.all(
      ['', ...Object.keys(commands)].map(command => tool(['help', command].filter(Boolean))),
    )
    const wide = texts.flatMap(({ out }) => out.split('\n')).filter(line => line.length > 104)
    expect(wide).to.deep.equal([])
  })

  it('knows every reporter', () => {
    expect(Object.keys(reporterTexts)).to.deep.equal(Object.keys(reporters))
  })
})

describe('the table of flags', () => {
  it('spells nothing twice', () => {
    const shorts = Object.values(table).flatMap(({ short }) => short ?? [])
    expect(new Set([...shorts, 'h', 'V']).size).to.equal(shorts.length + 2)
  })
})

describe('trapline explain CODE', () => {
  it('says what every code means', async () => {
    for (const code of Object.keys(codes)) {
      const said = await tool(['explain', code])
      expect(said, code).to.deep.equal({
        code: 0,
        out: `${code}  ${codes[code as keyof typeof codes]}\n`,
        err: '',
      })
    }
  })

  it('asks whether another one was meant', async () => {
    const { code, err } = await tool(['explain', 'T999'])
    expect(code).to.equal(2)
    expect(err).to.match(/^trapline: there is no error code T999/)
  })
})
