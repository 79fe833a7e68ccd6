// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { Figures } from '../../src/engine/compare/figures.ts'
import { measureVariant } from '../../src/engine/compare/measure-variant.ts'
import { loadText } from '../scenario/load-text.ts'

function scenario(schedule: string): string {
  return `title: a claim
binaries:
  calc:
    asm: |
      main:
          call work
          mov  eax, [rip + number]
          ret
      work:
          lea  eax, [rdi + 1]
          ret
          .data
      number: .long 7
threads:
  A: { run: calc:main }
  B: { run: calc:main }
probes:
  work: p calc:work
${schedule}
expect:
  never:
    - { hit: work, thread: B }
`
}

function figuresOf(schedule: string, execute: string): Promise<Figures> {
  return measured(scenario(schedule), execute)
}

async function measured(text: string, execute: string): Promise<Figures> {
  const { scenarios } = await loadText(text)
  const outcome = await measureVariant(scenarios[0]!, new Map([['execute', execute]]))
  if (outcome.kind === 'refused') throw new Error(outcome.reason)
  return outcome.figures
}

describe('the figures of a kernel', () => {
  it('name what programs did otherwise than without probes', async () => {
    expect((await figuresOf('', 'xol')).changes).to.deep.equal([])
    expect((await figuresOf('', 'rings')).changes).to.include('A: SIGSEGV instead of 7')
  })

  const interference = ['signal: { to: A, number: SIGKILL }', 'write: { mem: { calc:number: { u32: 8 } } }']
  for (const turn of interference)
    it(`make no probe answer for what the schedule does: ${turn}`, async () => {
      const turns = `schedule:\n  - { run: A, until: { hit: work } }\n  - ${turn}`
      expect(await figuresOf(turns, 'xol')).not.to.have.property('changes')
    })

  it('count no traps of the program’s own', async () => {
    const handler = `      main:
          mov  eax, 13            # rt_sigaction(SIGTRAP, action, 0, 8)
          mov  edi, 5
          lea  rsi, [rip + action]
          xor  edx, edx
          mov  r10d, 8
          syscall
          int3
          pushfq
          or   dword ptr [rsp], 0x100
          popfq
          nop
          pushfq
          and  dword ptr [rsp], 0xfffffeff
          popfq
          jmp  start
      handler:
          ret
      restorer:
          mov  eax, 15            # rt_sigreturn()
          syscall
      start:
`
    const data = '      number: .long 7\n      action: .quad handler, 0x04000000, restorer, 0\n'
    const text = scenario('').replace('      main:\n', handler).replace('      number: .long 7\n', data)
    const { hits, traps, changes } = await measured(text, 'xol')
    expect({ hits, traps, changes }).to.deep.equal({ hits: 2, traps: 4, changes: [] })
  })

  it('make no probe answer for a schedule that cannot be followed', async () => {
    const turns =
      'schedule:\n  - { run: B }\n  - { run: A, until: { step: work } }\n  - { run: A, until: { stepped: work } }'
    const { end, ...figures } = await figuresOf(turns, 'emulate')
    expect(end).to.contain('never reached')
    expect(figures).not.to.have.property('changes')
    expect((await figuresOf(turns, 'xol')).changes).to.deep.equal([])
    const killed = await figuresOf(turns, 'rings')
    expect(killed.end).to.be.a('string')
    expect(killed.changes).to.deep.equal(['A: SIGSEGV instead of 7', 'B: SIGSEGV instead of 7'])
  })
})
