// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect } from 'chai'
import type { Syntax } from '../../src/program/assembler/parse-expression.ts'
import { bytesOf, encodeForms, imageOf } from './assemble-text.ts'
import { attForms, intelForms, refusedAtt, refusedIntel } from './form-texts.ts'
import { assembleForms, assembleProgram, hasGnuAs } from './gnu-as.ts'
import { programTexts } from './program-texts.ts'

type Recorded = {
  readonly intel: readonly string[]
  readonly att: readonly string[]
  readonly programs: Readonly<Record<string, { readonly text: string; readonly data: string }>>
}

/** What GNU as made of them: `form | bytes`. */
const file = readFileSync(new URL('data/forms.json.gz', import.meta.url))
const recorded = JSON.parse(gunzipSync(file).toString()) as Recorded

describe('instructions are encoded as by GNU as', () => {
  for (const syntax of ['intel', 'att'] as const) {
    it(`${recorded[syntax].length} recorded forms of ${syntax} syntax`, function () {
      this.timeout(60_000)
      const forms = recorded[syntax].map(line => line.split(' | ') as [string, string])
      const ours = encodeForms(
        forms.map(([form]) => form),
        syntax,
      )
      const different = forms.flatMap(([form, bytes], index) =>
        ours[index] === bytes ? [] : [`${form}: ${ours[index] ?? 'refused'} instead of ${bytes}`],
      )
      expect(different).to.deep.equal([])
    })
  }

  it('every form written by hand is recorded', () => {
    const known = new Set([...recorded.intel, ...recorded.att].map(line => line.split(' | ')[0]))
    expect([...intelForms, ...attForms].filter(form => !known.has(form))).to.deep.equal([])
  })

  it('forms that make no sense are refused', () => {
    const accepted = (forms: readonly string[], syntax: Syntax): string[] =>
      encodeForms(forms, syntax).flatMap((bytes, index) =>
        bytes === undefined ? [] : [`${forms[index]}: ${bytes}`],
      )
    expect([...accepted(refusedIntel, 'intel'), ...accepted(refusedAtt, 'att')]).to.deep.equal([])
  })
})

describe('programs are assembled as by GNU as', () => {
  for (const [name, text] of Object.entries(programTexts)) {
    it(name, () => {
      const image = imageOf(text)
      expect({ text: bytesOf(image, 'text'), data: bytesOf(image, 'data') }).to.deep.equal(
        recorded.programs[name],
      )
    })
  }
})

describe('GNU as here agrees with the recording', () => {
  before(function () {
    if (!hasGnuAs()) this.skip()
    this.timeout(60_000)
  })

  it('on the forms written by hand', function () {
    this.timeout(60_000)
    for (const [syntax, forms] of [
      ['intel', intelForms],
      ['att', attForms],
    ] as const) {
      const bytes = new Map(recorded[syntax].map(line => line.split(' | ') as [string, string]))
      const live = assembleForms(forms, syntax)
      // Another version of GNU as may know less.
      const different = forms.filter(
        (form, index) => live[index] !== undefined && live[index] !== bytes.get(form),
      )
      expect(different, syntax).to.deep.equal([])
    }
  })

  it('on the programs', function () {
    this.timeout(60_000)
    for (const [name, text] of Object.entries(programTexts)) {
      expect(assembleProgram(text), name).to.deep.equal(recorded.programs[name])
    }
  })
})
