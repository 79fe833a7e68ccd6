// SPDX-License-Identifier: MIT
import { reserveMemory } from '../src/machine/memory/machine-memory.ts'
import { callCases } from '../test/fuzz/call-cases.ts'
import { codeCases } from '../test/fuzz/code-cases.ts'
import { definitionCases } from '../test/fuzz/definition-cases.ts'
import { elfCases } from '../test/fuzz/elf-cases.ts'
import { fuzz } from '../test/fuzz/fuzz.ts'

/** `npm run fuzz -- [SEED] [definitions|elf|code|calls [NUMBER]]`: damaged definitions and ELF files, random code and random system calls; or one case of them again. */
const [seedText = '1', kind, numberText] = process.argv.slice(2)
const seed = Number(seedText)
const count = 20_000
/** They are quick. */
const definitionCount = 100_000
/** Cases of one report line. */
const stretch = 2000

const memory = reserveMemory(16 * 1024 * 1024)
const kinds = {
  definitions: definitionCases,
  elf: elfCases(memory),
  code: codeCases(memory, 20_000),
  calls: callCases(memory),
}
console.log(`seed ${seed}`)
for (const [name, run] of Object.entries(kinds)) {
  if (kind !== undefined && kind !== name) continue
  const first = numberText === undefined ? 0 : Number(numberText)
  const all = name === 'definitions' ? definitionCount : count
  const end = numberText === undefined ? all : first + 1
  const endings = new Map<string, number>()
  for (let from = first; from < end; from += stretch) {
    const to = Math.min(end, from + stretch)
    const report = fuzz(run, seed, from, to)
    for (const [ending, times] of report.endings) endings.set(ending, (endings.get(ending) ?? 0) + times)
    const { number, milliseconds } = report.slowest
    console.log(`${name} ${from} to ${to - 1}: slowest ${number} (${Math.round(milliseconds)} ms)`)
    for (const { number: failed, error } of report.failures) {
      console.log(`FAILED: seed ${seed}, ${name} ${failed}: ${error.stack}`)
      process.exitCode = 1
    }
  }
  for (const [ending, times] of [...endings].sort((a, b) => b[1] - a[1])) console.log(`${times}\t${ending}`)
}
