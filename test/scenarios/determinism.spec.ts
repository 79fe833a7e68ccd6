// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { runEmulator } from '../../src/engine/run-emulator.ts'
import { reserveMemory } from '../../src/machine/memory/machine-memory.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { eventToJson } from '../../src/report/json.ts'
import { startTool } from '../cli/tool.ts'
import { planOf, shippedScenarios, textOf } from './shipped.ts'

const runsInOneProcess = 9

const memory = reserveMemory(64 * 2 ** 20)

describe('every shipped scenario', () => {
  let plans: Plan[]

  before(async function () {
    this.timeout(30_000)
    plans = await Promise.all((await shippedScenarios()).map(planOf))
  })

  it(`gives the same events in ${runsInOneProcess} runs, whatever runs in between`, function () {
    this.timeout(120_000)
    const first = plans.map(plan => textOf(runEmulator(plan, { memory })))
    for (let run = 1; run < runsInOneProcess; run++) {
      // The order changes from run to run, so that each follows another one.
      for (const [index] of plans.entries()) {
        const turn = (index * 7 + run) % plans.length
        expect(textOf(runEmulator(plans[turn]!, { memory })), plans[turn]!.scenario.id).to.equal(first[turn])
      }
    }
  })

  it('gives the same events in a fresh process', async function () {
    this.timeout(120_000)
    const { stdout } = await startTool(['run', 'scenarios', '-r', 'json', '--trace', 'always'])
    const lines = stdout.split('\n').filter(line => line.startsWith('{"type":"event"'))
    const ours = plans.flatMap(plan =>
      runEmulator(plan, { memory }).events.map(event =>
        JSON.stringify({ type: 'event', id: plan.scenario.id, event: eventToJson(event) }),
      ),
    )
    expect(lines).to.have.lengthOf(ours.length)
    expect([...lines].sort()).to.deep.equal(ours.sort())
  })
})
