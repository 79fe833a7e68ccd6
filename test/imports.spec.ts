// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { expect } from 'chai'
import { root, writtenFiles } from './source-files.ts'

/** The house from the roof down (docs/internals.md): a floor imports only from floors below it. */
const floors = [
  'cli',
  'report',
  'engine',
  'explore',
  'expect',
  'schedule',
  'plan',
  'scenario',
  'tracing',
  'uprobes',
  'kernel',
  'machine',
  'program',
  'events',
  'diagnostics',
]

/** Floors that may see less than everything below them. */
const only: Readonly<Record<string, readonly string[]>> = { machine: ['events', 'diagnostics'] }

/** Floors that are given what they work on, and touch nothing of the computer that they run on. */
const pure = [
  'report',
  'explore',
  'expect',
  'schedule',
  'tracing',
  'uprobes',
  'kernel',
  'events',
  'diagnostics',
]

type Import = { readonly from: string; readonly to: string; readonly line: number }

const importText =
  /^(?:import|export)\b[^'"]*?\bfrom\s+'([^']+)'|^import\s+'([^']+)'|\bimport\(\s*'([^']+)'/gm

const imports = writtenFiles(/\.ts$/, ['src']).flatMap(({ path, text }) =>
  [...text.matchAll(importText)].map((match): Import => {
    const name = match.slice(1).find(group => group !== undefined)!
    const to = name.startsWith('.') ? posix.join(posix.dirname(path), name) : name
    return { from: path, to, line: text.slice(0, match.index).split('\n').length }
  }),
)

describe('imports', () => {
  it('are found at all', () => {
    expect(imports.length).to.be.greaterThan(50)
  })

  it('go down the house', () => {
    const wrong = imports.filter(
      ({ from, to }) => to.startsWith('src/') && !allowed(floorOf(from), floorOf(to)),
    )
    expect(wrong.map(describeImport)).to.deep.equal([])
  })

  it('bring in only packages that package.json names as dependencies', () => {
    const { dependencies } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
      dependencies: Record<string, string>
    }
    const packages = imports.filter(({ to }) => !to.startsWith('src/') && !to.startsWith('node:'))
    const wrong = packages.filter(({ to }) => !(packageOf(to) in dependencies))
    expect(wrong.map(describeImport)).to.deep.equal([])
  })

  it('bring nothing of the host into the pure floors', () => {
    const host = imports.filter(({ to }) => to.startsWith('node:') && to !== 'node:path')
    const wrong = host.filter(({ from }) => pure.includes(floorOf(from)))
    expect(wrong.map(describeImport)).to.deep.equal([])
  })
})

function allowed(from: string, to: string): boolean {
  if (from === to) return true
  if (only[from]) return only[from].includes(to)
  return floors.includes(from) && floors.indexOf(to) > floors.indexOf(from)
}

/** `src/kernel/mm/vma.ts` → `kernel`. */
function floorOf(path: string): string {
  return path.split('/')[1]!
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function describeImport({ from, to, line }: Import): string {
  return `${from}:${line} imports ${to}`
}
