// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { Errno } from '../../src/kernel/errno.ts'
import type { KernelPath } from '../../src/kernel/kernel.ts'
import { type EventOptions, TraceEvents } from '../../src/tracing/trace-events.ts'
import type { TraceRecord } from '../../src/tracing/trace-record.ts'
import type { Consumer } from '../../src/uprobes/uprobes.ts'
import { corpusTree, exePath } from './corpus-tree.ts'
import { hitContext, memory } from './hit-context.ts'

type Registered = { readonly offset: bigint; readonly consumer: Consumer }

/** Tracing over a registry that only remembers; the newest consumer is called first. */
class Bench {
  readonly log: string[] = []
  readonly crashes: string[] = []
  readonly bugs: string[] = []
  readonly records: TraceRecord[] = []
  registered: Registered[] = []
  /** Offsets at which registration fails. */
  readonly refused = new Map<bigint, number>()
  /** Called when a consumer is about to go. */
  whileRemoving = (): void => {}
  readonly events: TraceEvents

  constructor(options: EventOptions = {}) {
    const bench = this
    this.events = new TraceEvents(
      {
        lookup: corpusTree,
        log: text => void bench.log.push(text),
        crash(bug, reason) {
          bench.crashes.push(bug)
          return { kind: 'sleep', reason, interruptible: false, ready: () => false }
        },
      },
      {
        *register(_inode, offset, _counter, consumer) {
          const refusal = bench.refused.get(offset)
          if (refusal === undefined) bench.registered.unshift({ offset, consumer })
          return refusal ?? 0
        },
        *remove(_inode, offset, consumer) {
          bench.whileRemoving()
          bench.registered = bench.registered.filter(
            one => one.consumer !== consumer || one.offset !== offset,
          )
          return 0
        },
        *synchronise() {},
      },
      {
        *sink(record) {
          bench.records.push({ ...record, body: record.body })
        },
        event: () => options,
        bug: name => void bench.bugs.push(name),
        taken: group => group === 'syscalls',
      },
    )
  }

  define(...lines: string[]): this {
    for (const line of lines) expect(this.events.define(line.replace('EXE', exePath))).to.equal(undefined)
    return this
  }

  enable(name: string): number {
    return finish(this.events.enable(name))
  }

  trigger(name: string, text: string): number {
    return -finish(this.events.setTrigger(name, text))
  }

  /** The program passes offset 0x1000 once for each n in %rdi. */
  run(...values: number[]): string[] {
    const before = this.records.length
    for (const rdi of values) {
      const context = hitContext({ mm: memory(), registers: { rdi, rax: rdi }, returnAddress: 0x401234n })
      const hit = this.registered.filter(({ offset }) => offset === 0x1000n)
      for (const { consumer } of hit) if (consumer.handler) finish(consumer.handler(context))
      for (const { consumer } of hit) if (consumer.returnHandler) finish(consumer.returnHandler(context))
    }
    return this.records
      .slice(before)
      .map(({ event, body }) => `${event} ${body.replace('(0x401000) n=', '')}`)
  }

  get hits(): string[] {
    return this.events.profile().map(({ event, hits }) => `${event} ${hits}`)
  }
}

function finish<T>(outcome: T | KernelPath<T>): T {
  if (typeof outcome !== 'object') return outcome
  const step = (outcome as KernelPath<T>).next()
  if (!step.done) throw new Error(`the path waits: ${step.value.kind}`)
  return step.value
}

const two = (): Bench => new Bench().define('p:f EXE:0x1000 n=%di:s64', 'p:h EXE:0x1000 n=%di:s64')

describe('trace events', () => {
  it('record hits and returns, and count hits', () => {
    const bench = new Bench().define('p:in EXE:0x1000 n=%di:s64', 'r:out EXE:0x1000 $retval:u8')
    expect([bench.enable('in'), bench.enable('uprobes/out'), bench.enable('nobody')]).to.deep.equal([
      0,
      0,
      -Errno.ENOENT,
    ])
    expect(bench.run(-1)).to.deep.equal(['in -1', 'out (0x401234 <- 0x401000) arg1=255'])
    expect(bench.records[1]).to.deep.equal({
      event: 'out',
      group: 'uprobes',
      kind: 'return',
      ip: 0x401234n,
      func: 0x401000n,
      args: [{ name: 'arg1', value: 255n }],
      body: '(0x401234 <- 0x401000) arg1=255',
    })
    expect(bench.hits).to.deep.equal(['in 1', 'out 1'])
    finish(bench.events.disable('in'))
    expect(bench.run(2)).to.deep.equal(['out (0x401234 <- 0x401000) arg1=2'])
  })

  it('enable all places of an event, or none and say why', () => {
    const bench = new Bench().define('p:f EXE:0x1000', 'p:f EXE:0x2000', 'p:f EXE:0x3000')
    bench.refused.set(0x3000n, -Errno.ENOTSUPP)
    expect(bench.enable('f')).to.equal(-Errno.ENOTSUPP)
    expect(bench.registered).to.deep.equal([])
    expect(bench.events.readEnable('f')).to.equal('0')
    expect(bench.log).to.deep.equal(['event trace: Could not enable event f'])
    bench.refused.clear()
    expect(bench.enable('f')).to.equal(0)
    expect(bench.registered.map(({ offset }) => offset)).to.deep.equal([0x3000n, 0x2000n, 0x1000n])
  })

  it('register a place that came later only when they are enabled again', () => {
    const bench = two()
    bench.enable('f')
    bench.define('p:f EXE:0x2000 n=%si:s64')
    expect(bench.enable('f')).to.equal(0)
    expect(bench.registered).to.have.length(1)
    finish(bench.events.disable('f'))
    bench.enable('f')
    expect(bench.registered).to.have.length(2)
  })

  it('record nothing more once they are being disabled, though hits still count', () => {
    const bench = two()
    bench.enable('f')
    bench.whileRemoving = () => expect(bench.run(1)).to.deep.equal([])
    finish(bench.events.disable('f'))
    expect(bench.hits).to.deep.equal(['f 1', 'h 0'])
  })

  it('make several consumers, each with its index, and let behaviour be added to them', () => {
    const seen: number[] = []
    const bench = new Bench({
      probe: 'mine',
      consumers: 2,
      wrap: (consumer, index) => {
        seen.push(index)
        return consumer
      },
    }).define('p:f EXE:0x1000')
    bench.enable('f')
    bench.run(1)
    expect(seen).to.deep.equal([0, 1])
    expect(bench.records.map(({ consumer }) => consumer)).to.deep.equal([1, 0])
    expect(bench.registered.map(({ consumer }) => consumer.probe)).to.deep.equal(['mine', 'mine'])
    expect(bench.hits).to.deep.equal(['f 2'])
  })

  it('lose a record that is longer than a page of the buffer takes, and count the hit', () => {
    const bench = new Bench().define('p:f EXE:0x1000 s=+0(%di):string')
    bench.enable('f')
    const mm = memory([0x1000, `${'x'.repeat(4052)}\0`])
    const hit = (rdi: number): void => {
      const handler = bench.registered[0]!.consumer.handler!
      finish(handler.call(bench.registered[0]!.consumer, hitContext({ mm, registers: { rdi } })))
    }
    hit(0x1000)
    expect(bench.records).to.deep.equal([])
    hit(0x1001)
    expect(bench.records).to.have.length(1)
    expect(bench.hits).to.deep.equal(['f 2'])
  })

  it('are not removed while they are enabled or a trigger names them', () => {
    const bench = two()
    bench.enable('f')
    expect(bench.events.undefine('f')).to.deep.equal({ errno: 'EBUSY' })
    expect(bench.events.removeAll()).to.deep.equal({ errno: 'EBUSY' })
    finish(bench.events.disable('f'))
    expect(bench.trigger('f', 'enable_event:uprobes:h')).to.equal(0)
    expect(bench.events.undefine('h')).to.deep.equal({ errno: 'EBUSY' })
    bench.trigger('f', '!enable_event:uprobes:h')
    expect(bench.events.removeAll()).to.equal(undefined)
    expect(bench.events.list()).to.deep.equal([])
  })

  it('of several places lose all but the last when removed while enabled; who hits a lost one brings the kernel down (bug B3)', () => {
    const bench = new Bench().define('p:f EXE:0x1000', 'p:f EXE:0x2000')
    bench.enable('f')
    expect(bench.events.undefine('f')).to.deep.equal({ errno: 'EBUSY' })
    expect(bench.events.list()).to.deep.equal([`p:uprobes/f ${exePath}:0x0000000000002000`])
    expect(() => bench.run(1)).to.throw('the path waits')
    expect(bench.crashes).to.deep.equal(['B3'])
    expect(bench.bugs).to.deep.equal(['B3', 'B3'])
  })

  it('take no name of an event of another kind, and remember eight errors', () => {
    const bench = new Bench()
    const refusal = bench.events.define(`p:syscalls/read ${exePath}:1`)
    expect(refusal).to.deep.include({
      errno: 'EEXIST',
      message: 'Given group/event name is already used by another event',
      caret: 0,
    })
    for (let n = 0; n < 8; n++) bench.events.define(`p:e${n} ${exePath}:1 %zz`)
    expect(bench.events.errors.entries.map(({ command }) => command.slice(2, 4))).to.deep.equal([
      'e0',
      'e1',
      'e2',
      'e3',
      'e4',
      'e5',
      'e6',
      'e7',
    ])
  })

  it('do not take a line of 4095 characters and a line break', () => {
    const bench = new Bench()
    const line = `p:f ${exePath}:1`
    expect(bench.events.define(`${line.padEnd(4094)}\n${line}0`)).to.equal(undefined)
    expect(bench.events.define(`${line}2\n${line.padEnd(4095)}\n`)).to.deep.equal({ errno: 'EINVAL' })
    expect(bench.events.list()).to.have.length(3)
    expect(bench.log).to.deep.equal(['Line length is too long: Should be less than 4094'])
  })
})

describe('a filter of an event', () => {
  it('is refused without a word where it fills a page, and the one before stays', () => {
    const bench = two()
    bench.events.setFilter('f', 'n==2')
    expect(bench.events.setFilter('f', 'n==1'.padEnd(4096))).to.deep.equal({ errno: 'EINVAL' })
    expect(bench.events.readFilter('f')).to.equal('n==2\n')
    expect(bench.events.setFilter('f', 'n==1'.padEnd(4095))).to.equal(undefined)
  })

  it('leaves out of its answer what does not fit behind a long text', () => {
    const bench = two()
    const answer = (size: number): string => {
      const text = `n=="${'a'.repeat(size - 5)}"`
      bench.events.setFilter('f', text)
      return bench.events.readFilter('f').slice(text.length)
    }
    expect(answer(4050)).to.match(/^\n {4}\^\nparse_error: Expecting numeric field\n\n$/)
    const long = (size: number): string => {
      const text = `${'!'.repeat(size - 2)}n=`
      bench.events.setFilter('f', text)
      return bench.events.readFilter('f').slice(text.length).trimStart()
    }
    expect(long(4050)).to.equal('^\nparse_error: Invalid operator\n\n')
    expect(long(4070)).to.equal('^\n')
    expect(long(4080)).to.equal('')
  })

  it('drops records, not hits, and is gone when another is refused', () => {
    const bench = two()
    bench.enable('f')
    bench.events.setFilter('f', 'n==2')
    expect(bench.run(1, 2)).to.deep.equal(['f 2'])
    expect(bench.events.setFilter('f', 'n>')).to.deep.include({ errno: 'EINVAL' })
    expect(bench.run(1)).to.deep.equal(['f 1'])
    expect(bench.events.readFilter('f')).to.equal(
      'n>\n  ^\nparse_error: Invalid value (did you forget quotes)?\n\n',
    )
    expect(bench.events.setFilter('f', ' 0 ')).to.equal(undefined)
    expect(bench.events.readFilter('f')).to.equal('none\n')
    expect(bench.hits).to.deep.equal(['f 3', 'h 0'])
  })
})

/**
 * Each of these was done on a live kernel. The program calls with 0 to 4; the event with the trigger is registered first, then both are
 * enabled, unless said; the one registered last records first.
 */
describe('a trigger', () => {
  const run = (name: string, text: string, set: (bench: Bench) => void = bothEnabled): [string, Bench] => {
    const bench = two()
    expect(bench.trigger(name, text)).to.equal(0)
    set(bench)
    return [bench.run(0, 1, 2, 3, 4).join(' ').replace(/ (\d)/g, '$1'), bench]
  }
  const bothEnabled = (bench: Bench): void => {
    for (const name of ['f', 'h']) expect(bench.enable(name)).to.equal(0)
  }
  const off = (bench: Bench): void => {
    bothEnabled(bench)
    bench.events.tracingOn = false
  }
  const nothing = (): void => {}

  it('traceoff acts after the record, also after one that the filter drops', () => {
    expect(run('h', 'traceoff if n==2')[0]).to.equal('f0 h0 f1 h1 f2 h2')
    expect(run('f', 'traceoff')[0]).to.equal('h0 f0')
    const [trace, bench] = run('f', 'traceoff', one => {
      bothEnabled(one)
      one.events.setFilter('f', 'n==1')
    })
    expect(trace).to.equal('h0')
    expect(bench.hits).to.deep.equal(['f 5', 'h 5'])
  })

  it('traceon acts before the record, except that one whose filter needs the record comes too late for it', () => {
    expect(run('f', 'traceon', off)[0]).to.equal('f0 h1 f1 h2 f2 h3 f3 h4 f4')
    expect(run('f', 'traceon if n==2', off)[0]).to.equal('h3 f3 h4 f4')
  })

  it('counts down only where it changed something, and stays listed', () => {
    const [, bench] = run('f', 'traceoff:2 if n==2')
    bench.run(2)
    expect(bench.events.readTrigger('f')).to.equal('traceoff:count=1 if n==2\n')
    expect(run('f', 'traceoff:0')[0]).to.equal('h0 f0 h1 f1 h2 f2 h3 f3 h4 f4')
  })

  it('enables an event that waits registered', () => {
    const [trace, bench] = run('f', 'enable_event:uprobes:h if n==2', nothing)
    expect(trace).to.equal('h2 h3 h4')
    expect([bench.events.readEnable('f'), bench.events.readEnable('h')]).to.deep.equal(['0*', '1*'])
    expect(bench.hits).to.deep.equal(['f 5', 'h 5'])
    bench.trigger('f', '!enable_event:uprobes:h:7 if zz')
    expect([bench.events.readEnable('f'), bench.events.readEnable('h')]).to.deep.equal(['0', '1'])
    expect(bench.registered).to.have.length(1)
  })

  it('enables and disables its own event: with a filter for this record already', () => {
    expect(run('f', 'enable_event:uprobes:f', nothing)[0]).to.equal('f1 f2 f3 f4')
    expect(run('f', 'enable_event:uprobes:f if n==2', nothing)[0]).to.equal('f2 f3 f4')
    expect(run('f', 'disable_event:uprobes:f if n==2')[0]).to.match(/f0 h1 f1 h2 h3 h4$/)
  })

  it('keeps its event registered when the user disables it', () => {
    const [, bench] = run('f', 'stacktrace:2')
    finish(bench.events.disable('f'))
    expect(bench.events.readEnable('f')).to.equal('0*')
    expect(bench.run(1)).to.deep.equal(['h 1'])
    expect(bench.hits).to.deep.equal(['f 6', 'h 6'])
    bench.trigger('f', '!stacktrace')
    expect(bench.registered).to.have.length(1)
  })

  it('is refused, replaced and removed as the kernel does it', () => {
    const bench = two()
    const answers: [text: string, errno: number, reads: string][] = [
      ['bogus', Errno.EINVAL, ''],
      ['traceoff:x', Errno.EINVAL, ''],
      ['traceoff:1x', Errno.EINVAL, ''],
      ['traceoff if', Errno.EINVAL, ''],
      ['traceoff:18446744073709551616', Errno.ERANGE, ''],
      ['traceoff:1 if n=2', Errno.EINVAL, ''],
      ['traceoff  if  n==2', 0, 'traceoff:unlimited if  n==2'],
      ['traceon', Errno.EEXIST, 'traceoff:unlimited if  n==2'],
      ['!traceon', 0, ''],
      ['traceoff 010', 0, 'traceoff:count=8'],
      ['!traceoff:9 if zz', 0, ''],
      ['!traceoff', 0, ''],
      ['! traceoff', Errno.EINVAL, ''],
      ['enable_event:uprobes', Errno.EINVAL, ''],
      ['enable_event:uprobes:zz', Errno.EINVAL, ''],
      ['enable_event:uprobes:h:', Errno.EINVAL, ''],
      ['enable_event uprobes:h:3 if n==2', 0, 'enable_event:uprobes:h:count=3 if n==2'],
      ['disable_event:uprobes:h', Errno.EEXIST, 'enable_event:uprobes:h:count=3 if n==2'],
      [' stacktrace:1:7\n', 0, 'stacktrace:count=1\nenable_event:uprobes:h:count=3 if n==2'],
      ['!disable_event:uprobes:h', 0, 'stacktrace:count=1'],
      ['!stacktrace', 0, ''],
    ]
    for (const [text, errno, reads] of answers) {
      expect(bench.trigger('f', text), text).to.equal(errno)
      const available = '# Available triggers:\n# traceon traceoff stacktrace enable_event disable_event\n'
      expect(bench.events.readTrigger('f'), text).to.equal(reads === '' ? available : `${reads}\n`)
    }
    expect(bench.registered).to.deep.equal([])
  })
})
