// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import fc from 'fast-check'
import { calcScenario, goodPlan, planOf } from './plan-of.ts'

/** The definition of a probe named `key`, or what is said of it. */
async function defined(define: string, key = 'key') {
  const { plan, told } = await planOf(calcScenario({ probes: `  ${key}: ${JSON.stringify(define)}` }))
  return plan ? { ...plan.probes.get(key)!.definition, told } : { told }
}

describe('probes', () => {
  const places: readonly (readonly [define: string, expected: object])[] = [
    ['p calc:add', { kind: 'entry', group: 'uprobes', event: 'key', path: '/calc', offset: 0x1010n }],
    ['r calc:add', { kind: 'return', event: 'key' }],
    ['p:calls/add_in calc:add+0x0', { group: 'calls', event: 'add_in', offset: 0x1010n }],
    ['p:calls/ calc:add', { group: 'calls', event: 'key' }],
    ['p:name calc:main+5', { group: 'uprobes', event: 'name', offset: 0x1005n }],
    ['p calc:0x1010', { event: 'key', offset: 0x1010n }],
    ['p calc:4112', { offset: 0x1010n }],
    ['p /calc:0x1010', { event: 'key', path: '/calc', offset: 0x1010n }],
    ['p calc:add%return', { kind: 'return', offset: 0x1010n }],
    ['p calc:add(semaphore)', { referenceCounter: 0x2004n }],
    ['p calc:add(0x2004)', { referenceCounter: 0x2004n }],
    ['p calc:add%return(semaphore)', { kind: 'return', referenceCounter: 0x2004n }],
    ['uprobe:calc:add', { kind: 'entry', event: 'key', offset: 0x1010n }],
    ['uretprobe:calc:add', { kind: 'return', event: 'key', offset: 0x1010n }],
    ['p   calc:add \t a=%di   # words', { event: 'key', offset: 0x1010n }],
    // After `p10` the kernel ignores the name, so none can be given (spec 07 §2.1).
    ['r10 calc:add', { event: 'p_calc_0x1010' }],
  ]
  for (const [define, expected] of places) {
    it(`take ${define}`, async () => {
      const definition = await defined(define)
      expect(definition.told).to.equal('')
      expect(definition).to.deep.include(expected)
    })
  }

  it('give a name with a hyphen to their event as C would write it', async () => {
    expect(await defined('p calc:add', 'add-in')).to.include({ event: 'add_in' })
  })

  it('keep their arguments', async () => {
    const plan = await goodPlan(calcScenario({ probes: '  key: p calc:add a=%di:s32 +0(%sp):x64' }))
    expect(plan.probes.get('key')!.definition.arguments.map(({ name, text }) => [name, text])).to.deep.equal([
      ['a', '%di:s32'],
      ['arg2', '+0(%sp):x64'],
    ])
  })

  const refusals: readonly (readonly [define: string, place: string, words: string])[] = [
    ['p calc:add a=%eax:s32', '^^^^', 'Invalid register name'],
    ['p calc:add a=$retval', '^^^^^^^', '$retval is not available on probe'],
    ['r calc:add a=$retval:s33', '^^^', 'Unknown type is specified'],
    ['p calc:add a=%di a=%si', '^', 'This argument name is already used'],
    ['p:1x calc:add', '^^', 'Event name must follow the same rules as C identifiers'],
    ['p calc:0xzz', '^^^^', 'Invalid uprobe offset'],
    ['p calc:add%ret', '^^^^', 'Invalid probed address suffix'],
    ['p calc:add(0x10', '^', 'Reference counter brace is not closed'],
    ['p calc:add a=+0(%di', '^', 'Dereference brace is not closed'],
    ['p /nothing:0x10', '^', 'Failed to find the given file'],
  ]
  for (const [define, mark, words] of refusals) {
    it(`are refused in the kernel's words: ${define}`, async () => {
      const { told } = await defined(define)
      const lines = told.split('\n')
      expect(lines[0]).to.equal(`error[R010]: the kernel would refuse this probe: ${words}`)
      expect(lines[4]).to.match(new RegExp(`^ +\\| +${mark.replaceAll('^', '\\^')} E`))
    })
  }

  const meant: readonly (readonly [define: string, help: RegExp])[] = [
    ['p calc:add x=%dx9:s32', /^did you mean `%dx`\?$/],
    ['p calc:add x=%eax:s32', /^did you mean `%ax`\?$/],
    ['p calc:add x=%nothing', /^the registers are %ax, .*%ss$/],
    ['p calc:add x=%di:s33', /^did you mean `s32`\?$/],
    ['p calc:add x=%di:nothing', /^the types are u8, .*, and bit fields such as b4@0\/32$/],
  ]
  for (const [define, help] of meant) {
    it(`say first what may be meant: ${define}`, async () => {
      const [first, last] = (await defined(define)).told.split('= help: ').slice(1)
      expect(first!.split('\n')[0]).to.match(help)
      expect(last).not.to.equal(undefined)
    })
  }

  it('have the caret under what the author wrote, wherever the line was rewritten', async () => {
    const word = fc.constantFrom('b=%si', 'c=+8(%sp):u64', 'd=$stack2')
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('p', 'p:ev', 'p:group/ev', 'r'),
        fc.constantFrom('calc:add', 'calc:main+0x5', 'calc:add(semaphore)', 'calc:0x1010'),
        fc.array(word, { maxLength: 3 }),
        fc.constantFrom(' ', '   '),
        async (head, place, words, gap) => {
          const unique = [...new Set(words)]
          const define = [head, place, ...unique, 'x=%bad:u8'].join(gap)
          const { told } = await defined(define)
          const lines = told.split('\n')
          const caret = lines[4]!.indexOf('^')
          expect(lines[3]!.slice(caret, caret + 4)).to.equal('%bad')
        },
      ),
      { numRuns: 25 },
    )
  })

  it('may be refused where the scenario expects it', async () => {
    const probes = (refused: string) => `  key: { define: "p calc:add a=%bad", refused: ${refused} }`
    for (const refused of [
      'EINVAL',
      'Invalid register name',
      '{ errno: EINVAL, error: Invalid register name, caret: 13 }',
    ]) {
      const plan = await goodPlan(calcScenario({ probes: probes(refused) }))
      expect(plan.probes.size, refused).to.equal(0)
    }
    for (const [refused, said] of [
      ['ENOENT', 'the errno is EINVAL'],
      ['Bad register', 'the message is `Invalid register name`'],
      ['{ caret: 12 }', 'the caret stands at 13'],
    ] as const) {
      const { told } = await planOf(calcScenario({ probes: probes(refused) }))
      expect(told).to.include('error[R011]').and.include(said)
    }
    const taken = await planOf(
      calcScenario({ probes: '  key: { define: p calc:add, refused: Invalid register name }' }),
    )
    expect(taken.told).to.include('error[R011]: the kernel takes this definition')
  })

  it('cannot stand where the file has no bytes', async () => {
    expect((await defined('p calc:room')).told).to.include(
      'error[R014]: `calc:room` has no bytes in the file',
    )
  })

  it('know binaries by name', async () => {
    expect((await defined('p clac:add')).told)
      .to.include('error[R005]: no binary is named `clac`')
      .and.include('did you mean `calc`?')
    expect((await defined('p calc add')).told).to.include(
      'error[R010]: the kernel would refuse this probe: EINVAL',
    )
    expect((await defined('')).told).to.include('error[R010]: the kernel would refuse this probe: EINVAL')
  })

  it('in the middle of an instruction get a warning that shows it', async () => {
    const { plan, told } = await planOf(calcScenario({ probes: '  key: uprobe:calc:add+2' }))
    expect(plan).to.not.equal(undefined)
    expect(told.split('\n')).to.deep.equal([
      'warning[L007]: 0x401012 is in the middle of an instruction',
      '  --> test.yaml:21:20',
      '   |',
      '21 |   key: uprobe:calc:add+2',
      '   |                    ^^^^^',
      '   |',
      '   |  0x401010  8d 04 37   lea eax, [rdi+rsi]     ← add+0',
      '   |  0x401013  c3         ret                    ← add+3',
      '   |',
      '   = note: the kernel does not check boundaries: the byte becomes part of the instruction, and usually no event comes',
      '   = help: probe add+0 or add+3',
    ])
  })

  it('in the middle by file offset too, but not at the boundaries', async () => {
    expect((await planOf(calcScenario({ probes: '  key: p calc:0x1001' }))).told).to.include('L007')
    for (const place of ['calc:main+5', 'calc:add+3', 'calc:0x100a', 'calc:0x1010'])
      expect((await planOf(calcScenario({ probes: `  key: p ${place}` }))).told, place).to.equal('')
  })

  it('are asked only for what they can give', async () => {
    const ask = async (events: string) => {
      const probes = '  in: p calc:add a=%di\n  out: r calc:add v=$retval'
      return (
        await planOf(
          calcScenario({
            probes,
            expect: `expect:\n  never: [{ hit: in }, { ret: out }]\n  contains:\n${events}`,
          }),
        )
      ).told
    }
    expect(await ask('    - ret: in'))
      .to.include('error[L009]')
      .and.include('did you mean `hit`?')
    expect(await ask('    - hit: out'))
      .to.include('error[L009]')
      .and.include('did you mean `ret`?')
    expect(await ask('    - hit: in\n      args: { b: 1 }')).to.include(
      'error[R017]: `in` has no argument `b`',
    )
    expect(await ask('    - hit: in\n      args: [1, 2]')).to.include(
      'error[R017]: `in` has 1 argument, not 2',
    )
    expect(await ask('    - hit: in\n      args: [1]\n    - ret: out\n      args: { v: _ }')).to.equal('')
  })

  it('may be defined by a turn, in the same words', async () => {
    const plan = await goodPlan(calcScenario({ more: 'schedule:\n  - define: p:late calc:add+3 a=%di' }))
    const [turn] = plan.schedule.kind === 'turns' ? plan.schedule.turns : []
    expect(turn?.kind === 'define' && turn.line.value).to.equal('p:late /calc:0x1013 a=%di')
    const wrong = await planOf(calcScenario({ more: 'schedule:\n  - define: p:late calc:add a=%x' }))
    expect(wrong.told).to.include('error[R010]')
  })

  it('that the kernel would refuse to install get a warning, for nobody else tells', async () => {
    const text = (probe: string) => calcScenario({ probes: `  key: ${probe}` }).replace('mov  edi, 2', 'hlt')
    const { told } = await planOf(text('p calc:main'))
    expect(told).to.include('warning[L010]: the kernel refuses to probe `hlt`: ENOTSUPP')
    expect((await planOf(text('{ define: p calc:main, attach: entry }'))).told).to.equal('')
    expect((await planOf(text('p calc:main+1'))).told).to.equal('')
  })

  it('have filters that the kernel takes', async () => {
    const filtered = async (filter: string) =>
      (
        await planOf(
          calcScenario({
            probes: `  key: { define: p calc:add a=%di:s32, filter: ${JSON.stringify(filter)} }`,
          }),
        )
      ).told
    expect(await filtered('a > 2 && __probe_ip != 0')).to.equal('')
    const told = (await filtered('a > 2 && b == 1')).split('\n')
    expect(told[0]).to.equal('error[R010]: the kernel would refuse this filter: Field not found')
    expect(told.at(-1)).to.include('fields of this event: __probe_ip, a')
    expect(told[3]!.slice(told[4]!.indexOf('^'))).to.match(/^b == 1/)
  })

  it('of one event must be alike', async () => {
    const both = async (first: string, second: string) =>
      (await planOf(calcScenario({ probes: `  one: ${first}\n  two: ${second}` }))).told
    expect(await both('p:g/e calc:add a=%di', 'p:g/e calc:main a=%si')).to.equal('')
    expect(await both('p:g/e calc:add', 'r:g/e calc:main')).to.include(
      'Probe type is different from existing probe',
    )
    expect(await both('p:g/e calc:add a=%di', 'p:g/e calc:main b=%di')).to.include(
      'Argument type or name is different',
    )
    expect(await both('p:g/e calc:add', 'p:g/e calc:add')).to.include(
      'There is already the exact same probe event',
    )
    expect(await both('p calc:add(semaphore)', 'p calc:add')).to.include('reference counter')
    expect(await both('p:g/e calc:add', '{ define: "r:g/e calc:main", refused: EEXIST }')).to.equal('')
  })

  it('may have addresses as arguments, and never a text where a number is fetched', async () => {
    const asked = (args: string) =>
      planOf(
        calcScenario({
          probes: '  key: p calc:add to=%di name=+0(%si):string',
          expect: `expect:\n  events:\n    - hit: key\n      args: ${args}`,
        }),
      )
    const { plan } = await asked('{ to: { in: [calc:counter+4, 5] }, name: a:b }')
    const { events } = plan!.expect
    const hit =
      events?.kind === 'sequence' && events.items[0]?.kind === 'event' ? events.items[0].pattern : undefined
    const args = hit?.fields['args']
    if (args?.kind !== 'map') throw new Error('no map')
    const { to, name } = args.entries
    expect(to?.kind === 'in' && to.options[0]).to.deep.include({
      value: { address: 0x402004n, at: 'calc:counter+0x4' },
    })
    expect(name).to.include({ kind: 'equal', value: 'a:b' })
    expect((await asked('[calc:countre, _]')).told)
      .to.include('error[R002]')
      .and.include('did you mean `counter`?')
    expect((await asked('{ to: five }')).told).to.include(
      'error[R017]: argument `to` of `key` is a number, so it never equals this text',
    )
    expect((await asked('{ name: 5 }')).told).to.include('is a text, so it never equals this number')
    expect((await asked('{ to: (fault), name: (fault) }')).told).to.equal('')
  })
})
