// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { parseDefinition } from '../../src/tracing/definition/parse-definition.ts'
import { bufferSize, fetchArguments } from '../../src/tracing/fetch/fetch-arguments.ts'
import { compileFetch } from '../../src/tracing/fetch/fetch-program.ts'
import { buildRecord } from '../../src/tracing/record/build-record.ts'
import { decodeRecord } from '../../src/tracing/record/record-body.ts'
import { corpusTree, exePath } from './corpus-tree.ts'
import { hitContext, memory, words } from './hit-context.ts'

const long = 0x403000
const edge = 0x405ffa
const situation = {
  command: 'q',
  registers: {
    rdi: 0x402000,
    rsi: -5,
    rdx: edge,
    r8: 0x402008,
    r9: 0x8000_0000_0000_0001n,
    r10: long,
    r12: edge + 2,
  },
  mm: memory(
    [0x402000, 'hello\0'],
    [0x402008, words(0x402000, 0, 0x402001, 0xdead0000, 0x402002)],
    [0x402030, words(0xfedc_ba98_7654_3210n)],
    [long, `${'y'.repeat(5000)}\0`],
    [edge, 'abcdef'],
  ),
}

/** The text of a hit's record at 0x401036. */
function body(args: string): string {
  const parsed = parseDefinition(`p:q ${exePath}:0x1036 ${args}`, { resolvePath: corpusTree })
  if (!parsed.ok) throw new Error(parsed.refusal.message)
  const { definition } = parsed
  const buffer = new Uint8Array(bufferSize)
  const size = fetchArguments(compileFetch(definition), hitContext(situation), buffer)
  const record = buildRecord('entry', 2326, 42, { ip: 0x401036n }, buffer.subarray(0, size))
  return decodeRecord(definition, record).body
}

const bytes = Array.from({ length: 128 }, (_, index) => index + 1)

/** As a 6.18 kernel printed them of a program with this memory and these registers. */
const recorded: readonly [what: string, args: string, body: string][] = [
  [
    'strings that run to the end of memory, and into 4096 bytes',
    'a=+0(%dx):string b=+0(%r12):string c=+0(%r10):string d=+904(%r10):string e=+903(%r10):string',
    'a=(fault) b=(fault) c=(fault) d=(fault) e=(fault)',
  ],
  ['a string that just fits', 'a=+951(%r10):string', `a="${'y'.repeat(4049)}"`],
  [
    'pointers in an array',
    'a=+0(%r8):string[5] b=+0(%di):char[6]',
    `a={"hello",(fault),"ello",(fault),"llo"} b={'h','e','l','l','o','\0'}`,
  ],
  [
    'bit fields at the edges of 64 bits',
    'b0=%r9:b1@0/64 b63=%r9:b1@63/64 b64=%r9:b64@0/64 b32=%r9:b32@32/64 m=@0x402030:b4@60/64 n=@0x402030:b60@4/64 o=@0x402030:b16@0/16 p=@0x402030:b1@31/32',
    'b0=1 b63=1 b64=9223372036854775809 b32=2147483648 m=15 n=1147797409030816545 o=12816 p=0',
  ],
  [
    'bit fields whose distances do not fit into eight bits',
    'a=%r9:b18446744073709551615@2/32 b=%r9:b18446744073709551615@2/64 c=\\0xf0:b8@18446744073709551610/32 d=\\1:b1@18446744073709551615/32',
    'a=1073741824 b=4611686018427387904 c=0 d=0',
  ],
  [
    'the name of the task, immediates, and pointers',
    'c=$comm i=\\5 j=\\-7:s8 k=\\0xffffffffffffffff s=\\"imm" u=+u0(%di):u32 v=-8(+8(%r8)):x64 w=+0(+0(%r8)):string',
    'c="q" i=0x5 j=-7 k=0xffffffffffffffff s=(fault) u=1819043176 v=0x0 w="hello"',
  ],
  [
    'numbers that run to the end of memory',
    'b=+0(%dx):x8[10] c=+2(%dx):u32 d=+0(%dx):x16[4]',
    'b={0x61,0x62,0x63,0x64,0x65,0x66,0x0,0x0,0x0,0x0} c=1717920867 d={0x6261,0x6463,0x6665,0x0}',
  ],
  [
    'offsets beyond 32 bits, of which the lower half counts',
    'a=+0x100000000(%di):x8 b=+0xffffffff(%di):u8 c=-0xffffffff(%di):string d=+0x7fffffff(%di):u8 e=+0x180000000(%di):u8',
    'a=0x68 b=0 c="ello" d=0 e=0',
  ],
  [
    '128 arguments',
    bytes.map(value => `\\${value}:u8`).join(' '),
    bytes.map(value => `arg${value}=${value}`).join(' '),
  ],
]

describe('what is rarely fetched', () => {
  for (const [what, args, expected] of recorded) {
    it(what, () => expect(body(args)).to.equal(`(0x401036) ${expected}`))
  }
})
