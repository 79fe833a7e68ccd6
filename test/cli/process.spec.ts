// SPDX-License-Identifier: MIT
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { execa } from 'execa'
import { main } from '../../src/cli/main.ts'
import { version } from '../../src/cli/version.ts'
import { root } from '../source-files.ts'
import { startTool, tool, toolCommand } from './tool.ts'

describe('the tool as a process', () => {
  it('says its version on standard output', async () => {
    const { stdout, stderr, exitCode } = await startTool(['--version'])
    expect({ stdout, stderr, exitCode }).to.deep.equal({ stdout: version(), stderr: '', exitCode: 0 })
  })

  it('refuses on standard error, with exit code 2', async () => {
    const { stdout, stderr, exitCode } = await startTool(['fmt'])
    const message = 'trapline: `trapline fmt` is not available in this version'
    expect({ stdout, stderr, exitCode }).to.deep.equal({ stdout: '', stderr: message, exitCode: 2 })
  })

  it('is quiet when nobody reads on', async () => {
    const running = startTool(['--help', 'run'])
    running.stdout.destroy()
    const { stderr, exitCode } = await running
    expect({ stderr, exitCode }).to.deep.equal({ stderr: '', exitCode: 0 })
  })

  it('does not pass for success when its report cannot be written', async function () {
    if (!existsSync('/dev/full')) this.skip()
    const full = openSync('/dev/full', 'w')
    const stdio = ['ignore', full, 'pipe'] as const
    const { stderr, exitCode } = await execa(process.execPath, toolCommand(['--help']), {
      stdio,
      reject: false,
    })
    closeSync(full)
    expect(stderr).to.match(/^trapline: the report is incomplete: ENOSPC/)
    expect(exitCode).to.equal(2)
  })
})

describe('an interrupted run', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'trapline-'))
    const scenario = readFileSync(join(root, 'test/cli/data/scenarios/passes.yaml'), 'utf8')
    const axis = Array.from({ length: 150 }, (_, index) => index).join(', ')
    writeFileSync(join(folder, 'many.yaml'), `${scenario}matrix:\n  nth: [${axis}]\n`)
  })
  after(() => rmSync(folder, { recursive: true }))

  it('reports what it has done, keeps it, and is exit code 130', async () => {
    const running = startTool(['many.yaml'], folder)
    running.stdout.once('data', () => running.kill('SIGINT'))
    const { stdout, exitCode } = await running
    const done = stdout.split('\n').filter(line => line.startsWith('PASS')).length
    expect(exitCode).to.equal(130)
    expect(done).to.be.greaterThan(0).and.lessThan(150)
    expect(stdout.split('\n').at(-1)).to.match(new RegExp(`^${done} passed   interrupted   `))
    const { results } = JSON.parse(readFileSync(join(folder, '.trapline/last-run.json'), 'utf8'))
    expect(results).to.have.lengthOf(done)
  })
})

describe('a bug of the tool', () => {
  it('is exit code 70, with what a report of it needs', async () => {
    let err = ''
    const shell = {
      out: () => {
        throw new Error('the roof leaks')
      },
      err: (text: string) => void (err += text),
      environment: {},
      folder: '/',
      terminal: false,
      stopped: () => undefined,
    }
    expect(await main(['--help'], shell)).to.equal(70)
    expect(err).to.match(/^trapline: this is a bug in trapline, not in your scenario\.\nPlease report it/)
    expect(err).to.include('command  trapline --help').and.include('Error: the roof leaks')
  })
})

describe('what is thrown where nobody waits for it', () => {
  it('is a bug of the tool too', async () => {
    const uncaught = Promise.reject(new Error('the cellar floods'))
    const { code, err } = await tool(['--help'], { uncaught })
    expect(code).to.equal(70)
    expect(err).to.include('Error: the cellar floods')
  })
})

describe('TRAPLINE_OPTS', () => {
  it('is read by every command', async () => {
    const environment = { TRAPLINE_OPTS: "--grep 'it" }
    expect(await tool(['list'], { environment })).to.deep.equal({
      code: 2,
      out: '',
      err: 'trapline: TRAPLINE_OPTS has a quote that is not closed\n',
    })
  })
})
