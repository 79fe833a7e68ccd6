// SPDX-License-Identifier: MIT
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { execa } from 'execa'
import { hasProgram } from '../engine/has-program.ts'
import { emulate } from './emulate.ts'
import { natively } from './natively.ts'

/** Compiler of C, compiler of C++ where it has one, and flags. */
const ways: readonly (readonly [c: string, cPlusPlus: string | undefined, ...flags: string[]])[] = [
  ['cc', 'c++', '-O0', '-static'],
  ['cc', 'c++', '-O1', '-static'],
  ['cc', 'c++', '-O2', '-static-pie'],
  ['cc', 'c++', '-O3', '-static'],
  ['musl-gcc', undefined, '-O2', '-static'],
]

describe('compiled programs do in the emulator what they do on this computer', () => {
  let folder: string

  before(function () {
    if (process.platform !== 'linux' || process.arch !== 'x64') this.skip()
    folder = mkdtempSync(join(tmpdir(), 'trapline-programs-'))
  })

  after(() => {
    if (folder) rmSync(folder, { recursive: true })
  })

  for (const source of readdirSync(import.meta.dirname).filter(name => /\.(c|cc)$/.test(name))) {
    for (const [c, cPlusPlus, ...flags] of ways) {
      const compiler = source.endsWith('.cc') ? cPlusPlus : c
      if (!compiler) continue
      it(`${source} ${compiler} ${flags.join(' ')}`, async function () {
        this.timeout(60_000)
        if (!hasProgram(compiler)) this.skip()
        const program = join(folder, `${source}${compiler}${flags.join('')}`)
        const pie = flags.includes('-static-pie') ? ['-fpie'] : ['-fno-pie', '-no-pie']
        await execa(
          compiler,
          [...flags, ...pie, '-pthread', '-w', join(import.meta.dirname, source), '-o', program, '-lm'],
          { timeout: 50_000 },
        )
        const { said, ...emulated } = await emulate(program)
        expect(emulated, said.join('\n')).to.deep.equal(await natively(program))
      })
    }
  }
})
