// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { schemaText } from '../../scripts/generate-schema.ts'
import { allKinds, describeKind } from '../../src/events/event-kinds.ts'

type Node = { readonly [keyword: string]: unknown }

const committed = readFileSync(new URL('../../schema/scenario.schema.json', import.meta.url), 'utf8')
const schema = JSON.parse(committed) as Node & { definitions: Record<string, Node> }

/** Every schema below, with its path. */
function* nodesOf(node: Node, path = ''): Generator<readonly [string, Node]> {
  yield [path, node]
  for (const key of ['properties', 'definitions'] as const) {
    for (const [name, child] of Object.entries((node[key] as Record<string, Node> | undefined) ?? {}))
      yield* nodesOf(child, `${path}/${key}/${name}`)
  }
  for (const key of ['items', 'additionalProperties'] as const) {
    const child = node[key]
    if (typeof child === 'object' && child !== null) yield* nodesOf(child as Node, `${path}/${key}`)
  }
}

describe('the schema', () => {
  it('is what the scripts generate: npx tsx scripts/generate-schema.ts', () => {
    expect(committed).to.equal(schemaText())
  })

  it('uses only keywords that give short messages and compile without require()', () => {
    const refused = [
      'oneOf',
      'anyOf',
      'allOf',
      'minLength',
      'maxLength',
      'uniqueItems',
      'const',
      'patternProperties',
    ]
    const found = [...nodesOf(schema)].flatMap(([path, node]) =>
      refused.filter(keyword => keyword in node).map(keyword => `${path}: ${keyword}`),
    )
    expect(found).to.deep.equal([])
  })

  it('takes no key that it does not know', () => {
    const open = [...nodesOf(schema)].filter(
      ([, node]) => node['properties'] && node['additionalProperties'] !== false,
    )
    expect(open.map(([path]) => path)).to.deep.equal([])
  })

  it('describes every key, with an example', () => {
    const whole = (node: Node): Node => {
      const reference = node['$ref'] as string | undefined
      return reference ? { ...schema.definitions[reference.replace('#/definitions/', '')], ...node } : node
    }
    const bare = [...nodesOf(schema)]
      .filter(([path]) => /\/properties\/[^/]+$/.test(path))
      .filter(
        ([, node]) => !['title', 'markdownDescription', 'examples'].every(keyword => keyword in whole(node)),
      )
    expect(bare.map(([path]) => path)).to.deep.equal([])
  })

  it('knows every kind of event and its fields', () => {
    const keys = Object.keys(schema.definitions['event']!['properties'] as object)
    for (const kind of allKinds)
      expect(keys).to.include.members([kind, ...Object.keys(describeKind(kind).fields)])
    expect(schema.definitions['event']!['defaultSnippets']).to.be.an('array').that.is.not.empty
  })

  it('is compiled without a trace of require()', () => {
    const code = readFileSync(new URL('../../src/scenario/generated/validate.js', import.meta.url), 'utf8')
    expect(code).to.not.include('require(')
    expect(code).to.include('export const validate')
  })
})
