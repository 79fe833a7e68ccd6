// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { Event } from '../../src/events/event.ts'
import { formatEvent, shortEvent } from '../../src/events/format-event.ts'

const add = { address: 0x401004n, at: 'calc:add+0x4' }

describe('an event as text', () => {
  const cases: [event: Event, golden: string, short: string][] = [
    [
      {
        kind: 'hit',
        thread: 'A',
        fields: { consumer: 1n, args: { a: -2n, name: 'x "y"\n', bad: null }, ip: add, probe: 'add_in' },
      },
      'hit add_in A ip=calc:add+0x4 args={a=-2, name="x \\"y\\"\\n", bad=(fault)} consumer=1',
      'hit add_in -2, "x \\"y\\"\\n", (fault), consumer 1',
    ],
    [
      { kind: 'exit', thread: 'A', fields: { thread: 'A', value: 0xffff_ffff_ffff_fffbn, code: 251n } },
      'exit A A value=0xfffffffffffffffb code=251',
      'exit 0xfffffffffffffffb',
    ],
    [
      {
        kind: 'step',
        thread: 'B',
        fields: { probe: 'p', slot: 0n, ip: { address: 1n, at: '[uprobes]+0x80' } },
      },
      'step p B ip=[uprobes]+0x80 slot=0',
      'step p, slot 0',
    ],
    [
      { kind: 'syscall', thread: 'B', fields: { name: 'write', arguments: [1n, 1n << 32n], result: -14n } },
      'syscall write B arguments=[1, 0x100000000] result=-14',
      'syscall write, result -14',
    ],
    [
      { kind: 'log', thread: 'kernel', fields: { text: 'a\u2028b\u0085' } },
      'log "a\\u2028b\\u0085" kernel',
      'log "a\\u2028b\\u0085"',
    ],
    [
      { kind: 'exit', thread: 'A', fields: { thread: 'A', signal: 'SIGSEGV' } },
      'exit A A signal=SIGSEGV',
      'exit by SIGSEGV',
    ],
    [
      { kind: 'bug', thread: 'A', fields: { bug: 'B6', note: 'a stale number' } },
      'bug B6 A note="a stale number"',
      'bug B6: a stale number',
    ],
  ]
  for (const [event, golden, short] of cases) {
    it(golden, () => {
      expect(formatEvent(event)).to.equal(golden)
      expect(shortEvent(event)).to.equal(short)
    })
  }

  it('shows only the fields asked for', () => {
    expect(formatEvent(cases[0]![0], ['ip'])).to.equal('hit add_in A ip=calc:add+0x4')
  })
})
