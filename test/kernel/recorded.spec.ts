// SPDX-License-Identifier: MIT
import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { bootKernel } from '../../src/kernel/boot-kernel.ts'
import { createMachine } from '../../src/machine/create-machine.ts'

/**
 * Programs that make random calls from a seed and print what comes of them, with what they printed on a live 6.18 kernel without address
 * randomisation. They are built as the programs of the corpus are, with its `t.h`.
 */
const folder = new URL('recorded/', import.meta.url)
const read = (name: string): Uint8Array => readFileSync(new URL(name, folder))
const cases = readdirSync(folder).flatMap(name => {
  const [, program, seed] = /^(\w+)-(\d+)\.txt$/.exec(name) ?? []
  return program && seed ? [{ program, seed }] : []
})

const subjects: Readonly<Record<string, string>> = {
  mm: 'mappings, and what fork makes of them',
  sig: 'masks, pending signals, handlers and their frames',
  fault: 'faults of loads, stores and fetches',
  file: 'files, folders and links',
}

describe('what a live kernel printed', () => {
  for (const { program, seed } of cases)
    it(`of ${subjects[program]}, seed ${seed}`, () => {
      expect(run(program, seed)).to.deep.equal(
        readFileSync(new URL(`${program}-${seed}.txt`, folder), 'latin1').split('\n'),
      )
    })
})

/** `mm` and `fault` map `./prog`; `file` makes its files in the empty folder `/c` of a bare tree. */
function run(program: string, seed: string): string[] {
  const kernel = bootKernel(createMachine({ memory: 1 << 24 }), { record: new Set() })
  const bare = program === 'file'
  const path = bare ? '/bin/file' : program === 'mm' ? './prog' : `./${program}`
  kernel.createFile(bare ? path : `/c/${path}`, read(program))
  kernel.createFile(bare ? '/c/.keep' : '/c/prog', read('mm'))
  const workingDirectory = bare ? '/' : '/c'
  const first = kernel.spawn({ name: 'T', path, argv: [path, seed], env: [], workingDirectory })
  if (typeof first === 'number') throw new Error(`errno ${-first}`)
  for (;;) {
    const ready = kernel.tasks.filter(task => task.state !== 'dead' && kernel.runnable(task))
    if (ready.length === 0) break
    for (const task of ready) {
      const { stop } = kernel.run(task, { steps: 1000, stopAtEvents: false })
      if (stop.kind === 'broken') throw new Error(stop.message)
    }
  }
  return new TextDecoder('latin1').decode(kernel.output(1)).split('\n')
}
