// SPDX-License-Identifier: MIT
import { join } from 'node:path'
import { expect } from 'chai'
import { execa } from 'execa'
import { runEmulator } from '../../src/engine/run-emulator.ts'
import { reserveMemory } from '../../src/machine/memory/machine-memory.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { planOf, projectFolder, shippedScenarios, textOf } from './shipped.ts'

const runsInOneProcess = 17
const freshProcesses = 3

const memory = reserveMemory(64 * 2 ** 20)

describe('every shipped scenario', () => {
  let plans: Plan[]

  before(async function () {
    this.timeout(30_000)
    plans = await Promise.all((await shippedScenarios()).map(planOf))
  })

  it(`gives the same events in ${runsInOneProcess} runs, whatever runs in between`, function () {
    this.timeout(60_000)
    const first = plans.map(plan => textOf(runEmulator(plan, { memory })))
    for (let run = 1; run < runsInOneProcess; run++) {
      // The order changes from run to run, so that each follows another one.
      for (const [index] of plans.entries()) {
        const turn = (index * 7 + run) % plans.length
        expect(textOf(runEmulator(plans[turn]!, { memory })), plans[turn]!.scenario.id).to.equal(first[turn])
      }
    }
  })

  it(`gives the same events in ${freshProcesses} fresh processes`, async function () {
    this.timeout(60_000)
    const tool = join(projectFolder, 'src/cli/bin.ts')
    const outputs: string[] = []
    for (let run = 0; run < freshProcesses; run++) {
      const { stdout } = await execa(
        'node',
        ['--import', 'tsx', tool, 'run', 'scenarios', '-r', 'json', '--trace', 'always'],
        {
          cwd: projectFolder,
          timeout: 50_000,
          env: { CI: '' },
        },
      )
      outputs.push(stdout.replace(/"milliseconds":[\d.]+/g, '"milliseconds":0'))
    }
    expect(outputs[0]).to.contain('"type":"event"')
    for (const output of outputs) expect(output).to.equal(outputs[0])
  })
})
