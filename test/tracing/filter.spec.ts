// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import fc from 'fast-check'
import type { Task } from '../../src/kernel/kernel.ts'
import { parseDefinition } from '../../src/tracing/definition/parse-definition.ts'
import { bufferSize, fetchArguments } from '../../src/tracing/fetch/fetch-arguments.ts'
import { compileFetch } from '../../src/tracing/fetch/fetch-program.ts'
import { matchFilter } from '../../src/tracing/filter/match-filter.ts'
import { parseFilter } from '../../src/tracing/filter/parse-filter.ts'
import { matchText, parsePattern } from '../../src/tracing/filter/text-pattern.ts'
import { buildRecord } from '../../src/tracing/record/build-record.ts'
import { eventFields } from '../../src/tracing/record/fields.ts'
import { corpusTree, exePath } from './corpus-tree.ts'
import { hitContext, memory } from './hit-context.ts'

const line = `p:f ${exePath}:0x1000 n=%di s=+0(%si):string d=%dx:s32 x=%di:x8 arr=+0(%si):x8[3] arr4=+0(%si):u8[4] c=$comm`
const parsed = parseDefinition(line, { resolvePath: corpusTree })
if (!parsed.ok) throw new Error(parsed.refusal.message)
const { definition } = parsed
const fields = eventFields(definition)
const task = { id: 42, command: 'tgt2' } as Task

/** For which values of n, of 3, 2 and 1, a filter lets a record through. */
function hits(text: string): number[] {
  const filter = parseFilter(text, fields)
  if (!filter.ok) throw new Error(`${text}: ${filter.refusal.message}`)
  return [3, 2, 1].filter(n => {
    const mm = memory({ 4096: 'hello\0' })
    const context = hitContext({ mm, registers: { rdi: n, rsi: 0x1000, rdx: 0xfffffffb }, command: 'tgt2' })
    const buffer = new Uint8Array(bufferSize)
    const size = fetchArguments(compileFetch(definition), context, buffer)
    const record = buildRecord('entry', 2326, task.id, { ip: 0x401000n }, buffer.subarray(0, size))
    return matchFilter(filter.filter, { record, task, cpu: 0 })
  })
}

/** What a live kernel let through. */
const recorded: Readonly<Record<string, number[]>> = {
  'n==2': [2],
  'n != 2': [3, 1],
  'n>1': [3, 2],
  'n >= 2': [3, 2],
  'n<2': [1],
  'n&1': [3, 1],
  'd==-5': [3, 2, 1],
  'd < 0': [3, 2, 1],
  'd==0xfffffffb': [3, 2, 1],
  'x==3': [3],
  's=="hello"': [3, 2, 1],
  's~"he*"': [3, 2, 1],
  's~"*ll*"': [3, 2, 1],
  's~"*lo"': [3, 2, 1],
  's~"h?llo"': [3, 2, 1],
  's!="hello"': [],
  'n==2 && d==-5': [2],
  'n==1 || n==3': [3, 1],
  'n==1 || n==3 && d==1': [1],
  '!(n==1)': [3, 2],
  '(n==1 || n==2) && !(n==2)': [1],
  '!n==2': [3, 1],
  '__probe_ip==0x401000': [3, 2, 1],
  'common_pid == 42': [3, 2, 1],
  'common_flags==255': [3, 2, 1],
  'comm=="tgt2"': [3, 2, 1],
  'c~"tg*"': [3, 2, 1],
  'cpu>=0': [3, 2, 1],
  'cpu&1': [],
  'n==CPUS{0}': [],
  'n&CPUS{0-1}': [1],
  'n!=CPUS{0-1}': [1],
  'arr==1': [],
  'arr!=1': [],
  'arr4==0x6c6c6568': [3, 2, 1],
  'n==010': [],
  'stacktrace==1': [],
  'n==2 &&': [2],
}

describe('a filter', () => {
  for (const [text, expected] of Object.entries(recorded)) {
    it(`${text} lets ${expected.join(', ') || 'nothing'} through`, () => {
      expect(hits(text)).to.deep.equal(expected)
    })
  }

  it('never throws while it is read, and its caret is no further than two past the text', () => {
    const piece = fc.constantFrom(
      ...'n s d ( ) ! && || & == != ~ < 1 -5 0x10 "a" \' " CPUS{ } .function cpu comm'.split(' '),
      ' ',
    )
    const anyText = fc.oneof(
      fc.string(),
      fc.array(piece).map(pieces => pieces.join('')),
    )
    fc.assert(
      fc.property(anyText, text => {
        const filter = parseFilter(text, fields)
        if (!filter.ok) expect(filter.refusal.caret).to.be.within(0, text.length + 2)
      }),
      { numRuns: 1000 },
    )
  })

  it('means the same as its parts combined', () => {
    const term = fc.constantFrom('n==1', 'n>1', '!(n==2)', '!n==3', 'd==0')
    fc.assert(
      fc.property(term, term, term, (a, b, c) => {
        const [x, y, z] = [a, b, c].map(hits)
        const both = (one: number[], other: number[]): number[] => one.filter(n => other.includes(n))
        const either = (one: number[], other: number[]): number[] =>
          [3, 2, 1].filter(n => one.includes(n) || other.includes(n))
        expect(hits(`${a} || ${b} && ${c}`)).to.deep.equal(either(x!, both(y!, z!)))
        expect(hits(`(${a} || ${b}) && ${c}`)).to.deep.equal(both(either(x!, y!), z!))
      }),
    )
  })
})

describe('a pattern', () => {
  const matches = (written: string, text: string): boolean => {
    const { pattern, not } = parsePattern(written)
    return matchText(pattern, `${text}\0`, text.length + 1) !== not
  }

  it('takes stars, question marks, sets and escapes', () => {
    expect(matches('a*c*e', 'abcde')).to.equal(true)
    expect(matches('a*c*e', 'abcd')).to.equal(false)
    expect(matches('[a-c]?[!x]', 'b-y')).to.equal(true)
    expect(matches('[a-c]?[!x]', 'b-x')).to.equal(false)
    expect(matches('[]]', ']')).to.equal(true)
    expect(matches('a\\*', 'a*')).to.equal(true)
    expect(matches('[a', '[a')).to.equal(true)
  })

  it('is turned round by an exclamation mark, and taken as it is behind a digit', () => {
    expect(matches('!a*', 'abc')).to.equal(false)
    expect(matches('1*', '12')).to.equal(false)
    expect(matches('1*', '1*')).to.equal(true)
  })
})
