// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { BareMachine, data } from './bare-machine.ts'

const interesting = [
  0n,
  1n,
  0x7fn,
  0x80n,
  0xffn,
  0x7fff_ffffn,
  0x8000_0000n,
  0x7fff_ffff_ffff_ffffn,
  1n << 63n,
]

/** Operations on rax and rbx, or on the operand at rcx, that a branch may follow. */
const operations: Record<string, string> = {
  'cmp al, bl': '38d8',
  'cmp ax, bx': '6639d8',
  'cmp eax, ebx': '39d8',
  'cmp rax, rbx': '4839d8',
  'cmp rax, -128': '4883f880',
  'cmp [rcx], rbx': '483919',
  'cmp ebx, [rcx]': '3b19',
  'cmp byte [rcx], 127': '80397f',
  'cmp bl, [rcx]': '3a19',
  'test al, bl': '84d8',
  'test eax, ebx': '85d8',
  'test rax, rbx': '4885d8',
  'test [rcx], ebx': '8519',
  'sub eax, ebx': '29d8',
  'sub rax, rbx': '4829d8',
  'sub [rcx], rbx': '482919',
  'dec al': 'fec8',
  'dec eax': 'ffc8',
  'dec rax': '48ffc8',
  'add rax, rbx': '4801d8',
}

describe('a branch after arithmetic', () => {
  for (const [name, hex] of Object.entries(operations))
    it(`decides the same in one go and in single steps: ${name}`, () => {
      for (let condition = 0; condition < 16; condition++) {
        const bytes = `90 ${hex} 7${condition.toString(16)}10 f4`
        const whole = new BareMachine(bytes)
        const results: unknown[][] = []
        for (const step of [3, 1])
          for (const rax of interesting)
            for (const rbx of interesting) {
              whole.set({ rax, rbx, rcx: BigInt(data), rip: 0x40_0000n, rflags: 0x203n })
              const image = Buffer.alloc(8)
              image.writeBigUInt64LE(rax)
              whole.put(data, image.toString('hex'))
              for (let n = 0; n < 3; n += step) whole.run(step)
              const state = [whole.get('rip'), whole.get('rax'), whole.get('rflags'), whole.hex(data, 8)]
              if (step === 3) results.push(state)
              else expect(state).to.deep.equal(results.shift())
            }
      }
    })
})
