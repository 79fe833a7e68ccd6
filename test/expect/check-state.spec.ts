// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { checkState } from '../../src/expect/check-state.ts'
import type { MachineState } from '../../src/expect/state.ts'
import { briefly, onePlan } from './judging.ts'
import { machineState } from './machine-state.ts'

const scenario = `title: t
binaries: { calc: { asm: "main: ret\\ncounter: .quad 0" } }
threads: { A: { run: calc:main } }
probes: { p: p calc:main }
expect:
  final:
    threads: { A: { exit: 11, ip: { within: xol }, regs: { rax: -1, rflags: { mask: 0x100, is: 0 } } } }
    mem:
      calc:counter: { u32: 2 }
      calc:counter+8: { s16: -2 }
      stack:A+8: { bytes: "c3 ?? 90" }
      calc:main: { string: "hi" }
    text: { calc:main: original }
    pages: { calc:main: private }
    probes: { p: { hits: { min: 1 }, missed: 0, attached: false } }
    xol: { in-use: 0 }
    uretprobes: { A: { depth: 0 } }
    maps: { A: ["[uprobes]"] }
    buffer: { entries: 3, overrun: { max: 0 } }
`

const memories: Record<string, number[]> = {
  'calc:counter': [2, 0, 0, 0],
  'calc:counter+8': [0xfe, 0xff],
  'stack:A+8': [0xc3, 7, 0x90],
  'calc:main': [104, 105, 0, 1],
}
const good: Partial<MachineState> = {
  exit: () => 11n,
  ip: () => ({ address: 0x7010n, at: '[uprobes]+0x10' }),
  register: (_, name) => (name === 'rax' ? 0xffff_ffff_ffff_ffffn : 0x202n),
  memory: place => [{ process: 'A', bytes: Uint8Array.from(memories[place]!) }],
  text: () => [{ process: 'A', state: 'original' }],
  page: () => [{ process: 'A', state: 'private' }],
  probe: () => ({ hits: 2n, executions: 0n, missed: 0n, attached: false }),
  slotsInUse: () => 0n,
  buffer: () => ({ entries: 3n, overrun: 0n, dropped: 0n }),
  returnDepth: () => 0n,
  mappings: () => ['calc', '[uprobes]'],
  region: () => [{ start: 0x7000n, end: 0x8000n }],
}

async function wrong(answers: Partial<MachineState>): Promise<string[]> {
  const { expect } = await onePlan(scenario)
  return checkState(expect.final!, machineState({ ...good, ...answers })).map(
    diagnostic => `${briefly(diagnostic)} | ${diagnostic.message}`,
  )
}

describe('the state of the machine', () => {
  it('may be as it should', async () => {
    expect(await wrong({})).to.deep.equal([])
  })

  const cases: [what: string, answers: Partial<MachineState>, diagnostics: string[]][] = [
    ['a result', { exit: () => 12n }, ['T007 7:27 "11" got 12 | A: exit: want 11, got 12']],
    ['no result', { exit: () => undefined }, ['T007 7:27 "11" | A has not ended with a result']],
    [
      'registers',
      { register: () => 0x300n },
      [
        'T007 7:65 "-1" got 768 | A: rax: want -1, got 768',
        'T007 7:77 "{ mask: 0x100, is: 0 }" got 768 | A: rflags: want 0x0 under mask 0x100, got 768',
      ],
    ],
    [
      'memory of every process',
      {
        memory: place => [
          { process: 'A', bytes: Uint8Array.from(memories[place]!) },
          { process: 'C', bytes: Uint8Array.from(memories[place]!.with(0, 0)) },
        ],
      },
      [
        'T007 9:28 "2" got 0 | calc:counter in C: want 2, got 0',
        'T007 10:30 "-2" got -256 | calc:counter+8 in C: want -2, got -256',
        'T007 11:27 "\\"c3 ?? 90\\"" got 00 07 90 | stack:A+8 in C is 00 07 90, but c3 ?? 90 was expected',
        'T007 12:28 "\\"hi\\"" got "" | calc:main in C: want "hi", got ""',
      ],
    ],
    [
      'text and pages',
      { text: () => [{ process: 'A', state: 'other' }], page: () => [{ process: 'A', state: 'absent' }] },
      [
        'T007 13:24 "original" got other | text at calc:main is other, but original was expected',
        'T007 14:25 "private" got absent | page of calc:main is absent, but private was expected',
      ],
    ],
    ['an unmapped place', { text: () => [] }, ['T007 13:24 "original" | no process maps calc:main']],
    [
      'probes, slots, returns, mappings and the trace buffer',
      {
        probe: () => ({ hits: 0n, executions: 0n, missed: 1n, attached: true }),
        slotsInUse: () => 1n,
        buffer: () => ({ entries: 2n, overrun: 1n, dropped: 0n }),
        returnDepth: () => 2n,
        mappings: () => ['calc'],
      },
      [
        'T007 17:31 "0" got 2 | A: return probes pending: want 0, got 2',
        'T007 15:26 "{ min: 1 }" got 0 | p: hits: want at least 1, got 0',
        'T007 15:46 "0" got 1 | p: missed: want 0, got 1',
        'T007 15:59 "false" got true | p: attached: want false, got true',
        'T007 16:20 "0" got 1 | xol: slots in use: want 0, got 1',
        'T007 19:24 "3" got 2 | buffer: entries: want 3, got 2',
        'T007 19:36 "{ max: 0 }" got 1 | buffer: overrun: want at most 0, got 1',
        'T007 18:17 "\\"[uprobes]\\"" mappings: calc | A has no mapping [uprobes]',
      ],
    ],
  ]
  for (const [what, answers, diagnostics] of cases) {
    it(`shows ${what} at its place`, async () => {
      expect(await wrong(answers)).to.deep.equal(diagnostics)
    })
  }
})
