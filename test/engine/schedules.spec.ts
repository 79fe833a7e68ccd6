// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { runText } from './run-text.ts'

/** Two workers that add one in a probed, stepped instruction, and a loop that waits for a flag. */
const programs = `title: a claim
binaries:
  calc:
    asm: |
      worker:
          call add
          ret
      add:
          add  edi, 1
      added:
          mov  eax, edi
          ret
      waits:
          cmp  dword ptr [rip + flag], 0
          je   waits
          mov  eax, 7
          ret
      sleeps:
          mov  eax, 202
          lea  rdi, [rip + flag]
          xor  esi, esi
          xor  edx, edx
          xor  r10d, r10d
          syscall
          ret
      .data
      flag: .long 0
`
const workers = `threads:
  A: { run: calc:worker, args: [10] }
  B: { run: calc:worker, args: [20] }
probes:
  add: p calc:add n=%di:s32
`
const threads = (...lines: string[]): string => ['threads:', ...lines.map(line => `  ${line}`), ''].join('\n')
const schedule = (...turns: string[]): string =>
  ['schedule:', ...turns.map(turn => `  - ${turn}`), ''].join('\n')
const anything = (trace = 'hit, ret, exit, signal, fault'): string =>
  `expect:\n  trace: [${trace}]\n  never:\n    - signal: SIGXFSZ\n`

describe('a schedule', () => {
  it('stops a thread between trap and handler, and goes on from there', async () => {
    const { events } = await runText(
      programs +
        workers +
        schedule('{ run: A, until: { trap: add } }', '{ run: B }', '{ run: A }') +
        anything('trap, hit, stepped, exit'),
    )
    expect(events).to.deep.equal([
      'A: trap add',
      'B: trap add',
      'B: hit add 20',
      'B: stepped add, slot 1',
      'B: exit 21',
      'A: hit add 10',
      'A: stepped add, slot 1',
      'A: exit 11',
    ])
  })

  it('stops before the next arrival at an address', async () => {
    const { wrong } = await runText(
      programs +
        workers +
        schedule(
          '{ run: A, until: { at: calc:added } }',
          '{ check: { threads: { A: { ip: calc:added, regs: { rdi: 11 } } } } }',
        ) +
        anything(),
    )
    expect(wrong).to.deep.equal([])
  })

  it('counts a probed instruction as one step', async () => {
    const { wrong } = await runText(
      programs +
        workers +
        schedule('{ run: A, instructions: 2 }', '{ check: { threads: { A: { ip: calc:added } } } }') +
        anything(),
    )
    expect(wrong).to.deep.equal([])
  })

  it('refuses a turn of a thread that is gone, that sleeps, or that never comes to its target', async () => {
    const gone = await runText(programs + workers + schedule('{ run: A }', '{ run: A }') + anything())
    expect(gone.wrong).to.deep.equal(['T010 `A` is gone already, so it cannot run here'])
    const asleep = await runText(
      programs +
        threads('S: { run: calc:sleeps }') +
        schedule('{ run: S, until: { blocked: true } }', '{ run: S }', 'stop') +
        anything(),
    )
    expect(asleep.wrong).to.deep.equal(['T010 `S` sleeps at this point, so it cannot run'])
    const never = await runText(
      programs + workers + schedule('{ run: A, until: { ret: _ } }') + anything('hit, ret, exit'),
    )
    expect(never.wrong).to.deep.equal(['T010 `A` never reached what `until` waits for'])
  })

  it('says who sleeps when nothing can run any more', async () => {
    const { wrong, run } = await runText(programs + threads('S: { run: calc:sleeps }') + anything())
    expect(wrong).to.deep.equal(['T009 nothing can run any more: S sleeps for ever'])
    expect(run.diagnostics[0]?.notes?.join()).to.contain('calc:sleeps')
  })

  it('ends a loop that waits for somebody who never runs, and says where it was', async () => {
    const { wrong, run } = await runText(
      `${programs + threads('W: { run: calc:waits }')}limits: { instructions: 5000 }\n${anything()}`,
    )
    expect(wrong).to.deep.equal(['T008 stopped after 5000 steps, the limit of this scenario'])
    expect(run.diagnostics[0]?.notes?.join()).to.contain('calc:waits')
  })

  it('lets the kernel side write memory, send signals and define probes at a point', async () => {
    const { events, wrong } = await runText(
      programs +
        threads('W: { run: calc:waits }', 'B: { run: calc:worker }') +
        schedule(
          '{ run: W, instructions: 100 }',
          '{ write: { mem: { calc:flag: { u32: 1 } } } }',
          '{ run: W }',
          '{ signal: { to: B, number: SIGTERM } }',
          '{ run: B }',
        ) +
        anything(),
    )
    expect(wrong).to.deep.equal([])
    expect(events.slice(0, 2)).to.deep.equal(['W: exit 7', 'B: signal SIGTERM, action kill'])
  })

  it('takes kernel-side actions as a task of their own under other strategies', async () => {
    const text = (strategy: string): string =>
      `${programs}${workers.replace('p calc:add n=%di:s32', '{ define: "p calc:add n=%di:s32", attach: later }')}schedule: ${strategy}\nactions:\n  - attach: add\n  - detach: add\n${anything('attach, detach, exit')}`
    for (const strategy of [
      '{ round-robin: 1 }',
      '{ random: { seed: 3, switch: 0.5 } }',
      '{ pct: { seed: 5, depth: 3 } }',
    ]) {
      const { events, wrong } = await runText(text(strategy))
      expect(wrong, strategy).to.deep.equal([])
      expect(
        events.filter(line => line.startsWith('kernel')),
        strategy,
      ).to.deep.equal(['kernel: attach add', 'kernel: detach add'])
    }
  })
})

describe('a probe of a scenario', () => {
  const attached = (probe: string, more = ''): string =>
    `${programs}threads:\n  A: { run: calc:worker, args: [10] }\nprobes:\n  add: ${probe}\n${more}`

  it('may have a handler that sends the thread elsewhere', async () => {
    const { events } = await runText(
      attached('{ define: p calc:add, handler: [{ set-ip: calc:added }] }') + anything(),
    )
    expect(events.at(-1)).to.equal('A: exit 10')
  })

  it('may have a handler that takes the probe away while it runs', async () => {
    const { events, wrong } = await runText(
      attached('{ define: p calc:add, handler: [{ detach: add }] }') + anything('hit, detach, stepped, exit'),
    )
    expect(wrong).to.deep.equal([])
    expect(events).to.deep.equal(['A: hit add', 'kernel: detach add', 'A: stepped add, slot 1', 'A: exit 11'])
  })

  it('that the kernel refuses to attach fails the scenario, unless it says so', async () => {
    const refused = attached('{ define: p calc:0x900000, attach: entry }')
    expect((await runText(refused + anything())).wrong).to.deep.equal([
      'T011 the kernel refuses to attach `add` with EINVAL',
    ])
    const expected = attached('{ define: p calc:0x900000, attach: entry, refused: EINVAL }')
    expect((await runText(expected + anything())).wrong).to.deep.equal([])
    const wrongly = attached('{ define: p calc:add, attach: entry, refused: EINVAL }')
    expect((await runText(wrongly + anything())).wrong).to.deep.equal([
      'T011 the kernel accepts `add`, which the scenario expects it to refuse',
    ])
  })

  it('records once for each of its consumers', async () => {
    const { events } = await runText(attached('{ define: p calc:add, consumers: 2 }') + anything('hit'))
    expect(events).to.have.lengthOf(2)
  })

  it('belongs to the tasks of `only` alone', async () => {
    const { events } = await runText(
      `${programs}${workers.replace('p calc:add n=%di:s32', '{ define: "p calc:add n=%di:s32", only: [B] }')}${anything()}`,
    )
    expect(events).to.deep.equal(['A: exit 11', 'B: hit add 20', 'B: exit 21'])
  })
})
