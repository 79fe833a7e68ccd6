// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { lines } from '../../src/report/lines.ts'
import { report, result, runOf } from './sample-messages.ts'

const everything = [
  result('simple', 'passed'),
  result('race', 'failed'),
  result('new', 'invalid'),
  result('usdt', 'unsupported', { reason: 'needs cc' }),
  result('slow', 'skipped'),
  result('nop5', 'xfail'),
  result('fixed', 'xpass'),
]

describe('the reporter lines', () => {
  it('gives one line a test, then the failures, and the sum as the last line', () => {
    expect(report(lines, runOf(everything)).split('\n')).to.deep.equal([
      'PASS simple 4ms',
      'FAIL race 4ms T001 event #7 was not expected (scenarios/race.yaml:4)',
      'INVALID new T001 event #7 was not expected (scenarios/race.yaml:4)',
      'SKIP usdt: needs cc',
      'SKIP slow: because of slow',
      'XFAIL nop5: because of nop5',
      'FAIL fixed 4ms passed, but is marked xfail: because of fixed',
      '',
      '✗ race    event #7 was not expected    [T001]',
      '',
      'error[T001]: event #7 was not expected',
      ' --> scenarios/race.yaml:4:7',
      '  |',
      '4 |     - hit: add_in',
      '  |       ^^^ expected here',
      '',
      '  rerun    trapline race',
      '  trace    trapline trace race --lanes',
      '',
      'error[T001]: event #7 was not expected',
      ' --> scenarios/race.yaml:4:7',
      '  |',
      '4 |     - hit: add_in',
      '  |       ^^^ expected here',
      '',
      '1 failed, 1 passed unexpectedly, 1 invalid, 1 passed, 1 skipped, 1 unsupported, 1 xfail   0.4s',
      '',
    ])
  })

  it('prefers the details of a failure, which say more than its diagnostics', () => {
    const details =
      '✗ race   event #7 …\n\n  rerun    trapline race\n  trace    trapline trace race --lanes\n'
    const failed = result('race', 'failed', { details })
    expect(report(lines, runOf([failed]))).to.include(`\n\n${details}\n1 failed   0.4s\n`)
  })

  it('heads details that begin with something else', () => {
    const details = 'error[T007]: …\n\n✗ race   event #7 …\n\n  rerun    trapline race\n  trace …\n'
    const failed = result('race', 'failed', { details })
    expect(report(lines, runOf([failed]))).to.include(
      `\n\n✗ race    event #7 was not expected    [T001]\n\n${details}\n1 failed`,
    )
  })

  it('keeps a message of several lines on one line', () => {
    const [first] = result('race', 'failed').diagnostics
    const failed = result('race', 'failed', { diagnostics: [{ ...first!, message: 'a\n  b' }] })
    expect(report(lines, runOf([failed]))).to.match(/^FAIL race 4ms T001 a b \(/)
  })

  it('says only what went wrong when it shall be quiet', () => {
    const quiet = report(lines, runOf(everything), { quiet: true }).split('\n')
    expect(quiet.filter(line => /^[A-Z]+ /.test(line)).map(line => line.split(' ')[1])).to.deep.equal([
      'race',
      'new',
      'fixed',
    ])
  })

  it('adds titles, indented, when it shall be verbose', () => {
    const verbose = report(lines, runOf([result('simple', 'passed')]), { verbose: true })
    expect(verbose).to.equal('PASS simple 4ms\n  the claim of simple\n1 passed   0.4s\n')
  })

  it('says why a run ended early, and its seed', () => {
    const [begin, ...rest] = runOf([result('simple', 'passed')], { stopped: 'interrupted' })
    const seeded = report(lines, [{ ...begin, seed: 7 } as (typeof rest)[0], ...rest])
    expect(seeded.split('\n').at(-2)).to.equal('1 passed   interrupted   seed 7   0.4s')
  })

  it('writes nothing but text without colour', () => {
    expect(report(lines, runOf(everything))).not.to.include('\x1b')
  })
})
