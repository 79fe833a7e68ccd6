// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { parseDefinition } from '../../src/tracing/definition/parse-definition.ts'
import { bufferSize, fetchArguments } from '../../src/tracing/fetch/fetch-arguments.ts'
import { compileFetch } from '../../src/tracing/fetch/fetch-program.ts'
import { buildRecord } from '../../src/tracing/record/build-record.ts'
import { type ArgumentValue, decodeArguments } from '../../src/tracing/record/decode-arguments.ts'
import type { HitContext } from '../../src/uprobes/uprobes.ts'
import { corpusTree, exePath } from './corpus-tree.ts'
import { hitContext, memory, words } from './hit-context.ts'

/** The texts of fetched arguments; the buffer may hold what an earlier hit left. */
function fetch(args: string, context: HitContext, buffer?: Uint8Array<ArrayBuffer>): string {
  return fetchValues(args, context, buffer)
    .map(({ text }) => text)
    .join(' ')
}

function fetchValues(
  args: string,
  context: HitContext,
  buffer = new Uint8Array(bufferSize),
): readonly ArgumentValue[] {
  const parsed = parseDefinition(`r ${exePath}:0x1000 ${args}`, { resolvePath: corpusTree })
  if (!parsed.ok) throw new Error(parsed.refusal.message)
  const { definition } = parsed
  const size = fetchArguments(compileFetch(definition), context, buffer)
  const record = buildRecord('return', 1, 42, { ip: 0n, func: 0n }, buffer.subarray(0, size))
  return decodeArguments(definition, record)
}

const atEnd = 0x2000 - 3

describe('fetching', () => {
  it('cuts a register to the type and prints it in the type’s way', () => {
    const context = hitContext({ registers: { rax: 0x8877665544332211n, rcx: -2 } })
    expect(fetch('%ax:u8 %ax:x16 %ax:s64 %ax %cx:s32 %cx:u64 %cx:b4@2/8', context)).to.equal(
      '17 0x2211 -8613303245920329199 0x8877665544332211 -2 18446744073709551614 15',
    )
    expect(fetch('%cs %ss %orig_ax $retval:char', context)).to.equal("0x33 0x2b 0xffffffffffffffff '\x11'")
  })

  it('has texts as characters for scenarios, as bytes for the trace', () => {
    const mm = memory([0x402000, '\xc3\xa9\xff\0'])
    expect(fetchValues('@0x402000:string', hitContext({ mm }))).to.deep.equal([
      { name: 'arg1', value: 'é\udcff', text: '"\xc3\xa9\xff"' },
    ])
  })

  it('reads the stack, absolute addresses, and file offsets through the probed mapping', () => {
    const mm = memory([0x7000, words(0x11, -3, 0x402000)], [0x402000, 'text\0'], [0x401000, [0xcc]])
    const context = hitContext({ mm, registers: { rsp: 0x7000 } })
    expect(fetch('$stack $stack0 $stack1:s8 $stack600 +0($stack2):string', context)).to.equal(
      '0x7000 0x11 -3 0x0 "text"',
    )
    expect(fetch('@0x402000:x32 @+0x1000:x8 @+0x2001:string', context)).to.equal('0x74786574 0xcc "ext"')
    expect(fetch('$stack4294967295 @0xffffffffffffffff:x8', context)).to.equal('0x0 0x0')
  })

  it('fills with zero what lies behind the end of memory', () => {
    const context = hitContext({ mm: memory([atEnd, [1, 2, 3]]), registers: { rdi: atEnd } })
    const buffer = new Uint8Array(bufferSize).fill(0xff)
    expect(fetch('+0(%di):x32 +0(%di):u8[5] +1(%di):x16[2] +9(%di):s64', context, buffer)).to.equal(
      '0x30201 {1,2,3,0,0} {0x302,0x0} 0',
    )
  })

  it('adds offsets modulo 2^64', () => {
    const context = hitContext({ mm: memory([0x1000, words(5)]), registers: { rdx: -1 } })
    expect(fetch('+0x1001(%dx):u8 -1(%dx):u8', context)).to.equal('5 0')
  })

  it('shows what an earlier hit left where an inner pointer faults', () => {
    const buffer = new Uint8Array(bufferSize)
    fetch('\\0x1122334455667788', hitContext({}), buffer)
    expect(fetch('+0(+0(%di)):x32 %di:u8', hitContext({}), buffer)).to.equal('0x55667788 0')
  })

  describe('strings', () => {
    const mm = memory(
      [0x1000, words(0x1100, 0, 0x1108, 0x1110)],
      [0x1040, words(0x1100, atEnd)],
      [0x1100, 'one\0'],
      [0x1108, '\0'],
      [0x1110, 'caf\xe9 "x"\n\0'],
      [atEnd, 'end'],
    )
    const context = hitContext({
      mm,
      registers: { rsi: 0x1000, rdi: 0x1100, rdx: atEnd },
      command: 'a-name-of-twenty-signs',
    })

    it('are bytes up to a NUL, or a fault', () => {
      expect(fetch('+0(%di):string +8(%di):ustring +16(%di):string +0(%cx):string', context)).to.equal(
        '"one" "" "caf\xe9 "x"\n" (fault)',
      )
    })

    it('that run out of memory are a fault', () => {
      expect(fetch('+0(%dx):string', context)).to.equal('(fault)')
    })

    it('that run out of memory take the room of those behind them, and are cut to it', () => {
      expect(fetch('+1(%dx):string +2(%di):string', context)).to.equal('"n" (fault)')
      expect(fetch('+1(%dx):string +0(%di):string', context)).to.equal('(fault) "one"')
    })

    it('in an array share the room among themselves and with those behind', () => {
      expect(fetch('+0x40(%si):string[2] +2(%di):string', context)).to.equal('{"one","e"} (fault)')
    })

    it('in an array are followed pointer by pointer', () => {
      expect(fetch('+0(%si):string[4] +0(%cx):string[2]', context)).to.match(
        /^\{"one",\(fault\),"","caf\xe9 "x"\n"\} \{\(fault\),/,
      )
    })

    it('hold the name of the task, cut at fifteen bytes; immediate ones always fault', () => {
      expect(fetch('$comm \\"text" \\1:string', context)).to.equal('"a-name-of-twent" (fault) (fault)')
    })

    it('of more than 4095 bytes are a fault', () => {
      const text = 'x'.repeat(4096)
      const long = hitContext({ mm: memory([0x1000, `${text}\0`]), registers: { rdi: 0x1000 } })
      expect(fetch('+0(%di):string', long)).to.equal('(fault)')
      expect(fetch('+6(%di):string', long)).to.equal(`"${text.slice(6)}"`)
    })
  })
})
