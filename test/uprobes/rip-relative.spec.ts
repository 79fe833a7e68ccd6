// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { Register } from '../../src/machine/machine.ts'
import { readInstruction } from '../../src/uprobes/user-bkpt/read-instruction.ts'
import { rewriteRipRelative } from '../../src/uprobes/user-bkpt/rip-relative.ts'
import { makeAbsolute } from '../../src/uprobes/user-bkpt/rip-relative-2010.ts'
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

describe('an operand relative to rip, in a slot of 2010', () => {
  /** The whole copy, what follows the instruction included; the stand-in, and what it takes more than the address behind. */
  function absolute(text: string, mode: 64 | 32 = 64): [string, number | undefined, number | undefined] {
    const copy = code(text)
    const made = makeAbsolute(readInstruction(copy, mode, isVector)!, copy)
    return [hex(copy), made?.scratch, made?.displacement]
  }
  const { rax, rcx } = Register

  it('loses its displacement, and all behind it moves up', () => {
    expect(absolute('c7 05 10 00 00 00 01 02 03 04 05 06 07 08 09 0a')).to.deep.equal([
      'c7 01 01 02 03 04 05 06 07 08 09 0a 00 00 00 00',
      rcx,
      0x10,
    ])
  })

  it('has its address in rax, or in rcx beside rax and r8', () => {
    const copy = (start: string): string => `${start} 00 00 00 00 00 00 00 00 00 00 00 00 00`
    expect(absolute('48 8b 0d f0 ff ff ff')).to.deep.equal([copy('48 8b 08'), rax, -16])
    expect(absolute('4c 8b 05 10 00 00 00')).to.deep.equal([copy('4c 8b 01'), rcx, 0x10])
    // REX.B would make r8 of it.
    expect(absolute('49 8b 0d 10 00 00 00')).to.deep.equal([copy('48 8b 08'), rax, 0x10])
  })

  it('is none in 32-bit code, where the address is absolute already', () => {
    const text = '8b 05 10 00 00 00 00 00 00 00 00 00 00 00 00 00'
    expect(absolute(text, 32)).to.deep.equal([text, undefined, undefined])
  })
})
