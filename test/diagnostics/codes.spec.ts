// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { codes } from '../../src/diagnostics/codes.ts'

describe('codes', () => {
  it('are a letter of a phase and a number', () => {
    for (const code of Object.keys(codes)) expect(code).to.match(/^[YSRBLTI]\d{3}$/)
  })

  it('are explained in whole sentences', () => {
    for (const [code, text] of Object.entries(codes)) expect(text, code).to.match(/^[A-Z`][\s\S]+[.)]$/)
  })
})
