// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { KernelTrace } from '../../src/tracing/buffer/kernel-trace.ts'
import { parseDefinition } from '../../src/tracing/definition/parse-definition.ts'
import { bufferSize, fetchArguments } from '../../src/tracing/fetch/fetch-arguments.ts'
import { compileFetch } from '../../src/tracing/fetch/fetch-program.ts'
import { buildRecord } from '../../src/tracing/record/build-record.ts'
import { perfScript } from '../../src/tracing/text/perf-script.ts'
import { corpusTree, exePath } from './corpus-tree.ts'
import { hitContext, memory, words } from './hit-context.ts'

const text = 0x479004
const stack = 0x7fff_0000
/** What the recordings were made of: add(0, -5, "hello"), called from 0x401643. */
const situation = {
  command: 't',
  registers: { rdi: 0, rsi: -5, rdx: text, rax: -5, rsp: stack },
  mm: memory([text, 'hello'], [stack, words(0x401643n)]),
}

function print(...events: readonly (readonly [definition: string, time: bigint])[]): string {
  let now = 0n
  const trace = new KernelTrace(() => now)
  const buffer = new Uint8Array(bufferSize)
  for (const [index, [line, time]] of events.entries()) {
    now = time
    const parsed = parseDefinition(line.replace('EXE', exePath), { resolvePath: corpusTree })
    if (!parsed.ok) throw new Error(parsed.refusal.message)
    const { definition } = parsed
    const context = hitContext(situation)
    const size = fetchArguments(compileFetch(definition), context, buffer)
    const addresses = { ip: definition.kind === 'return' ? 0x401643n : 0x401615n, func: 0x401615n }
    const record = buildRecord(definition.kind, 2326 + index, 18364, addresses, buffer.subarray(0, size))
    const { group, event: name } = definition
    trace.write({ id: 2326 + index, group, name, definition }, record, { ...context.task, id: 18364 })
  }
  return [...perfScript(trace)].join('')
}

const body = (line: string): string => /p_e: (.*)\n/s.exec(print([line, 0n]))?.[1] ?? ''

describe('the text of perf script', () => {
  it('has its own columns: times are cut, events are as wide as the widest', () => {
    expect(
      print(
        [
          'p:t_h7/add EXE:0x1615 a=%di:s32 b=%si:s64 s=+0(%dx):string x=%dx arr=+0(%dx):u8[3]',
          11364_079_659_740n,
        ],
        ['r:t_h7/addret EXE:0x1615 v=$retval:s64', 11364_079_736_343n],
      ),
    ).to.equal(
      '               t 18364 [000] 11364.079659:    t_h7:add: (401615) a=0 b=-5 s="hello" x=0x479004 arr={104,101,108}\n' +
        '               t 18364 [000] 11364.079736: t_h7:addret: (401615 <- 401643) v=-5\n',
    )
  })

  // As perf 6.1 printed them.
  const recorded: readonly [args: string, body: string][] = [
    ['', '(401615)'],
    ['m=$comm s=+0(%dx):string', '(401615) m="t" s="hello"'],
    ['c=+0(%dx):char m=$comm', `(401615) c='>c<' m="h"`],
    [
      'g=+0(%dx):u8 bf=%si:b4@2/8 x8=%si:x8 x16=%si:x16 x32=%si:x32 u64=%si:u64 u8=%si:u8',
      '(401615) g=104 bf=14 x8=0xfb x16=0xfffb x32=0xfffffffb u64=18446744073709551611 u8=251',
    ],
    ['s8=%si:s8 s16=%si:s16 s32=%si:s32 u32=%si:u32', '(401615) s8=251 s16=65531 s32=-5 u32=4294967291'],
    [
      'ca=+0(%dx):char[3] sa=+0(%dx):s8[2] xa=+0(%dx):x32[2] ba=+0(%dx):b4@2/8[2]',
      "(401615) ca={'>c<','>c<','>c<'} sa={104,101} xa={0x6c,0x68} ba={101,0}",
    ],
    [
      'xa=+0(%dx):x64[2] sa=+0(%dx):s64[2] ua=+0(%dx):u16[2] m=$comm',
      '(401615) xa={0x0,0x0} sa={0,0} ua={0,0} m="t"',
    ],
    ['f=+0(%di):string s=+0(%dx):string', '(401615) f="hello" s="hello"'],
    ['s=+0(%dx):string f=+0(%di):string', '(401615) s="hello" f=""'],
    ['c=%dx:char d=%si:s32 s=+0(%dx):string e=%di:x64', `(401615) c='>c<' d=4 s="\xfb\xff\xff\xff" e=0x0`],
    ['s=+0(%dx):string c=%dx:char', `(401615) s="hello" c='>c<'`],
    ['c=%si:char m=%dx:u64 n=+0(%dx):string', `(401615) c='>c<' m=251 n="479004"`],
    [
      'a=%si:s16 c=%dx:char b=%si:s64 s8=%si:s8 s=+0(%dx):string s32=%si:s32 u=%si:u32 e=+0(%dx):u16[2]',
      `(401615) a=65531 c='>c<' b=4 s8=-5 s="\xfb" s32=0 u=4294967291 e={4294967291,0}`,
    ],
    ['c=%si:char sa=+0(%sp):u8[2] x=%si:x64', `(401615) c='>c<' sa={251,67} x=0x16`],
    [
      'x=%si:x32 n=%si:s16 st=+0(%dx):string ar=+0(%dx):u8[3] a2=+0(%dx):s32[2] ch=+0(%dx):char q=%si:s64 d=%si:s32 h=%si:u8 k=%si:u64 sa=+0(%sp):string[2] z=%di',
      '[FAILED TO PARSE] __probe_ip=0x401615 x=4294967291 n=-5 st=hello ar=helhello a2=ARRAY[68, 65, 6c, 6c, 6f, 00, 00, 00] ch=104 q=-5 d=-5 h=251 k=18446744073709551611',
    ],
  ]
  for (const [args, expected] of recorded) {
    it(`of ${args || 'no arguments'}`, () => {
      expect(body(`p:g/p_e EXE:0x1615 ${args}`)).to.equal(expected)
    })
  }

  it('of a return with texts in an array', () => {
    expect(body('r:g/p_e EXE:0x1615 sa=+0(%sp):string[2]')).to.equal(
      '[FAILED TO PARSE] __probe_func=0x401615 __probe_ret_ip=0x401643',
    )
  })
})
