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
import { toKernelText } from '../../src/tracing/kernel-text.ts'
import { buildRecord } from '../../src/tracing/record/build-record.ts'
import { eventFields } from '../../src/tracing/record/fields.ts'
import { corpusTree, exePath } from './corpus-tree.ts'
import { hitContext, memory } from './hit-context.ts'

const args =
  'n=%di:s64 arr=@0x400000:u8[4] a3=@0x400000:u8[3] s=@0x400001:string f=+0(%di):string t=@0x400001:string ' +
  'a1=@0x400000:u8[1] a8=@0x400000:u16[4] sa=@0x400000:string[2] c=$comm d=%dx:s32 x=%di:x8'
const parsed = parseDefinition(`p:f ${exePath}:0x1534 ${args}`, { resolvePath: corpusTree })
if (!parsed.ok) throw new Error(parsed.refusal.message)
const { definition } = parsed
const fields = eventFields(definition)
const task = { id: 42, command: 'prog' } as Task
const values = [0, 1, 2, 3, 4, 255, 256, -1, 2147483647, -2147483648]

/** For which values of n a filter lets a record through. */
function hits(text: string, inMemory = '\x7fELF\x02\x01\x01\0'): number[] {
  const filter = parseFilter(text, fields)
  if (!filter.ok) throw new Error(`${text}: ${filter.refusal.message}`)
  return values.filter(n => {
    const mm = memory([0x400000, inMemory])
    const context = hitContext({ mm, registers: { rdi: BigInt.asUintN(64, BigInt(n)), rdx: 0xfffffffb } })
    const buffer = new Uint8Array(bufferSize)
    const size = fetchArguments(compileFetch(definition), context, buffer)
    const record = buildRecord('entry', 2326, task.id, { ip: 0x401534n }, buffer.subarray(0, size))
    return matchFilter(filter.filter, { record, task, cpu: 0 })
  })
}

/** What a live kernel let through of this event in a program that passes these values. */
const recorded: Readonly<Record<string, 'all' | readonly number[]>> = {
  'n==2': [2],
  'n != 2': [0, 1, 3, 4, 255, 256, -1, 2147483647, -2147483648],
  'n>=255': [255, 256, 2147483647],
  'n<2': [0, 1, -1, -2147483648],
  'n&3': [1, 2, 3, 255, -1, 2147483647],
  'n==-1': [-1],
  'x==255': [255, -1, 2147483647],
  'd==-5': 'all',
  'd==0xfffffffb': 'all',
  'common_flags==255': 'all',
  'common_pid>1': 'all',
  'n==1 || n==2 && n==3': [1],
  'n==1 && n==2 || n==3': [3],
  '!(n==1 || n==2) && n<5': [0, 3, 4, -1, -2147483648],
  '!(n==1 && s=="x") && n<3': [0, 1, 2, -1, -2147483648],
  '!(!(n==1))': [1],
  '!!n==1': [1],
  '(n==1 || (n==2 && !(n==2)) || n==3)': [1, 3],
  'n==1 ||': [1],
  'n==1 && n>0 ||': [1],
  'n==1 && n>0 &&': [1],
  // An array is one number where its size is that of one.
  'arr==0x464c457f': 'all',
  'arr!=0x464c457f': [],
  'a8==0x10102464c457f': 'all',
  'a1==127': 'all',
  'a3==0x7f': [],
  'a3!=0x7f': [],
  '!(a3==1)': 'all',
  's=="ELF\x02\x01\x01"': 'all',
  's~"*\x01"': 'all',
  's~"*L*"': 'all',
  's~"E*F*"': 'all',
  's~"[A-F]LF*[!a]"': 'all',
  's~"!ELF*"': [],
  's~"1*"': [],
  // A text that could not be read compares as what lies where it would be: the next one.
  'f==""': [],
  'f~"*"': [],
  'f=="ELF\x02\x01\x01"': 'all',
  'f~"*L*"': 'all',
  'sa==""': [],
  // The name of the task is taken for sixteen bytes long, so that its end is far behind it.
  'comm~"*og"': [],
  'comm~"pr*"': 'all',
  'comm~"*ro*"': 'all',
  'comm~"p??g"': 'all',
  'c~"*og"': 'all',
  'n&CPUS{0-1}': [0, 1],
  'n!=CPUS{0-1}': [0, 1],
  'n==CPUS{0-1}': [],
  'n==CPUS{1}': [1],
  'cpu!=CPUS{0-1}': 'all',
  'cpu&3': [],
  'cpu>=0': 'all',
  'stacktrace==1': [],
}

describe('a filter', () => {
  for (const [text, expected] of Object.entries(recorded)) {
    it(`${JSON.stringify(text)} lets through what it should`, () => {
      expect(hits(text)).to.deep.equal(expected === 'all' ? values : expected)
    })
  }

  it('compares bytes of texts, whatever characters they are', () => {
    const memoryText = `\x7f${toKernelText('é日本')}\0`
    for (const text of ['s=="é日本"', 's~"é*"', 's~"*本"', 's~"??日*"'])
      expect(hits(text, memoryText), text).to.deep.equal(values)
    for (const text of ['s=="é日"', 's~"?日*"', 's!="é日本"'])
      expect(hits(text, memoryText), text).to.deep.equal([])
  })

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
        const [x, y, z] = [a, b, c].map(text => hits(text))
        const both = (one: number[], other: number[]): number[] => one.filter(n => other.includes(n))
        const either = (one: number[], other: number[]): number[] =>
          values.filter(n => one.includes(n) || other.includes(n))
        expect(hits(`${a} || ${b} && ${c}`)).to.deep.equal(either(x!, both(y!, z!)))
        expect(hits(`(${a} || ${b}) && ${c}`)).to.deep.equal(both(either(x!, y!), z!))
      }),
      { numRuns: 25 },
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
