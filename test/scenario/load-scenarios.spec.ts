// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { loadText, pinned, scenarioOf, scenarioText, textOf } from './load-text.ts'

describe('loading a scenario', () => {
  it('keeps every digit of integers beyond 2^53', async () => {
    const numbers = [
      '0xffffffffffffffff',
      '18446744073709551615',
      '-9223372036854775808',
      '9007199254740993',
      '0o17',
    ]
    const scenario = await scenarioOf(
      scenarioText({ threads: `threads:\n  main: { run: calc:main, args: [${numbers}] }` }),
    )
    const args = scenario.threads.get('main')!.args.map(({ value }) => value)
    expect(args).to.deep.equal([2n ** 64n - 1n, 2n ** 64n - 1n, -(2n ** 63n), 2n ** 53n + 1n, 15n])
  })

  it('keeps them in values, too, and apart from texts that look alike', async () => {
    const scenario = await scenarioOf(
      scenarioText({
        expect:
          'expect:\n  events:\n    - exit: main\n      value: 0x8000000000000001\n    - hit: add_in\n    - log: "0x10"',
      }).replace('  events:', '  trace: [hit, exit, log]\n  events:'),
    )
    const { events } = scenario.expect
    const patterns =
      events?.kind === 'sequence'
        ? events.items.map(item => (item.kind === 'event' ? item.pattern : undefined))
        : []
    expect(patterns[0]?.fields['value']).to.include({ value: 2n ** 63n + 1n })
    expect(patterns[2]?.fields['text']).to.include({ value: '0x10' })
  })

  it('takes a word that is both a kind and a field as the field', async () => {
    const scenario = await scenarioOf(
      scenarioText({
        expect: 'expect:\n  events:\n    - hit: add_in\n    - exit: main\n      signal: SIGKILL',
      }),
    )
    const { events } = scenario.expect
    const last = events?.kind === 'sequence' ? events.items[1] : undefined
    expect(last?.kind === 'event' && last.pattern.kind).to.equal('exit')
    expect(last?.kind === 'event' && last.pattern.fields['signal']).to.include({ value: 'SIGKILL' })
  })

  it('reads every form of a value', async () => {
    const values: readonly (readonly [text: string, pattern: object])[] = [
      ['5', { kind: 'equal', value: 5n }],
      ['-1', { kind: 'equal', value: -1n }],
      ['_', { kind: 'any' }],
      ['$x', { kind: 'variable', name: 'x', plus: 0n }],
      ['$x+0x8', { kind: 'variable', name: 'x', plus: 8n }],
      ['$x-8', { kind: 'variable', name: 'x', plus: -8n }],
      ['{ min: 1, max: 3 }', { kind: 'range', min: 1n, max: 3n }],
      ['{ max: 0xffffffffffffffff }', { kind: 'range', max: 2n ** 64n - 1n }],
      ['{ re: "^lib.*" }', { kind: 'regexp', source: '^lib.*' }],
      ['{ mask: 0xff, is: 0x10 }', { kind: 'mask', mask: 255n, is: 16n }],
      ['{ within: stack:main }', { kind: 'within', region: 'stack:main' }],
      ['{ is: "$x" }', { kind: 'equal', value: '$x' }],
      ['text', { kind: 'equal', value: 'text' }],
      ['null', { kind: 'equal', value: null }],
      ['true', { kind: 'equal', value: true }],
    ]
    const args = values.map(([text], index) => `a${index}: ${text}`).join(', ')
    const scenario = await scenarioOf(
      scenarioText({
        expect: `expect:\n  events:\n    - hit: add_in\n      args: { ${args}, in: { in: [1, "b"] }, not: { not: 0 }, list: [1, _] }`,
      }),
    )
    const { events } = scenario.expect
    const hit =
      events?.kind === 'sequence' && events.items[0]?.kind === 'event' ? events.items[0].pattern : undefined
    const read = hit?.fields['args']
    if (read?.kind !== 'map') throw new Error('no map')
    for (const [index, [, pattern]] of values.entries())
      expect(read.entries[`a${index}`]).to.deep.include(pattern)
    const { in: set, not, list } = read.entries
    expect(
      set?.kind === 'in' && set.options.map(option => option.kind === 'equal' && option.value),
    ).to.deep.equal([1n, 'b'])
    expect(not?.kind === 'not' && not.pattern).to.include({ value: 0n })
    expect(list?.kind === 'list' && list.items.map(({ kind }) => kind)).to.deep.equal(['equal', 'any'])
  })

  it('reads places only where an address or a number is compared', async () => {
    const scenario = await scenarioOf(
      scenarioText({
        expect: 'expect:\n  events:\n    - hit: add_in\n      ip: calc:main+4\n      args: { s: a:b }',
      }),
    )
    const { events } = scenario.expect
    const hit =
      events?.kind === 'sequence' && events.items[0]?.kind === 'event' ? events.items[0].pattern : undefined
    expect(hit?.fields['ip']).to.include({ kind: 'place', text: 'calc:main+4' })
    const args = hit?.fields['args']
    expect(args?.kind === 'map' && args.entries['s']).to.include({ kind: 'equal', value: 'a:b' })
  })

  it('turns `write` into bytes, a turn for each place', async () => {
    const mem =
      '{ calc:main: { u32: 0x01020304 }, "stack:main+8": { bytes: "c3 90" }, calc:main+8: { string: hi } }'
    const scenario = await scenarioOf(
      scenarioText({ schedule: `schedule:\n  - write: { mem: ${mem} }\n  - stop` }),
    )
    const turns = scenario.schedule.kind === 'turns' ? scenario.schedule.turns : []
    const written = turns.map(turn =>
      turn.kind === 'write' ? [turn.place.value, [...turn.bytes.value]] : turn.kind,
    )
    expect(written).to.deep.equal([
      ['calc:main', [4, 3, 2, 1]],
      ['stack:main+8', [0xc3, 0x90]],
      ['calc:main+8', [104, 105, 0]],
      'stop',
    ])
  })

  it('reads limits with units', async () => {
    const scenario = await scenarioOf(
      scenarioText({ limits: 'limits: { instructions: 5, memory: 2M, wall: 3s }' }),
    )
    expect(scenario.limits).to.deep.include({ instructions: 5, memory: 2 ** 21, wall: 3000 })
  })

  it('tells how large a limit may be', async () => {
    const told = async (limits: string) =>
      (await loadText(scenarioText({ limits }))).diagnostics.map(({ message }) => message).join()
    expect(await told('limits: { instructions: 99999999999999999999999 }')).to.match(
      /must be at most 9007199254740991, not 99999999999999999999999$/,
    )
    expect(await told('limits: { memory: 99999999999999999999999 }')).to.include('at most 9007199254740991')
  })

  it('takes nested names of tasks', async () => {
    const events = 'expect:\n  events:\n    - hit: add_in\n      thread: main/1.2\n    - exit: main.1'
    expect((await loadText(scenarioText({ expect: events }))).diagnostics).to.deep.equal([])
  })

  it('says nothing of a file that only defines things', async () => {
    const loaded = await loadText('binaries:\n  calc: { asm: "main: ret" }\n')
    expect(loaded).to.deep.include({ definitionsOnly: true, diagnostics: [] })
    expect(loaded.scenarios).to.deep.equal([])
  })

  it('tells a file that is not there', async () => {
    const { diagnostics } = await loadText(scenarioText({ use: 'use: [nothing.yaml]' }))
    expect(diagnostics.map(({ code }) => code)).to.deep.equal(['R001'])
  })

  it('uses a file once, however many ways lead to it', async () => {
    const { diagnostics, scenarios, dependencies } = await loadText(
      scenarioText({ use: 'use: [a.yaml, b.yaml]', probes: '' }),
      { 'a.yaml': 'use: [c.yaml]', 'b.yaml': 'use: [c.yaml]', 'c.yaml': 'probes:\n  add_in: p calc:main\n' },
    )
    expect(diagnostics).to.deep.equal([])
    expect([...scenarios[0]!.probes.keys()]).to.deep.equal(['add_in'])
    expect(dependencies).to.deep.equal(['/here/a.yaml', '/here/c.yaml', '/here/b.yaml'])
  })

  it('takes only definitions from a scenario that it uses', async () => {
    const other = scenarioText({
      threads: 'threads:\n  other: { run: calc:main }',
      probes: '',
      expect: 'expect: { output: "" }',
      binaries: '',
    })
    const scenario = await scenarioOf(scenarioText({ use: 'use: [other.yaml]' }), { 'other.yaml': other })
    expect([...scenario.threads.keys()]).to.deep.equal(['other', 'main'])
    expect(scenario.expect.output).to.equal(undefined)
  })

  it('substitutes in files that it uses', async () => {
    const scenario = await scenarioOf(
      scenarioText({ matrix: 'matrix: { n: [7] }', use: 'use: [lib.yaml]', threads: '' }),
      {
        'lib.yaml': 'threads:\n  main: { run: calc:main, args: ["${n}"] }\n',
      },
    )
    expect(scenario.threads.get('main')!.args[0]!.value).to.equal(7n)
  })

  it('reports what variants share once, and runs those without mistakes', async () => {
    const matrix = 'matrix: { to: [main, other, main2] }'
    const { diagnostics, scenarios } = await loadText(
      scenarioText({ matrix, expect: 'expect:\n  events:\n    - hit: add_in\n      thread: ${to}' }),
    )
    expect(diagnostics.map(({ message }) => message)).to.deep.equal([
      'no task is named `other`',
      'no task is named `main2`',
    ])
    expect(diagnostics.map(({ labels }) => textOf(labels[0]!.span))).to.deep.equal(['${to}', '${to}'])
    expect(scenarios.map(({ id }) => id)).to.deep.equal(['test[to=main]'])
  })

  it('reports all mistakes of a phase, in the order of the file', async () => {
    const { diagnostics } = await loadText(
      scenarioText({
        expect:
          'expect:\n  events:\n    - hit: nobody\n      thread: nobody\n    - exit: main\n      after: nothing',
        schedule: 'schedule:\n  - run: nobody',
      }),
    )
    expect(diagnostics.map(({ code, labels }) => `${code} ${pinned(labels[0]!.span)}`)).to.deep.equal([
      'R003 13:12 nobody',
      'R004 14:15 nobody',
      'R007 16:14 nothing',
      'R004 18:10 nobody',
    ])
  })
})
