// SPDX-License-Identifier: MIT
import { mkdir, writeFile } from 'node:fs/promises'
import { Ajv } from 'ajv'
import standaloneModule from 'ajv/dist/standalone/index.js'
import { scenarioSchema } from './schema/scenario.ts'

const standalone = standaloneModule.default

/**
 * Compiles the schema to plain functions, for the sources and for the package: ajv itself takes about 95 ms to load and compile, the
 * result 3 ms. The schema lies beside it; messages take spoken names from there.
 */
export async function buildValidator(): Promise<void> {
  const schema = scenarioSchema()
  const ajv = new Ajv({
    allErrors: true,
    allowUnionTypes: true,
    code: { source: true, esm: true, lines: true },
  })
  ajv.addVocabulary(['markdownDescription', 'defaultSnippets'])
  const code = standalone(ajv, ajv.compile(schema))
  if (code.includes('require(')) throw new Error('the compiled validator still calls require()')
  for (const tree of ['src', 'dist']) {
    const folder = new URL(`../${tree}/scenario/generated/`, import.meta.url)
    await mkdir(folder, { recursive: true })
    await writeFile(new URL('validate.js', folder), code)
    await writeFile(new URL('validate.d.ts', folder), validateTypes)
    await writeFile(new URL('schema.js', folder), `export const schema = ${JSON.stringify(schema)}\n`)
    await writeFile(new URL('schema.d.ts', folder), schemaTypes)
  }
}

const validateTypes = `export type SchemaError = {
  readonly keyword: string
  readonly instancePath: string
  readonly schemaPath: string
  readonly params: Readonly<Record<string, unknown>>
}
export const validate: { (data: unknown): boolean; errors?: readonly SchemaError[] | null }
export default validate
`
const schemaTypes = `export const schema: { readonly [keyword: string]: unknown }\n`

if (process.argv[1]?.endsWith('build-validator.ts')) await buildValidator()
