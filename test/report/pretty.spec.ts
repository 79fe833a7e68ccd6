// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { pretty } from '../../src/report/pretty.ts'
import { report, result, runOf } from './sample-messages.ts'

const passed = result('races/unregister', 'passed')
const failed = result('simple', 'failed', { details: '✗ simple   hit add_in: args differ\n' })

describe('the reporter pretty', () => {
  it('lists what passed with its size, and the sum', () => {
    expect(report(pretty, runOf([passed, result('usdt', 'skipped')]))).to.equal(
      `   races/unregister                            3 events     1 204 steps      4 ms
 - usdt                                    skipped: because of usdt

 ✓ 1 passed   1 skipped   0.4s
`,
    )
  })

  it('shows a failure in full and says how to go on', () => {
    expect(report(pretty, runOf([failed], { traces: '.trapline/' }))).to.equal(
      ` ✗ simple                                  event #7 was not expected  [T001]

✗ simple   hit add_in: args differ

  rerun    trapline simple
  trace    trapline trace simple --lanes

 ✗ 1 failed   0.4s   rerun: trapline --last-failed   traces: .trapline/
`,
    )
  })

  it('says the same with colour as without', () => {
    const messages = runOf([passed, failed, result('nop5', 'xfail'), result('fixed', 'xpass')])
    const colored = report(pretty, messages, { color: true })
    expect(colored).to.include('\x1b[31m')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences are what is looked for
    expect(colored.replace(/\x1b\[\d+m/g, '')).to.equal(report(pretty, messages))
  })

  it('leaves room behind an id that is longer than its column', () => {
    const long = result('x'.repeat(60), 'skipped')
    expect(report(pretty, runOf([long]))).to.include(`${'x'.repeat(60)} skipped`)
  })

  it('adds titles when it shall be verbose', () => {
    expect(report(pretty, runOf([passed]), { verbose: true })).to.include(
      '\n     the claim of races/unregister\n',
    )
  })
})
