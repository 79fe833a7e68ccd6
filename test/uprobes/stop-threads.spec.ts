// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { AddressSpace, Kernel, KernelPoint, Task } from '../../src/kernel/kernel.ts'
import { PageFlip } from '../../src/uprobes/strategies/insert/page-flip.ts'
import { Quiesce } from '../../src/uprobes/strategies/insert/quiesce.ts'
import { stopThreads } from '../../src/uprobes/strategies/stop-threads.ts'

/** A kernel with two threads of a process; what it is asked is in the log, and its clock goes on by hand. */
function setUp({ busy = false, complete = true, recorded = ['quiesce', 'resumed'] } = {}) {
  const log: unknown[] = []
  const state = { busy, complete }
  const kernel = {
    now: 100n,
    totalSteps: 5,
    currentName: () => 'A',
    records: (kind: string) => recorded.includes(kind),
    isStopping: () => state.busy,
    stopThreads: (_: unknown, why: string, except: Task | undefined) => {
      log.push(`stop ${why}${except ? ` but ${except.name}` : ''}`)
      return {
        count: 2,
        get complete() {
          return state.complete
        },
        release: () => log.push('release'),
      }
    },
    event: (event: unknown) => ({ kind: 'event', event }),
    record: (event: unknown) => log.push(event),
  }
  return { kernel: kernel as unknown as Kernel, clock: kernel, state, log }
}

const mm = { users: { size: 1 } } as unknown as AddressSpace
const quiesce = {
  kind: 'event',
  event: { kind: 'quiesce', thread: 'A', fields: { probe: 'p', threads: 2n } },
}
const resumed = { kind: 'resumed', thread: 'A', fields: { probe: 'p', steps: 3n, time: 20n } }
const asleep = { kind: 'sleep', interruptible: false, stopped: true }

describe('stopping threads', () => {
  it('is an event, and so is their going on, with how long they stood', () => {
    const { kernel, clock, log } = setUp()
    const path = stopThreads(kernel, mm, { probe: 'p' })
    expect(path.next().value).to.deep.equal(quiesce)
    const { done, value: stop } = path.next() as IteratorReturnResult<{ release(): Iterator<KernelPoint> }>
    expect(done).to.equal(true)
    Object.assign(clock, { now: 120n, totalSteps: 8 })
    expect(stop.release().next().value).to.deep.equal({ kind: 'event', event: resumed })
    expect(log).to.deep.equal(['stop stopped for a probe', 'release'])
  })

  it('waits for whoever does it already, and then for the threads', () => {
    const { kernel, state, log } = setUp({ busy: true, complete: false })
    const path = stopThreads(kernel, mm, { probe: 'p', except: { name: 'B' } as Task, urgent: true })
    const turn = path.next().value as KernelPoint & { ready(): boolean }
    expect(turn).to.deep.include({ ...asleep, reason: 'waits until other threads go on', urgent: true })
    expect([turn.ready(), log]).to.deep.equal([false, []])
    state.busy = false
    expect(turn.ready()).to.equal(true)
    expect(path.next().value).to.deep.equal(quiesce)
    const threads = path.next().value as KernelPoint & { ready(): boolean }
    expect(threads).to.deep.include({ ...asleep, reason: 'waits for threads to stop', urgent: true })
    expect([threads.ready(), log]).to.deep.equal([false, ['stop stopped for a probe but B']])
    state.complete = true
    expect(threads.ready()).to.equal(true)
    expect(path.next().done).to.equal(true)
  })

  it('is no event where nobody records it, and can end without a path', () => {
    const { kernel, clock, log } = setUp({ recorded: [] })
    const { value: stop } = stopThreads(kernel, mm, { probe: 'p' }).next() as IteratorReturnResult<{
      release(): Iterator<KernelPoint>
      releaseAtOnce(): void
    }>
    expect(stop.release().next().done).to.equal(true)
    Object.assign(clock, { now: 120n, totalSteps: 8 })
    stop.releaseAtOnce()
    expect(log).to.deep.equal(['stop stopped for a probe', 'release', 'release', resumed])
  })

  it('is not urgent unless somebody says so', () => {
    const { kernel } = setUp({ busy: true })
    expect(stopThreads(kernel, mm, { probe: 'p' }).next().value).to.include({ urgent: false })
  })
})

describe('a change of a byte', () => {
  const change = (what: 'quiesce' | 'page-flip', users: number, changes: boolean): unknown[] => {
    const { kernel, log } = setUp()
    const insert = what === 'quiesce' ? new Quiesce(kernel) : new PageFlip()
    const write = (function* () {
      log.push('write')
      yield* []
      return -12
    })()
    const place = {
      mm: { users: { size: users } } as unknown as AddressSpace,
      probe: 'p',
      changes: () => changes,
    }
    const path = insert.change(place, write)
    for (;;) {
      const { done, value } = path.next()
      if (done) return [...log, value]
      log.push((value as typeof quiesce).event.kind)
    }
  }

  it('happens while all threads stand still, where there are any and something changes', () => {
    const stopped = ['stop stopped for a probe', 'quiesce', 'write', 'release', 'resumed', -12]
    expect(change('quiesce', 1, true)).to.deep.equal(stopped)
    expect(change('quiesce', 0, true)).to.deep.equal(['write', -12])
    expect(change('quiesce', 1, false)).to.deep.equal(['write', -12])
    expect(change('page-flip', 1, true)).to.deep.equal(['write', -12])
  })

  it('names its probe, and comes before anything else that its thread has to do', () => {
    const { kernel, state } = setUp({ busy: true })
    const place = { mm, probe: 'p', changes: () => true }
    const path = new Quiesce(kernel).change(place, [][Symbol.iterator]() as never)
    expect(path.next().value).to.include({ urgent: true })
    state.busy = false
    expect(path.next().value).to.deep.equal(quiesce)
  })
})
