// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { Register } from '../../src/machine/machine.ts'
import { readInstruction } from '../../src/uprobes/user-bkpt/read-instruction.ts'
import { rewriteRipRelative } from '../../src/uprobes/user-bkpt/rip-relative.ts'
import { code, hex, isVector } from './is-vector.ts'

function rewrite(text: string, mode: 64 | 32 = 64): [string, string | undefined] {
  const copy = code(text)
  const instruction = readInstruction(copy, mode, isVector)!
  const scratch = rewriteRipRelative(instruction, copy)
  const name = Object.keys(Register).find(key => Register[key as keyof typeof Register] === scratch)
  return [hex(copy.subarray(0, instruction.length)), name]
}

describe('an operand relative to rip, in a slot', () => {
  // Before, after, stand-in (spec 02 §7.1).
  const cases: [string, string, string][] = [
    ['48 8b 05 10 00 00 00', '48 8b 86 10 00 00 00', 'rsi'],
    ['48 8b 35 10 00 00 00', '48 8b b7 10 00 00 00', 'rdi'],
    ['4c 8b 35 10 00 00 00', '4c 8b b7 10 00 00 00', 'rdi'], // r14 shares its low bits with rsi
    ['48 8b 3d 10 00 00 00', '48 8b be 10 00 00 00', 'rsi'],
    ['49 8b 05 10 00 00 00', '48 8b 86 10 00 00 00', 'rsi'], // REX.B would make it r14
    ['ff 15 f0 ff ff ff', 'ff 96 f0 ff ff ff', 'rsi'],
    ['c6 05 10 00 00 00 7f', 'c6 86 10 00 00 00 7f', 'rsi'],
    ['f2 0f 10 05 10 00 00 00', 'f2 0f 10 86 10 00 00 00', 'rsi'],
    // vaddps 0x10(%rip),%ymm6,%ymm7: both rsi and rdi are spoken for
    ['c5 cc 58 3d 10 00 00 00', 'c5 cc 58 bb 10 00 00 00', 'rbx'],
    // vaddps 0x10(%rip),%ymm6,%ymm0
    ['c5 cc 58 05 10 00 00 00', 'c5 cc 58 87 10 00 00 00', 'rdi'],
    // the same with a three-byte VEX whose inverted B is clear
    ['c4 c1 4c 58 05 10 00 00 00', 'c4 e1 4c 58 87 10 00 00 00', 'rdi'],
    // vpaddb 0x10(%rip),%zmm1,%zmm0
    ['62 f1 75 48 fc 05 10 00 00 00', '62 f1 75 48 fc 86 10 00 00 00', 'rsi'],
  ]
  for (const [before, after, scratch] of cases)
    it(`${before} becomes ${after}`, () => expect(rewrite(before)).to.deep.equal([after, scratch]))

  it('leaves other operands and 32-bit code alone', () => {
    for (const text of ['48 8b 45 10', '48 8b 04 25 10 00 00 00', '48 8b 85 10 00 00 00', '48 89 c5'])
      expect(rewrite(text)).to.deep.equal([text, undefined])
    expect(rewrite('8b 05 10 00 00 00', 32)).to.deep.equal(['8b 05 10 00 00 00', undefined])
  })
})
