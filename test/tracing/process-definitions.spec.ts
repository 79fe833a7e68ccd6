// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { Errno } from '../../src/kernel/kernel.ts'
import { KernelTrace } from '../../src/tracing/buffer/kernel-trace.ts'
import { traceFile, tracePipe } from '../../src/tracing/text/trace-file.ts'
import { TraceEvents, type TracingChoices } from '../../src/tracing/trace-events.ts'
import { boot } from '../uprobes/boot.ts'

const program = `
.globl _start
_start: mov edi, 7
again:  lea edi, [rdi + 1]
        cmp edi, 9
        jb again
        mov eax, 60
        syscall
`
/** Where `again` is. */
const again = '0x401005'

function bench({ output = 'trace-events' }: Partial<TracingChoices> = {}) {
  const choices = { definitions: 'vaddr-pid', output } as const
  const { kernel, uprobes, start, perform, finish } = boot(program, { ...choices, lifetime: 'vma' })
  const trace = new KernelTrace(() => kernel.now, { output })
  const records: string[] = []
  const events = new TraceEvents(kernel, uprobes, {
    choices,
    records: trace,
    *sink({ event, body }) {
      records.push(`${event}: ${body}`)
    },
  })
  return {
    kernel,
    events,
    records,
    trace,
    start,
    finish,
    define: (line: string) => perform(events.redefine(line)),
    enable: (name: string) => perform(events.enable(name)),
    log: () => kernel.events.filter(({ kind }) => kind === 'log').map(({ fields }) => fields['text']),
  }
}

describe('definitions by address and process', () => {
  it('record hits of that process, with registers', () => {
    const { start, define, enable, finish, records, events } = bench()
    const [one, other] = [start(), start()]
    expect(define(`p:calls/step ${again}@${one.id} n=%di %ip`)).to.equal(undefined)
    expect(enable('step')).to.equal(0)
    finish(one)
    finish(other)
    expect(records).to.deep.equal([
      'step: (0x401005) n=0x7 arg2=0x401005',
      'step: (0x401005) n=0x8 arg2=0x401005',
    ])
    expect(events.list()).to.deep.equal([`p:calls/step ${again}@${one.id} n=%di arg2=%ip`])
  })

  it('have a name by default, and are deleted by it', () => {
    const { start, define, events } = bench()
    define(`p 0x0401005@${start().id}`)
    expect(events.list()).to.deep.equal([`p:uprobes/p_0x401005 ${again}@100`])
    expect(define('-:p_0x401005')).to.equal(undefined)
    expect(define('-:p_0x401005')).to.deep.equal({ errno: 'ENOENT' })
  })

  it('replace one of the same name, which is disabled first', () => {
    const { start, define, enable, finish, records, kernel } = bench()
    const task = start()
    define(`p:step ${again}@${task.id}`)
    enable('step')
    expect(kernel.tasks[0]!.mm!.peek(0x401005, 1)).to.deep.equal(Uint8Array.of(0xcc))
    expect(define(`p:step 0x401008@${task.id} n=%di`)).to.equal(undefined)
    expect(kernel.tasks[0]!.mm!.peek(0x401005, 1)).to.deep.equal(Uint8Array.of(0x8d))
    enable('step')
    finish(task)
    expect(records).to.deep.equal(['step: (0x401008) n=0x8', 'step: (0x401008) n=0x9'])
  })

  const refusals: readonly (readonly [line: string, errno: string, message: string])[] = [
    ['r 0x401005@100', 'EINVAL', "Probe definition must be started with 'p', 'r' or '-'"],
    ['p', 'EINVAL', 'Probe point is not specified'],
    ['p /app:0x1005', 'EINVAL', 'Probe point must be VADDR@PID, not /app:0x1005'],
    ['p 0x401005@', 'EINVAL', 'Probe point must be VADDR@PID, not 0x401005@'],
    ['p 0x401005@0x80000000', 'EINVAL', 'Probe point must be VADDR@PID, not 0x401005@0x80000000'],
    ['p 0x10000000000000000@100', 'EINVAL', 'Probe point must be VADDR@PID, not 0x10000000000000000@100'],
    ['p 0x401005@4711', 'ESRCH', 'There is no process 4711'],
    ['p:9 0x401005@100', 'EINVAL', 'Event name must follow the same rules as C identifiers'],
    ['p 0x401005@100 +0(%di)', 'EINVAL', 'Only registers can be fetched, not +0(%di)'],
    ['p 0x401005@100 %di:s32', 'EINVAL', 'Only registers can be fetched, not %di:s32'],
    ['p 0x401005@100 %rdi', 'EINVAL', 'Invalid register name'],
    ['p 0x401005@100 $comm', 'EINVAL', 'Only registers can be fetched, not $comm'],
    ['p 0x401005@100 a=%di a=%si', 'EINVAL', 'This argument name is already used'],
  ]
  for (const [line, errno, message] of refusals)
    it(`refuse \`${line}\`, and say why in the kernel log only`, () => {
      const { start, define, log, events } = bench()
      start()
      expect(define(line)).to.deep.equal({ errno, message })
      expect(log()).to.deep.equal([`trace_uprobe: ${message}`])
      expect(events.errors.entries).to.deep.equal([])
    })

  it('take any place, and find out what is there when they are enabled', () => {
    const { start, define, enable, finish, kernel } = bench()
    const [one, other] = [start(), start()]
    define(`p:nowhere 0x10@${one.id}`)
    define(`p:beyond 0xffffffffff600000@${one.id}`)
    define(`p:gone ${again}@${other.id}`)
    finish(other)
    expect(kernel.ending(other)).to.deep.equal({ code: 9 })
    expect(enable('nowhere')).to.equal(-Errno.EINVAL)
    expect(enable('beyond')).to.equal(-Errno.EINVAL)
    expect(enable('gone')).to.equal(-Errno.ESRCH)
  })
})

describe('the tracer plugin', () => {
  it('prints in the layout of its time', () => {
    const { start, define, enable, finish, trace } = bench({ output: 'ftrace-plugin' })
    const task = start()
    define(`p:step ${again}@${task.id} n=%di`)
    enable('step')
    finish(task)
    expect([...traceFile(trace)].join('')).to.equal(
      [
        '# tracer: uprobes',
        '#',
        '#           TASK-PID    CPU#    TIMESTAMP  FUNCTION',
        '#              | |       |          |         |',
        '             app-100   [000]     0.000000: step: (0x401005) n=0x7',
        '             app-100   [000]     0.000000: step: (0x401005) n=0x8',
        '',
      ].join('\n'),
    )
    expect([...tracePipe(trace)]).to.have.length(2)
  })

  it('has no filters and no triggers', () => {
    const { start, define, events, kernel } = bench({ output: 'ftrace-plugin' })
    define(`p:step ${again}@${start().id} n=%di`)
    expect(events.setFilter('step', 'n > 3')).to.deep.equal({ errno: 'ENOENT' })
    const outcome = kernel.perform(events.setTrigger('step', 'traceoff'), false)
    expect(outcome).to.deep.equal({ done: true, value: -Errno.ENOENT })
  })
})
