// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { json } from '../../src/report/json.ts'
import type { Message } from '../../src/report/messages.ts'
import { report, result, runOf } from './sample-messages.ts'

const parse = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

describe('the reporter json', () => {
  it('gives one object a line, in the order of the run', () => {
    const messages = parse(report(json, runOf([result('simple', 'passed')])))
    expect(messages.map(({ type }) => type)).to.deep.equal(['run', 'scenario', 'result', 'summary'])
    expect(messages[0]).to.deep.equal({ type: 'run', version: '0.1.0', tests: 1, format: 1 })
  })

  it('points with lines and columns from 1, the end exclusive', () => {
    const [, , failed] = parse(report(json, runOf([result('race', 'failed')])))
    expect(failed!['diagnostics']).to.deep.equal([
      {
        code: 'T001',
        severity: 'error',
        message: 'event #7 was not expected',
        labels: [
          {
            file: 'scenarios/race.yaml',
            line: 4,
            column: 7,
            endLine: 4,
            endColumn: 10,
            text: 'expected here',
          },
        ],
      },
    ])
  })

  it('keeps all 64 bits of every value', () => {
    const message: Message = {
      type: 'event',
      id: 'simple',
      event: {
        kind: 'hit',
        thread: 'main',
        index: 1,
        step: 4,
        fields: {
          probe: 'add_in',
          ip: { address: 0xffff_ffff_ff60_0000n, at: 'calc:add+0x4' },
          args: { a: 0xffff_ffff_ffff_ffffn, b: -1n, c: null, d: ['x', true, 2n] },
        },
      },
    }
    expect(parse(report(json, [message]))).to.deep.equal([
      {
        type: 'event',
        id: 'simple',
        event: {
          kind: 'hit',
          thread: 'main',
          index: 1,
          step: 4,
          fields: {
            probe: 'add_in',
            ip: { at: 'calc:add+0x4', address: '0xffffffffff600000' },
            args: { a: '18446744073709551615', b: '-1', c: null, d: ['x', true, '2'] },
          },
        },
      },
    ])
  })
})
