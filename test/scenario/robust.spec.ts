// SPDX-License-Identifier: MIT
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { renderDiagnostics } from '../../src/diagnostics/render.ts'
import { loadText } from './load-text.ts'

const invalid = join(import.meta.dirname, '../../schema/invalid')
const examples = join(import.meta.dirname, 'examples')
const texts = [invalid, examples].flatMap(folder =>
  readdirSync(folder)
    .filter(file => file.endsWith('.yaml'))
    .map(file => readFileSync(join(folder, file), 'utf8')),
)

/** Whatever the text: scenarios or messages, each at a place inside of the file. */
async function isHandled(text: string): Promise<void> {
  const { scenarios, diagnostics, definitionsOnly } = await loadText(text)
  expect(scenarios.length > 0 || diagnostics.length > 0 || definitionsOnly).to.equal(true)
  for (const { labels } of diagnostics) {
    for (const { span } of labels) {
      expect(span.start).to.be.at.least(0).and.at.most(span.end)
      expect(span.end).to.be.at.most(span.file.text.length)
    }
  }
  renderDiagnostics(diagnostics, { color: true })
}

describe('the loader', () => {
  it('never throws, whatever the text', async () => {
    const word = fc.constantFrom(
      'title',
      'expect',
      'events',
      'hit',
      'binaries',
      'asm',
      'probes',
      'matrix',
      'use',
      '${a}',
      '*a',
      '&a',
      '<<',
      '!t',
      '"',
      "'",
      '|',
      '>',
      '0777',
      '1_0',
      '$x',
      '{',
      '}',
      '[',
      ']',
      ',',
      '#',
      '? ',
      '---',
      'null',
      '\t',
      '\r\n',
      '%',
    )
    const soup = fc.array(
      fc.oneof(
        word,
        fc.constantFrom(': ', '\n', '\n  ', '\n    - ', ' '),
        fc.string({ unit: 'grapheme', maxLength: 3 }),
      ),
      { maxLength: 40 },
    )
    await fc.assert(
      fc.asyncProperty(
        soup.map(parts => parts.join('')),
        isHandled,
      ),
      { numRuns: 150 },
    )
  })

  it('never throws on scenarios with a piece cut out, doubled or replaced', async () => {
    const change = fc.record({
      text: fc.constantFrom(...texts),
      from: fc.nat(),
      length: fc.nat(30),
      insert: fc.oneof(
        fc.constant(''),
        fc.constantFrom(
          '5',
          'null',
          '[]',
          '{}',
          '_',
          'x: 1',
          '- ',
          '${n}',
          '~',
          '0x10000000000000000',
          '__proto__',
          'constructor',
        ),
      ),
    })
    await fc.assert(
      fc.asyncProperty(change, async ({ text, from, length, insert }) => {
        const start = from % text.length
        await isHandled(text.slice(0, start) + insert + text.slice(start + length))
      }),
      { numRuns: 200 },
    )
  })

  it('never throws where any value is of another type', async () => {
    const lines = texts
      .flatMap(text => text.split('\n').map((line, index) => ({ text, line, index })))
      .filter(({ line }) => /: \S/.test(line))
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...lines),
        fc.constantFrom(
          '5',
          '1.5',
          'null',
          '[]',
          '[1]',
          '{}',
          '{ a: 1 }',
          'true',
          '"x"',
          '_',
          '$x',
          '[[]]',
          '[{}]',
          '{ a: { b: [] } }',
        ),
        async ({ text, line, index }, value) => {
          const changed = line.replace(/: \S.*$/, `: ${value}`)
          await isHandled(text.split('\n').with(index, changed).join('\n'))
        },
      ),
      { numRuns: 200 },
    )
  })
})
