// SPDX-License-Identifier: MIT
import { join } from 'node:path'
import { expect } from 'chai'
import { makePlan } from '../../src/plan/make-plan.ts'
import { loadScenarios } from '../../src/scenario/load-scenarios.ts'
import { calcScenario, goodPlan, planOf } from './plan-of.ts'

describe('a plan', () => {
  it('builds programs, starts threads and resolves what is named', async () => {
    const plan = await goodPlan(
      calcScenario({
        threads: 'threads:\n  A: { run: calc:main }\n  B: { run: calc:add, args: [1, 2] }',
        probes: '  add_in: p calc:add a=%di:s32',
        expect:
          'expect:\n  events:\n    - hit: add_in\n      ip: calc:add+0\n      thread: A\n    - exit: A\n      value: calc:counter\n  final: { mem: { calc:counter: { u64: calc:add+3 } } }',
      }),
    )
    expect(plan.processes).to.have.lengthOf(1)
    expect(plan.processes[0]).to.deep.include({ name: 'A', binary: 'calc', path: '/calc', argv: ['/calc'] })
    expect(plan.processes[0]!.threads).to.deep.equal([
      { name: 'A', symbol: 'main', address: 0x401000n },
      { name: 'B', symbol: 'add', address: 0x401010n },
    ])
    expect(plan.images.get('calc')!.startStub?.threads.map(({ name }) => name)).to.deep.equal(['A', 'B'])
    expect(plan.profile).to.include({ name: 'linux-6.18', execute: 'xol' })
    const { events, final } = plan.expect
    const patterns =
      events?.kind === 'sequence'
        ? events.items.map(item => (item.kind === 'event' ? item.pattern.fields : {}))
        : []
    expect(patterns[0]?.['ip']).to.deep.include({
      kind: 'equal',
      value: { address: 0x401010n, at: 'calc:add' },
    })
    expect(patterns[1]?.['value']).to.have.nested.property('value.at', 'calc:counter')
    expect(final!.mem.get('calc:counter')!.value).to.deep.include({
      value: { address: 0x401013n, at: 'calc:add+0x3' },
    })
  })

  it('knows addresses of places', async () => {
    const plan = await goodPlan(calcScenario({}))
    const places = ['calc:main', 'calc:add+3', 'calc:add+0x3', '0x401000', '17']
    expect(places.map(place => plan.address(place))).to.deep.equal([
      0x401000n,
      0x401013n,
      0x401013n,
      0x401000n,
      17n,
    ])
    for (const nothing of ['calc:nothing', 'other:main', 'calc', 'calc:add+x', ''])
      expect(plan.address(nothing), nothing).to.equal(undefined)
  })

  it('takes choices of the kernel over', async () => {
    const plan = await goodPlan(calcScenario({ more: 'kernel: { optimize: none, xol: { slots: 4 } }' }))
    expect(plan.profile).to.deep.include({
      optimize: 'none',
      xol: { slots: 4, 'slot-size': 128, owner: 'hit' },
    })
  })

  it('judges slots by the whole kernel, and points at them', async () => {
    const { told } = await planOf(calcScenario({ more: 'kernel: { xol: { slots: 1 } }' }))
    expect(told)
      .to.include(
        'this kernel cannot be run: with fewer than 2 slots none is left beside the return trampoline',
      )
      .and.include('^^^^^^^^^^^^')
    const alone = 'kernel: { profile: v2-2010, xol: { slots: 1 } }'
    expect((await goodPlan(calcScenario({ more: alone }))).profile.xol.slots).to.equal(1)
  })

  it('is made for every variant of an example with files', async () => {
    const cwd = join(import.meta.dirname, '../scenario/examples')
    for (const name of ['simple', 'race', 'golden']) {
      const { scenarios } = await loadScenarios(`${name}.yaml`, { cwd })
      for (const scenario of scenarios) {
        const result = await makePlan(scenario)
        expect(result.ok, scenario.id).to.equal(true)
      }
    }
  })

  it('gives errors of the assembler at the lines of the scenario', async () => {
    const { told } = await planOf(calcScenario({}).replace('mov  edi, 2', 'mvo  edi, 2'))
    expect(told).to.include('error[B001]').and.include(' test.yaml:6:11')
  })

  it('says where a symbol was meant that is not there', async () => {
    const { told } = await planOf(calcScenario({ probes: '  add_in: uprobe:calc:ad' }))
    expect(told.split('\n')).to.deep.equal([
      'error[R002]: binary `calc` has no symbol `ad`',
      '  --> test.yaml:21:23',
      '   |',
      '21 |   add_in: uprobe:calc:ad',
      '   |                       ^^ did you mean `add`?',
      '   |',
      '  ::: test.yaml:10:7',
      '10 |       add:',
      '   |       --- `add` is here, at 0x401010',
      '   |',
      '   = help: symbols in calc: main 0x401000, add 0x401010, counter 0x402000, semaphore 0x402004, room 0x403000      (all: trapline explain test.yaml --symbols)',
    ])
  })

  it('says so of every place that is named', async () => {
    const { told } = await planOf(
      calcScenario({
        threads: 'threads:\n  main: { run: calc:mian }',
        probes: '  add_in: { define: p calc:add, handler: [{ set-ip: calc:addd }] }',
        more: 'schedule:\n  - run: main\n    until: { at: calc:add+z }\n  - write: { mem: { "calc:conter": { u8: 1 } } }\n  - check: { text: { clac:add: original } }',
        expect:
          "expect:\n  events:\n    - hit: add_in\n      ip: 'calc:ad+4'\n  final: { threads: { main: { ip: { in: [calc:aad] } } } }",
      }),
    )
    const places = [...told.matchAll(/error\[(\w+)\].*\n\s*--> test.yaml:(\S+)/g)].map(
      ([, code, place]) => `${code} ${place}`,
    )
    expect(places).to.deep.equal([
      'R002 19:21',
      'R002 21:58',
      'R014 24:27',
      'R002 25:27',
      'R005 26:22',
      'R002 30:17',
      'R002 31:47',
    ])
  })

  it('refuses to start threads inside of programs that have a C library or are ready-made', async () => {
    const text = (binary: string) =>
      `title: t\nbinaries:\n  app: { ${binary} }\nthreads:\n  main: { run: app:main }\nexpect: { output: "" }\n`
    const library = await planOf(text('c: "int main(void) { return 0; }"'))
    expect(library.told)
      .to.include('error[R012]')
      .and.include('it is C with a C library')
      .and.include('processes: { main: { exec: app } }')
    const ready = await planOf(text('elf: ./app'))
    expect(ready.told).to.include('error[R012]').and.include('it is an ELF file')
  })

  it('refuses threads of one process in different binaries, and a binary that is started twice', async () => {
    const two = '  other:\n    asm: "main: ret"\nthreads:\n'
    const different = `title: t\n${calcScenario({}).split('\n').slice(1, 17).join('\n')}\n${two}  A: { run: calc:main }\n  B: { run: other:main }\nexpect: { output: "" }\n`
    expect((await planOf(different)).told)
      .to.include('error[R013]')
      .and.include(':::')
    const twice = calcScenario({
      threads: 'threads:\n  A: { run: calc:main, process: one }\n  B: { run: calc:main, process: two }',
    })
    expect((await planOf(twice)).told)
      .to.include('error[S009]')
      .and.include('test.yaml:19:')
  })

  it('tells an ELF file that is not there', async () => {
    const { told } = await planOf(
      'title: t\nbinaries:\n  app: { elf: ./app }\nprocesses:\n  app: { exec: app }\nexpect: { output: "" }\n',
    )
    expect(told).to.include('error[R001]: the file `./app` cannot be read')
  })
})
