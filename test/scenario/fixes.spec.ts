// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { loadText, scenarioText } from './load-text.ts'

/** The text with the fix of its only mistake applied. */
async function fixed(text: string): Promise<string> {
  const { diagnostics } = await loadText(text)
  const { span, text: replacement } = diagnostics[0]!.fix!
  expect(diagnostics).to.have.lengthOf(1)
  return text.slice(0, span.start) + replacement + text.slice(span.end)
}

describe('a kind that is not in view', () => {
  const events = '  events:\n    - trap: add_in\n    - hit: add_in'

  it('is added to the list', async () => {
    const text = await fixed(scenarioText({ expect: `expect:\n  trace: [hit, exit]\n${events}` }))
    expect(text).to.include('trace: [hit, exit, trap]\n')
    expect((await loadText(text)).diagnostics).to.deep.equal([])
  })

  it('makes a list where there was none', async () => {
    const text = await fixed(scenarioText({ expect: `expect:\n${events}` }))
    expect(text).to.include('expect:\n  trace: [hit, ret, signal, fault, exit, trap]\n  events:')
    expect((await loadText(text)).diagnostics).to.deep.equal([])
  })

  it('makes one in braces, too', async () => {
    const text = await fixed(
      scenarioText({ expect: 'expect: { events: [{ trap: add_in }, { hit: add_in }] }' }),
    )
    expect(text).to.include('expect: { trace: [hit, ret, signal, fault, exit, trap], events:')
    expect((await loadText(text)).diagnostics).to.deep.equal([])
  })
})
