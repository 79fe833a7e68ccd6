// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { reserveMemory } from '../../src/machine/memory/machine-memory.ts'
import { callCases, callNumbers } from './call-cases.ts'
import { codeCases } from './code-cases.ts'
import { elfCases } from './elf-cases.ts'
import { type FuzzCase, fuzz } from './fuzz.ts'

const seed = 1
/** Milliseconds that no case may take, however busy the computer is. */
const longest = 10_000

/** Every case comes to a clear end: no exception of ours, no hang. `npm run fuzz` has 20,000 of each kind. */
describe('hostile input', () => {
  const memory = reserveMemory(16 * 1024 * 1024)

  it('2,000 damaged ELF files are refused or run', () => {
    const endings = check('elf', elfCases(memory), 2000)
    expect(count(endings, /^spawn -8 B01[01]$/), 'refused').to.be.within(200, 1900)
    expect(count(endings, /^(exit|signal|steps)/), 'run').to.be.within(100, 1800)
  })

  it('2,000 pages of random code end', () => {
    const endings = check('code', codeCases(memory, 2000), 2000)
    expect(count(endings, /^steps$/), 'all steps made').to.be.greaterThan(10)
    expect(count(endings, /^signal (4|5|7|11)$/), 'killed').to.be.greaterThan(100)
  })

  it('every system call answers, whatever its arguments: twice', () => {
    check('calls', callCases(memory), 2 * callNumbers)
  })
})

function check(kind: string, run: FuzzCase, cases: number): ReadonlyMap<string, number> {
  const { endings, failures, slowest } = fuzz(run, seed, 0, cases)
  const wrong = failures.map(
    ({ number, error }) => `npm run fuzz -- ${seed} ${kind} ${number}: ${error.stack}`,
  )
  expect(wrong).to.deep.equal([])
  expect(slowest.milliseconds, `case ${slowest.number}`).to.be.lessThan(longest)
  return endings
}

function count(endings: ReadonlyMap<string, number>, pattern: RegExp): number {
  return [...endings].reduce((sum, [ending, times]) => sum + (pattern.test(ending) ? times : 0), 0)
}
