// SPDX-License-Identifier: MIT
import { writeFile } from 'node:fs/promises'
import { scenarioSchema } from './schema/scenario.ts'

/** The schema as it is committed in `schema/`, for editors and for the validator. */
export function schemaText(): string {
  return `${JSON.stringify(scenarioSchema(), null, 2)}\n`
}

export async function generateSchema(): Promise<void> {
  await writeFile(new URL('../schema/scenario.schema.json', import.meta.url), schemaText())
}

if (process.argv[1]?.endsWith('generate-schema.ts')) await generateSchema()
