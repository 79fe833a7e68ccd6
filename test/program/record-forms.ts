// SPDX-License-Identifier: MIT
/** Records what GNU as makes of the forms and programs: `npx tsx test/program/record-forms.ts`. */
import { writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { Syntax } from '../../src/program/assembler/parse-expression.ts'
import { attForms, intelForms } from './form-texts.ts'
import { assembleForms, assembleProgram } from './gnu-as.ts'
import { programTexts } from './program-texts.ts'
import { sampleForms } from './sample-forms.ts'

const written = { intel: intelForms, att: attForms } as const

function recordForms(syntax: Syntax): string[] {
  const forms = [...new Set([...written[syntax], ...sampleForms(syntax)])]
  const bytes = assembleForms(forms, syntax)
  return forms.flatMap((form, index) => (bytes[index] === undefined ? [] : [`${form} | ${bytes[index]}`]))
}

const programs = Object.fromEntries(
  Object.entries(programTexts).map(([name, text]) => [name, assembleProgram(text)]),
)
const recorded = { intel: recordForms('intel'), att: recordForms('att'), programs }
const text = `${JSON.stringify(recorded, undefined, 1)}\n`
writeFileSync(new URL('data/forms.json.gz', import.meta.url), gzipSync(text, { level: 9 }))
