// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { withVariant } from '../../src/engine/compare/variant.ts'
import { runEmulator } from '../../src/engine/run-emulator.ts'
import { judge } from '../../src/expect/judge.ts'
import { reserveMemory } from '../../src/machine/memory/machine-memory.ts'
import { makePlan } from '../../src/plan/make-plan.ts'
import type { Scenario } from '../../src/scenario/scenario.ts'
import { failures, shippedScenarios } from './shipped.ts'

/** `flip:trap=signal`: the scenario shows what is so because of its own value of that choice, and cannot hold with this one. */
const flipTag = /^flip:(?<choice>[^=]+)=(?<value>.+)$/

const memory = reserveMemory(64 * 2 ** 20)

describe('a scenario of the choices of 2010', () => {
  let scenarios: Scenario[]

  before(async function () {
    this.timeout(30_000)
    scenarios = await shippedScenarios()
  })

  it('names the choice that it depends on', () => {
    // Beside the folders lie those that show several kernels at once.
    const silent = scenarios.filter(({ id, tags }) => /^seed\/\d/.test(id) && !tags.some(isFlip))
    expect(silent.map(({ id }) => id)).to.deep.equal([])
  })

  it('cannot hold with another value of it, or such a kernel is refused', async function () {
    this.timeout(60_000)
    const held: string[] = []
    for (const scenario of scenarios)
      for (const [tag, choice, value] of flipsOf(scenario))
        if (await holds(withVariant(scenario, new Map([[choice, value]]))))
          held.push(`${scenario.id}: ${tag}`)
    expect(held).to.deep.equal([])
  })
})

function isFlip(tag: string): boolean {
  return flipTag.test(tag)
}

function flipsOf({ tags }: Scenario): (readonly [tag: string, choice: string, value: string])[] {
  return tags.flatMap(tag => {
    const { choice, value } = flipTag.exec(tag)?.groups ?? {}
    return choice !== undefined && value !== undefined ? [[tag, choice, value] as const] : []
  })
}

async function holds(scenario: Scenario): Promise<boolean> {
  const plan = await makePlan(scenario)
  if (!plan.ok) return false
  const run = runEmulator(plan.value, { memory })
  return failures(judge(plan.value, run, { read: () => undefined })).length === 0
}
