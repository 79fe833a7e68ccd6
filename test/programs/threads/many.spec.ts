// SPDX-License-Identifier: MIT
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { execa } from 'execa'
import { hasProgram } from '../../engine/has-program.ts'

/** Told by the process itself at its end: kilobytes of memory at most, microseconds of processor time. */
const tell =
  'process.on("exit",()=>{const{maxRSS,userCPUTime}=process.resourceUsage();console.error(JSON.stringify({maxRSS,userCPUTime}))})'

describe('10,000 threads of one process', () => {
  let folder: string

  before(function () {
    if (process.platform !== 'linux' || process.arch !== 'x64') this.skip()
    folder = mkdtempSync(join(tmpdir(), 'trapline-threads-'))
  })

  after(() => {
    if (folder) rmSync(folder, { recursive: true })
  })

  for (const compiler of ['cc', 'musl-gcc'])
    it(`compiled by ${compiler} meet at a barrier, within 1 GiB and a minute`, async function () {
      this.timeout(240_000)
      if (!hasProgram(compiler)) this.skip()
      const program = join(folder, compiler)
      const source = join(import.meta.dirname, 'many.c')
      await execa(compiler, ['-O2', '-static', '-pthread', source, '-o', program])
      const trapline = resolve(import.meta.dirname, '../../../src/cli/bin.ts')
      const { exitCode, stdout, stderr } = await execa(
        process.execPath,
        [
          '--import=tsx',
          `--import=data:text/javascript,${encodeURIComponent(tell)}`,
          trapline,
          'exec',
          '--',
          program,
        ],
        { reject: false, input: '', timeout: 200_000, env: { TRAPLINE_OPTS: undefined } },
      )
      expect(stdout, stderr).to.equal('10000 threads, 49995000, 99990000')
      expect(exitCode).to.equal(0)
      const { maxRSS, userCPUTime } = JSON.parse(stderr.split('\n').at(-1)!)
      console.log(`        ${Math.round(maxRSS / 1024)} MiB, ${(userCPUTime / 1e6).toFixed(1)} s`)
      expect(maxRSS * 1024).to.be.lessThan(2 ** 30)
      expect(userCPUTime / 1e6).to.be.lessThan(60)
    })
})
