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

async function figuresOf(schedule: string, execute: string): Promise<Figures> {
  const { scenarios } = await loadText(scenario(schedule))
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
