// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { eventFormat, formatFile } from '../../src/tracing/definition/event-format.ts'
import { parseDefinition } from '../../src/tracing/definition/parse-definition.ts'
import { errorLogText } from '../../src/tracing/text/error-log-text.ts'
import { profileText } from '../../src/tracing/text/profile-text.ts'
import { traceHeader } from '../../src/tracing/text/trace-header.ts'
import { traceLine } from '../../src/tracing/text/trace-line.ts'
import { corpusTree, exePath } from './corpus-tree.ts'

describe('the text of', () => {
  it('a trace line', () => {
    const by = { command: 'tgt3', taskId: 9591, cpu: 1, time: 2321_628_017_600n }
    expect(traceLine({ event: 'same', body: '(0x401094) a=0x1' }, by)).to.equal(
      '            tgt3-9591    [001] DBZff  2321.628018: same: (0x401094) a=0x1',
    )
  })

  it('the header over it', () => {
    expect(traceHeader(2, 2, 2)).to.equal(`# tracer: nop
#
# entries-in-buffer/entries-written: 2/2   #P:2
#
#                                _-----=> irqs-off/BH-disabled
#                               / _----=> need-resched
#                              | / _---=> hardirq/softirq
#                              || / _--=> preempt-depth
#                              ||| / _-=> migrate-disable
#                              |||| /     delay
#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
#              | |         |   |||||     |         |
`)
  })

  it('the profile', () => {
    expect(profileText([{ group: 'g', event: 'same', path: 'tgt3', hits: 141n }])).to.equal(
      '  tgt3 same                                                     141\n',
    )
  })

  it('an entry of the error log', () => {
    const entry = {
      subsystem: 'trace_uprobe',
      message: 'Invalid register name',
      command: 'p /a:1 %x',
      caret: 7,
    } as const
    expect(errorLogText(entry, 1009_123_456_000n)).to.equal(
      '[ 1009.123456] trace_uprobe: error: Invalid register name\n  Command: p /a:1 %x\n                  ^\n',
    )
  })

  it('a format file', () => {
    const parsed = parseDefinition(`r:fr ${exePath}:1 $retval`, { resolvePath: corpusTree })
    if (!parsed.ok) throw new Error(parsed.refusal.message)
    expect(formatFile('fr', 2327, eventFormat(parsed.definition))).to.equal(`name: fr
ID: 2327
format:
\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

\tfield:unsigned long __probe_func;\toffset:8;\tsize:8;\tsigned:0;
\tfield:unsigned long __probe_ret_ip;\toffset:16;\tsize:8;\tsigned:0;
\tfield:u64 arg1;\toffset:24;\tsize:8;\tsigned:0;

print fmt: "(%lx <- %lx) arg1=0x%Lx", REC->__probe_func, REC->__probe_ret_ip, REC->arg1
`)
  })
})
