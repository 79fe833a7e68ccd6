// SPDX-License-Identifier: MIT
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { fileNameOf } from '../../src/cli/file-name-of.ts'
import { keepTrace } from '../../src/cli/keep-trace.ts'
import { readLastFailed, writeLastRun } from '../../src/cli/last-run.ts'
import { openReporting } from '../../src/cli/reporting.ts'
import { type Shell, wantsColor } from '../../src/cli/shell.ts'
import { reportersToCome } from '../../src/report/reporter-texts.ts'
import { result, runOf } from '../report/sample-messages.ts'

describe('what a run leaves', () => {
  let folder: string
  let out: string
  let shell: Shell
  const options = { color: true, quiet: false, verbose: false, full: false }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'trapline-'))
    out = ''
    shell = {
      out: text => void (out += text),
      err: () => undefined,
      environment: {},
      folder,
      terminal: false,
    }
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  function reportRun(names: readonly string[] | undefined): void {
    const reporting = openReporting(names, options, shell)
    if (typeof reporting === 'string') expect.fail(reporting)
    for (const message of runOf([result('simple', 'passed'), result('race', 'failed')]))
      reporting.tell(message)
    reporting.close()
  }

  it('is lines on a pipe and pretty on a terminal', () => {
    reportRun(undefined)
    expect(out).to.match(/^PASS simple 4ms\n/)
    out = ''
    shell = { ...shell, terminal: true }
    reportRun(undefined)
    expect(out).to.include('✗')
  })

  it('goes where each reporter was sent, with colour on standard output only', () => {
    reportRun(['pretty', 'json:deep/er/run.json', 'lines:run.txt'])
    expect(out).to.include('\x1b[31m')
    expect(readFileSync(join(folder, 'deep/er/run.json'), 'utf8').split('\n')).to.have.lengthOf(7)
    expect(readFileSync(join(folder, 'run.txt'), 'utf8'))
      .to.match(/^PASS simple 4ms\n/)
      .and.not.include('\x1b')
  })

  it('refuses what cannot be meant', () => {
    const refusal = (...names: string[]): unknown => openReporting(names, options, shell)
    for (const name of reportersToCome) {
      expect(refusal(`${name}:x`)).to.equal(`the reporter \`${name}\` is not available in this version`)
    }
    expect(refusal('prety')).to.equal('there is no reporter `prety`; did you mean `pretty`?')
    expect(refusal('dots')).to.equal('there is no reporter `dots`; there are pretty, lines, json')
    expect(refusal('json', 'lines:-')).to.match(/^two reporters write to standard output/)
    expect(refusal('json:a', 'lines:./a')).to.match(/^two reporters write to \.\/a/)
    expect(refusal('json:')).to.equal('`--reporter json:` names no file')
    expect(refusal('json:.')).to.match(/^--reporter json:\.: /)
  })

  it('is remembered for --last-failed', () => {
    expect(readLastFailed(folder)).to.equal(undefined)
    const results = (['passed', 'failed', 'skipped', 'invalid', 'xpass', 'xfail'] as const).map(status =>
      result(status, status),
    )
    expect(writeLastRun(folder, results)).to.equal(undefined)
    expect(readLastFailed(folder)!.map(({ id }) => id)).to.deep.equal(['failed', 'invalid', 'xpass'])
    expect(writeLastRun(join(folder, '.trapline/last-run.json'), results)).to.match(/ENOTDIR|EEXIST/)
  })

  it('is a trace of what failed', () => {
    const event = {
      kind: 'exit',
      thread: 'main',
      index: 1,
      step: 3,
      fields: { thread: 'main', code: 5n },
    } as const
    expect(keepTrace(folder, 'races/a[x=..,y=1]', [event, event])).to.equal(undefined)
    const [trace] = readdirSync(join(folder, '.trapline/races'))
    expect(readFileSync(join(folder, '.trapline/races', trace!, 'trace.txt'), 'utf8')).to.equal(
      'exit main main code=5\nexit main main code=5\n',
    )
  })
})

describe('an id as a path', () => {
  it('keeps what is harmless', () => {
    expect(fileNameOf('races/golden[insn=push,consumers=1]')).to.equal('races/golden[insn=push,consumers=1]')
  })

  it('never leads out of its folder', () => {
    expect(fileNameOf('../../etc/passwd')).to.equal('__/__/etc/passwd')
    expect(fileNameOf('/a/./b/..')).to.equal('_/a/_/b/__')
    expect(fileNameOf('a b\\c\0')).to.equal('a_b_c_')
  })
})

describe('colour', () => {
  const wants = (flag: string | undefined, environment: Shell['environment'], terminal = true): boolean =>
    wantsColor(flag, { environment, terminal } as Shell)

  it('follows the flag, then NO_COLOR, then FORCE_COLOR, then the terminal', () => {
    expect(wants('always', { NO_COLOR: '1' }, false)).to.equal(true)
    expect(wants('never', { FORCE_COLOR: '1' })).to.equal(false)
    expect(wants('auto', { NO_COLOR: '1', FORCE_COLOR: '1' })).to.equal(false)
    expect(wants(undefined, { FORCE_COLOR: '1' }, false)).to.equal(true)
    expect(wants(undefined, { FORCE_COLOR: '0' })).to.equal(false)
    expect(wants(undefined, { NO_COLOR: '' })).to.equal(true)
    expect(wants(undefined, {}, false)).to.equal(false)
    expect(wants(undefined, { TERM: 'dumb' })).to.equal(false)
  })
})
