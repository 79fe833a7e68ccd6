// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { calcScenario, goodPlan, planOf } from './plan-of.ts'

const byProcess = '{ profile: linux-6.18, definitions: vaddr-pid, lifetime: vma, optimize: none }'
const plugin = '{ profile: linux-6.18, output: ftrace-plugin }'
const withoutReturns = '{ profile: linux-6.18, return-trampoline: none }'

function scenario(kernel: string, define: string, more = ''): string {
  return calcScenario({
    probes: `  key: { define: ${JSON.stringify(define)}${more} }`,
    more: `kernel: ${kernel}`,
  })
}

describe('a kernel of other choices', () => {
  const lacks: readonly (readonly [
    kernel: string,
    define: string,
    at: string,
    what: string,
    more?: string,
  ])[] = [
    [byProcess, 'r calc:add', '^', 'with `definitions: vaddr-pid` it has no return probes'],
    [byProcess, 'uretprobe:calc:add', '^^^^^^^^^', 'with `definitions: vaddr-pid` it has no return probes'],
    [byProcess, 'p calc:add(semaphore)', '^'.repeat(19), 'it has no reference counters'],
    [byProcess, 'p calc:add n=%di m=%si:s32', '^^^^^^^^^', 'no fetch arguments but plain registers'],
    [plugin, 'p calc:add +0(%sp)', '^^^^^^^', 'with `output: ftrace-plugin` it has no fetch arguments but'],
    [
      plugin,
      'p calc:add n=%di',
      '^^^^^^^',
      'with `output: ftrace-plugin` it has no filters',
      ', filter: "n > 3"',
    ],
    [plugin, 'p calc:add', '^^^^^^^^', 'it has no triggers', ', triggers: [traceoff]'],
    [
      withoutReturns,
      'p calc:add%return',
      '^'.repeat(15),
      'with `return-trampoline: none` it has no return probes',
    ],
  ]
  for (const [kernel, define, at, what, more] of lacks)
    it(`refuses ${define} where ${what}`, async () => {
      const { plan, told } = await planOf(scenario(kernel, define, more))
      expect(plan).to.equal(undefined)
      expect(told).to.include(what)
      expect(/ (\^+) EINVAL/.exec(told)?.[1], told).to.equal(at)
      expect(
        (await goodPlan(scenario(kernel, define, `${more ?? ''}, refused: EINVAL`))).probes.size,
      ).to.equal(0)
    })

  it('takes VADDR@PID only where definitions are of processes, and says so elsewhere', async () => {
    const plan = await goodPlan(scenario(byProcess, 'p 0x401010@100 n=%di'))
    expect(plan.probes.get('key')).to.deep.include({ binary: 'calc', attach: 'entry' })
    expect(plan.probes.get('key')!.definition).to.deep.include({
      event: 'key',
      path: '/calc',
      offset: 0x1010n,
      process: { id: 100, address: 0x401010n },
    })
    const { told } = await planOf(scenario('linux-6.18', 'p 0x401010@100 n=%di'))
    expect(told).to.include(
      '`VADDR@PID` is the notation of   kernel: { definitions: vaddr-pid, lifetime: vma }',
    )
  })

  it('takes an address of no program, for the kernel to refuse', async () => {
    const plan = await goodPlan(scenario(byProcess, 'p 0x10@4711'))
    expect(plan.probes.get('key')).to.deep.include({ binary: '' })
  })

  it('tells what is wrong with a line of 2010 in the words of its log', async () => {
    const { told } = await planOf(scenario(byProcess, 'p 0x401010@100 +0(%sp)'))
    expect(told).to.include('the kernel would refuse this probe: Only registers can be fetched, not +0(%sp)')
  })

  it('wants such lines of `define` turns', async () => {
    const turn = (line: string): string =>
      `${scenario(byProcess, 'p calc:add')}schedule:\n  - define: ${JSON.stringify(line)}\n`
    expect((await planOf(turn('p:late calc:add'))).told).to.include('p:late 0x401020@100 n=%di')
    expect((await planOf(turn('p:late 0x401010@100'))).told).to.equal('')
  })

  const contradictions: readonly (readonly [choices: string, reason: string])[] = [
    ['definitions: vaddr-pid', 'a probe at `VADDR@PID` names no file'],
    ['fork: inherits', 'the child of a fork maps the file'],
    ['lifetime: vma, fork: restores', 'the calls of `optimize: nop5` have five'],
  ]
  for (const [choices, reason] of contradictions)
    it(`cannot be ${choices}`, async () => {
      const { plan, told } = await planOf(scenario(`{ profile: linux-6.18, ${choices} }`, 'p calc:add'))
      expect(plan).to.equal(undefined)
      expect(told).to.include('this kernel cannot be run').and.to.include(reason)
    })
})
