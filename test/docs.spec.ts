// SPDX-License-Identifier: MIT
import { existsSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { expect } from 'chai'
import { codes } from '../src/diagnostics/codes.ts'
import { allKinds, describeKind } from '../src/events/event-kinds.ts'
import { root, writtenFiles } from './source-files.ts'

const pages = writtenFiles(/\.md$/)
const read = (path: string): string => readFileSync(root + path, 'utf8')

describe('the documentation', () => {
  it('links to what is there', () => {
    const links = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(match => ({ path, to: match[1]! })),
    )
    const local = links.filter(({ to }) => !/^[a-z]+:/.test(to))
    expect(local).not.to.deep.equal([])
    const dead = local.filter(({ path, to }) => !existsSync(root + posix.join(posix.dirname(path), to)))
    expect(dead).to.deep.equal([])
  })

  it('has the table of events of the code', () => {
    const rows = allKinds.map(kind => {
      const { subject, doc, fields } = describeKind(kind)
      const others = Object.keys(fields).filter(name => name !== subject)
      const list = others.length > 0 ? `; ${others.map(name => `\`${name}\``).join(', ')}` : ''
      return `| \`${kind}\` | ${subject} | ${doc}${list} |`
    })
    expect(read('docs/scenario-format.md')).to.include(`\n${rows.join('\n')}\n`)
  })

  it('names every key of the schema', () => {
    const page = read('docs/scenario-format.md')
    const schema = JSON.parse(read('schema/scenario.schema.json')) as {
      properties: Record<string, { properties?: Record<string, unknown> }>
    }
    const keys = [
      ...Object.keys(schema.properties),
      ...Object.keys(schema.properties['expect']?.properties ?? {}),
    ]
    expect(keys.length).to.be.greaterThan(20)
    expect(keys.filter(key => !page.includes(`\`${key}`))).to.deep.equal([])
  })

  it('names a line of the decisions for every runtime dependency', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }
    const page = read('docs/decisions.md')
    expect(Object.keys(dependencies).filter(name => !page.includes(`* **${name}** — `))).to.deep.equal([])
  })

  it('lists surviving mutants of files that are there', () => {
    const files = [...read('docs/mutants.md').matchAll(/^### `([^`]+)`/gm)].map(([, path]) => path!)
    expect(files).not.to.deep.equal([])
    expect(files.filter(path => !existsSync(`${root}src/uprobes/${path}`))).to.deep.equal([])
  })

  it('explains every error code in a sentence', () => {
    const bare = Object.entries(codes).filter(([, text]) => !/^[A-Z`].*[.)]$/.test(text))
    expect(bare).to.deep.equal([])
  })
})
