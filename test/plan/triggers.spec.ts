// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { calcScenario, planOf } from './plan-of.ts'

/** What is said of a trigger of `key`, beside which there are the events uprobes/other and calls/third. */
async function told(...triggers: readonly string[]): Promise<string> {
  const probes = [
    '  other: p calc:add',
    '  third: p:calls/third calc:add n=%di',
    `  key: { define: "p calc:add a=%di:s32 s=+0(%si):string", triggers: [${triggers.map(text => JSON.stringify(text)).join(', ')}] }`,
  ]
  return (await planOf(calcScenario({ probes: probes.join('\n') }))).told
}

describe('triggers of a probe', () => {
  const taken = [
    ['traceoff'],
    [
      'traceoff:1 if a > 2',
      'stacktrace:3',
      'enable_event:uprobes:other',
      'disable_event:calls:third:2 if s ~ "x*"',
    ],
    ['enable_event:uprobes:key'],
  ]
  for (const triggers of taken) {
    it(`take ${triggers.join(', ')}`, async () => expect(await told(...triggers)).to.equal(''))
  }

  const refused: readonly (readonly [
    triggers: readonly string[],
    words: string,
    place: string,
    help: string,
  ])[] = [
    [['trceoff'], 'EINVAL', 'trceoff', 'did you mean `traceoff`?'],
    [
      ['snapshot'],
      'EINVAL',
      'snapshot',
      'the triggers are traceon, traceoff, stacktrace, enable_event, disable_event',
    ],
    [['hist:keys=a'], 'EINVAL', 'hist', 'the triggers are'],
    [['traceoff:x'], 'EINVAL', 'traceoff:x', 'for example   traceoff:1 if a > 2'],
    [['traceoff:99999999999999999999'], 'ERANGE', 'traceoff:99999999999999999999', 'for example'],
    [
      ['enable_event:uprobes:othr'],
      'EINVAL',
      'uprobes:othr',
      'the events are uprobes:other, calls:third, uprobes:key',
    ],
    [['enable_event:other'], 'EINVAL', 'enable_event:other', 'the events are'],
    [['traceoff if b > 2'], 'Field not found', 'b', ''],
    [['stacktrace:2 if a >> 2'], 'Invalid value (did you forget quotes)?', '>>', ''],
    [['traceoff if'], 'EINVAL', 'traceoff if', 'for example'],
    [['traceoff', 'traceon:3'], 'EEXIST', 'traceon:3', 'an event has one trigger of a kind'],
  ]
  for (const [triggers, words, place, help] of refused) {
    it(`refuse ${triggers.join(', ')}`, async () => {
      const said = await told(...triggers)
      expect(said).to.include(`the kernel would refuse this trigger: ${words}\n`)
      expect(said).to.include(help)
      const [, line, marks] = /\n\d+ \|([^\n]*key: .*)\n +\|(.*)\n/.exec(said)!
      const marked = line!.slice(marks!.indexOf('^'), marks!.lastIndexOf('^') + 1)
      // A trigger as a whole is marked with its quotes.
      expect(marked.replace(/^"|"$/g, '')).to.equal(place)
    })
  }
})
