// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
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

  it('does not pass for success when its report cannot be written', function () {
    if (!existsSync('/dev/full')) this.skip()
    const full = openSync('/dev/full', 'w')
    const { stderr, status } = spawnSync(process.execPath, toolCommand(['--help']), {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    })
    closeSync(full)
    expect(stderr).to.match(/^trapline: the report is incomplete: ENOSPC/)
    expect(status).to.equal(2)
  })
})

describe('a scenario that does not end', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'trapline-'))
    const passes = readFileSync(join(root, 'test/cli/data/scenarios/passes.yaml'), 'utf8')
    const spins = passes.replace('call add', 'jmp main')
    writeFileSync(join(folder, 'passes.yaml'), passes)
    writeFileSync(join(folder, 'spins.yaml'), `${spins}limits: { instructions: 100000000000, wall: 60000 }\n`)
    writeFileSync(join(folder, 'short.yaml'), `${spins}limits: { instructions: 100000000000, wall: 500 }\n`)
  })
  after(() => rmSync(folder, { recursive: true }))

  it('can be interrupted: what was done is reported and kept, and the exit code is 130', async () => {
    const running = startTool(['passes.yaml', 'spins.yaml'], folder)
    running.stdout.once('data', () => running.kill('SIGINT'))
    const { stdout, exitCode } = await running
    expect(stdout).to.match(/^PASS passes \d+ms\n1 passed {3}interrupted {3}\d+\.\ds$/)
    expect(exitCode).to.equal(130)
    const { results } = JSON.parse(readFileSync(join(folder, '.trapline/last-run.json'), 'utf8'))
    expect(results).to.deep.equal([{ id: 'passes', file: 'passes.yaml', status: 'passed' }])
  })

  it('fails when its time is up, and the next one runs', async () => {
    const { stdout, exitCode } = await startTool(['short.yaml', 'passes.yaml'], folder)
    expect(stdout).to.match(/^FAIL short \d+ms T015 the run took longer than 0\.5 s .*\nPASS passes /)
    expect(exitCode).to.equal(1)
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
