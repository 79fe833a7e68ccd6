// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { usdtArgument } from '../../src/plan/probing/usdt-arguments.ts'
import { parseDefinition } from '../../src/tracing/definition/parse-definition.ts'

const offsets = new Map([['counter', 0x4010n]])
const translate = (written: string): string => {
  const argument = usdtArgument(written, name => offsets.get(name))
  return 'fetch' in argument ? argument.fetch : `no: ${argument.reason}`
}

describe('an argument of a USDT probe', () => {
  it('becomes what the kernel fetches', () => {
    const table: Record<string, string> = {
      '-4@%edi': '%di:s32',
      '4@%eax': '%ax:u32',
      '8@%r12': '%r12:u64',
      '-4@%r12d': '%r12:s32',
      '2@%r8w': '%r8:u16',
      '1@%r9b': '%r9:u8',
      '-1@%dil': '%di:s8',
      '1@%cl': '%cx:u8',
      '1@%ah': '%ax:b8@8/16',
      '2@%sp': '%sp:u16',
      '8@-16(%rbp)': '-16(%bp):u64',
      '-8@(%rsp)': '+0(%sp):s64',
      '4@0x18(%r15)': '+0x18(%r15):u32',
      '-4@$5': '\\5:s32',
      '-8@$-1': '\\-1:s64',
      '4@counter(%rip)': '@+0x4010:u32',
      '4@counter+4(%rip)': '@+0x4014:u32',
      '8@counter': '@+0x4010:u64',
    }
    for (const [written, fetch] of Object.entries(table)) {
      expect(translate(written), written).to.equal(fetch)
      const line = `p:a/b /bin/x:0x10 ${fetch}`
      expect(parseDefinition(line, { resolvePath: () => ({ regular: true }) }).ok, line).to.equal(true)
    }
  })

  it('is left out with a reason where the kernel cannot fetch it', () => {
    const table: Record<string, RegExp> = {
      '8f@%xmm0': /floating point/,
      '8@%xmm1': /floating point/,
      '-1@%bh': /no signed bh/,
      '8@(%rax,%rcx,8)': /add two registers/,
      '8@8(,%rcx,8)': /add two registers/,
      '4@missing(%rip)': /`missing` is no symbol/,
      '4@%mm0': /no register mm0/,
      '4@%r16': /no register r16/,
      '3@%eax': /size/,
      '%eax': /size/,
      '4@8(%rip)': /no such operand/,
      '4@%fs:8': /no such operand/,
    }
    for (const [written, reason] of Object.entries(table))
      expect(translate(written), written).to.match(reason)
  })
})
