// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import fc from 'fast-check'
import { listDefinition } from '../../src/tracing/definition/list-definition.ts'
import { parseDefinition } from '../../src/tracing/definition/parse-definition.ts'
import { corpusTree, exePath } from './corpus-tree.ts'

const parse = (line: string) => parseDefinition(line, { resolvePath: corpusTree })

/** Pieces that the grammar is made of, right and wrong ones, so that random lines get past the first word. */
const piece = fc.constantFrom(
  ...'p:g/e r:x p: %ax %zz $retval $stack7 $comm @0x10 @+-5 @x +8( +0(%di) -u4( ) \\5 \\"t" a= b= :u8 :string :b4@2/8 [4] [ ( =x'.split(
    ' ',
  ),
  ' ',
)
const anyLine = fc.oneof(
  fc.string(),
  fc.array(piece).map(pieces => pieces.join('')),
  fc.array(piece).map(pieces => `p:g/e ${exePath}:0x10 ${pieces.join('')}`),
  fc.tuple(fc.string(), fc.string()).map(([name, rest]) => `p:${name} ${exePath}:0x10${rest}`),
)

const fetch = fc.letrec<{ value: string }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('%ax', '%orig_ax', '$stack', '$stack3', '@0x404000', '@+16', '\\7', '\\-1'),
    fc
      .tuple(fc.constantFrom('+', '-', '+u'), fc.nat(99), tie('value'))
      .map(([sign, n, of]) => `${sign}${n}(${of})`),
  ),
})).value
const argument = fc
  .tuple(fc.constantFrom('', ':u8', ':s64', ':x16', ':char', ':b3@1/16'), fetch)
  .map(([type, expression]) => `${expression}${type}`)
  .filter(text => text.length < 64)
const definition = fc
  .tuple(
    fc.constantFrom('p', 'r'),
    fc.nat(),
    fc.constantFrom('', '(0x20)'),
    fc.array(argument, { maxLength: 8 }),
  )
  .map(([kind, offset, counter, args]) => [`${kind}:g/e ${exePath}:${offset}${counter}`, ...args].join(' '))

describe('parseDefinition', () => {
  it('takes a definition apart', () => {
    expect(parse(`r:calc/add ${exePath}:0x1048(16) v=$retval:s32 +8(@+0x10):b4@2/8[3]`)).to.deep.equal({
      ok: true,
      definition: {
        kind: 'return',
        group: 'calc',
        event: 'add',
        path: exePath,
        offset: 0x1048n,
        referenceCounter: 16n,
        arguments: [
          {
            name: 'v',
            text: '$retval:s32',
            fetch: { kind: 'return-value' },
            type: { name: 's32', base: 'signed', size: 4 },
          },
          {
            name: 'arg2',
            text: '+8(@+0x10):b4@2/8[3]',
            fetch: { kind: 'dereference', offset: 8n, of: { kind: 'file-offset', offset: 16n } },
            type: { name: 'b4@2/8', base: 'bitfield', size: 1, bitfield: { width: 4, offset: 2 }, count: 3 },
          },
        ],
      },
    })
  })

  it('puts the caret past the last word where a word is missing', () => {
    const refused = parse(`p:g/e ${exePath}:0x10 ${'%ax '.repeat(129)}`)
    expect(refused).to.deep.include({ ok: false })
    expect(refused).to.have.nested.property('refusal.errno', 'E2BIG')
  })

  it('never throws, and its carets lie inside the command or one past it', () => {
    fc.assert(
      fc.property(anyLine, line => {
        const parsed = parse(line)
        if (parsed.ok) return
        const { caret, command, message } = parsed.refusal
        expect(caret === undefined).to.equal(message === undefined)
        if (caret !== undefined) expect(caret).to.be.within(0, command!.length + 1)
      }),
      { numRuns: 1000 },
    )
  })

  it('reads back what it lists', () => {
    fc.assert(
      fc.property(definition, line => {
        const first = parse(line)
        if (!first.ok) throw new Error(`${line}: ${first.refusal.message}`)
        expect(parse(listDefinition(first.definition))).to.deep.equal(first)
      }),
    )
  })
})
