// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { runText } from './run-text.ts'

const loop = (probe: string, rest: string): string => `title: a loop of three rounds
binaries:
  loop:
    asm: |
      worker:
          mov  ecx, 3
      again:
          add  rdi, 1
          dec  ecx
          jnz  again
          ret
threads:
  A: { run: loop:worker }
probes:
  tick: ${probe}
${rest}`

describe('executions of a probed instruction', () => {
  it('are hits where every one called the handler', async () => {
    const checks = 'probes: { tick: { executions: 3, hits: 3, missed: 0 } }'
    expect((await runText(loop('p loop:again', `expect: { final: { ${checks} } }`))).wrong).deep.equal([])
  })

  it('are missed where the program has lost its breakpoint', async () => {
    const rest = `schedule:
  - { run: A, until: { stepped: tick } }
  - write: { mem: { loop:again: { u8: 0x48 } } }
  - { run: A }
expect: { final: { probes: { tick: { executions: 3, hits: 1, missed: 2 } } } }`
    expect((await runText(loop('p loop:again', rest))).wrong).deep.equal([])
  })

  it('are not counted before the probe is attached', async () => {
    const rest = `schedule:
  - { run: A, instructions: 4 }
  - attach: tick
  - { run: A }
expect: { final: { probes: { tick: { executions: 2, hits: 2, missed: 0 } } } }`
    expect((await runText(loop('{ define: p loop:again, attach: later }', rest))).wrong).deep.equal([])
  })

  it('are told as they are when a scenario expects another number', async () => {
    const rest = 'expect: { final: { probes: { tick: { executions: 4 } } } }'
    expect((await runText(loop('p loop:again', rest))).wrong.join()).match(/executions: want 4, got 3/)
  })
})
