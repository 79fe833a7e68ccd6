// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import fc from 'fast-check'
import { spanWithin } from '../../src/scenario/span-within.ts'
import { loadText, scenarioText, textOf } from './load-text.ts'

const name = fc
  .stringMatching(/^[A-Za-z0-9_.+-]{1,8}$/)
  .filter(text => !/^[-+]?(0|[-+.\d])/.test(text) && !/^(null|true|false)$/i.test(text))
const names = fc.uniqueArray(name, { minLength: 1, maxLength: 4 })

describe('matrix and substitution', () => {
  it('make one test for each combination, with a name of its own', async () => {
    await fc.assert(
      fc.asyncProperty(names, names, async (first, second) => {
        const matrix = `matrix:\n  a: ${JSON.stringify(first)}\n  b: ${JSON.stringify(second)}`
        const { scenarios, diagnostics } = await loadText(
          scenarioText({ matrix, title: 'title: "${a} and ${b}"' }),
        )
        expect(diagnostics).to.deep.equal([])
        expect(scenarios.map(({ id }) => id)).to.deep.equal(
          first.flatMap(a => second.map(b => `test[a=${a},b=${b}]`)),
        )
        expect(scenarios.map(({ title }) => title.value)).to.deep.equal(
          first.flatMap(a => second.map(b => `${a} and ${b}`)),
        )
      }),
      { numRuns: 20 },
    )
  })

  it('put in what stands there, and leave the rest alone', async () => {
    const piece = fc.oneof(
      fc.stringMatching(/^[a-z "':#\\{}$]{0,6}$/).filter(text => !text.includes('${') && !text.endsWith('$')),
      fc.constant('${value}'),
      fc.constant('$${'),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { minLength: 1, maxLength: 6 }),
        fc.stringMatching(/^[a-z]{1,5}$/),
        async (pieces, value) => {
          const text = `t ${pieces.join('')}`
          const expected = `t ${pieces.map(part => (part === '${value}' ? value : part === '$${' ? '${' : part)).join('')}`
          const matrix = `matrix: { value: { one: ${JSON.stringify(value)} } }`
          const { scenarios } = await loadText(
            scenarioText({ matrix, title: `title: ${JSON.stringify(text)}` }),
          )
          expect(scenarios[0]!.title.value).to.equal(expected)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('know where each character was written', async () => {
    const quoted = fc.constantFrom('plain', 'single', 'double')
    const word = fc.stringMatching(/^[a-z]{1,6}$/)
    await fc.assert(
      fc.asyncProperty(quoted, word, word, word, async (style, before, value, after) => {
        const raw =
          style === 'double'
            ? `${before} \\"\\x41 \${v} ${after}`
            : style === 'single'
              ? `${before} '' \${v} ${after}`
              : `${before} \${v} ${after}`
        const title = style === 'double' ? `"${raw}"` : style === 'single' ? `'${raw}'` : raw
        const { scenarios } = await loadText(
          scenarioText({ matrix: `matrix: { v: { one: "${value}" } }`, title: `title: ${title}` }),
        )
        const located = scenarios[0]!.title
        const at = (part: string, from = 0): string => {
          const start = located.value.indexOf(part, from)
          return textOf(spanWithin(located, start, start + part.length))
        }
        expect(at(before)).to.equal(before)
        const behind = located.value.length - after.length
        expect(textOf(spanWithin(located, behind, located.value.length))).to.equal(after)
        const inserted = located.value.length - after.length - 1 - value.length
        expect(textOf(spanWithin(located, inserted, inserted + value.length))).to.equal('${v}')
      }),
    )
  })

  it('give a value its own type where nothing else stands in the text', async () => {
    const { scenarios } = await loadText(
      scenarioText({
        matrix: 'matrix:\n  n: [1, 0x10, 0xffffffffffffffff]\n  set: { one: { a: 1 }, two: [1, 2] }',
        threads: 'threads:\n  main: { run: calc:main, args: ["${n}"] }',
        title: 'title: n is ${n}',
        expect:
          'expect:\n  events:\n    - hit: add_in\n      args: ${set}\n    - exit: main\n      value: "${n}"',
      }),
    )
    expect(scenarios.map(({ id }) => id)).to.deep.equal([
      'test[n=1,set=one]',
      'test[n=1,set=two]',
      'test[n=0x10,set=one]',
      'test[n=0x10,set=two]',
      'test[n=0xffffffffffffffff,set=one]',
      'test[n=0xffffffffffffffff,set=two]',
    ])
    const last = scenarios[5]!
    expect(last.threads.get('main')!.args[0]!.value).to.equal(2n ** 64n - 1n)
    expect(last.title.value).to.equal('n is 0xffffffffffffffff')
    expect(scenarios[2]!.threads.get('main')!.args[0]!.value).to.equal(16n)
    const { events } = last.expect
    expect(
      events?.kind === 'sequence' &&
        events.items[0]?.kind === 'event' &&
        events.items[0].pattern.fields['args']?.kind,
    ).to.equal('list')
  })

  it('add and remove combinations', async () => {
    const { scenarios, diagnostics } = await loadText(
      scenarioText({
        matrix:
          'matrix:\n  a: [1, 2]\n  b: { x: 1, y: 2 }\n  exclude:\n    - { a: 1 }\n  include:\n    - { a: 9, b: x }',
      }),
    )
    expect(diagnostics).to.deep.equal([])
    expect(scenarios.map(({ variant }) => variant.map(([, chosen]) => chosen).join())).to.deep.equal([
      '2,x',
      '2,y',
      '9,x',
    ])
  })
})
