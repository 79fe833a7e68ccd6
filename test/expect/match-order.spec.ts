// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { createMatchContext } from '../../src/events/match-context.ts'
import { compileOrder } from '../../src/expect/order/compile-order.ts'
import { matchOrder, type OrderMatch } from '../../src/expect/order/match-order.ts'
import { eventsOf } from './events-of.ts'
import { readOrder } from './read-order.ts'

function match(order: string, events: string, gaps = false): OrderMatch {
  return matchOrder(compileOrder(readOrder(order)), eventsOf(events), createMatchContext(), {
    gaps,
    limit: 5000,
  })
}

function accepts(order: string, events: string, gaps = false): boolean {
  return match(order, events, gaps).ok
}

describe('order of events', () => {
  it('takes a list in its order only, and every event of it', () => {
    const order = '[hit: a, hit: b]'
    expect(accepts(order, 'a b')).to.equal(true)
    for (const events of ['b a', 'a', 'a b b', '', 'a a b'])
      expect(accepts(order, events), events).to.equal(false)
  })

  it('interleaves lanes freely, each on its own thread', () => {
    const order = 'interleave: { A: [hit: a, hit: b], B: [hit: a] }'
    for (const events of ['A.a A.b B.a', 'A.a B.a A.b', 'B.a A.a A.b'])
      expect(accepts(order, events)).to.equal(true)
    for (const events of ['A.b A.a B.a', 'A.a A.b A.a', 'A.a A.b'])
      expect(accepts(order, events)).to.equal(false)
  })

  it('holds edges across lanes', () => {
    const order = `interleave:
  A: [{ hit: a, as: x }, { hit: b }]
  B: [{ hit: c }, { hit: d, after: x }]`
    for (const events of ['A.a B.c B.d A.b', 'B.c A.a B.d A.b'])
      expect(accepts(order, events), events).to.equal(true)
    for (const events of ['B.c B.d A.a A.b']) expect(accepts(order, events), events).to.equal(false)
  })

  it('repeats events and groups as often as allowed', () => {
    const order =
      '[{ hit: a, times: { min: 1, max: 3 } }, { list: [hit: b, { hit: c, times: { max: 1 } }], times: 2 }]'
    for (const events of ['a b b', 'a a a b c b', 'a b c b c'])
      expect(accepts(order, events), events).to.equal(true)
    for (const events of ['b b', 'a a a a b b', 'a b', 'a b b b', 'a b c c b']) {
      expect(accepts(order, events), events).to.equal(false)
    }
  })

  it('goes back when the first node that fits was the wrong one', () => {
    const order = '[{ hit: a, times: { max: 2 } }, { hit: a, args: { v: $x } }, { hit: b, args: { v: $x } }]'
    expect(accepts(order, 'a=1 b=1')).to.equal(true)
    expect(accepts(order, 'a=1 a=2 a=3 b=3')).to.equal(true)
    expect(accepts(order, 'a=1 a=2 a=3 b=2')).to.equal(false)
  })

  it('forgets the edges of a repetition with it, and keeps those from outside', () => {
    const inside = '{ any-order: [{ hit: a, as: x }, { hit: b, after: x }], times: 2 }'
    expect(accepts(inside, 'a b a b')).to.equal(true)
    expect(accepts(inside, 'a b b a')).to.equal(false)
    const across = 'any-order: [{ list: [{ hit: a, as: x }, { hit: b }], times: 2 }, { hit: c, after: x }]'
    for (const events of ['a b a c b', 'a b a b c']) expect(accepts(across, events), events).to.equal(true)
    for (const events of ['a c b a b', 'c a b a b', 'a b c a b'])
      expect(accepts(across, events)).to.equal(false)
  })

  it('lets an edge from something optional wait only for what happens', () => {
    const order = 'any-order: [{ hit: a, times: { max: 2 }, as: x }, { hit: b, after: x }]'
    for (const events of ['b', 'a b', 'a a b']) expect(accepts(order, events), events).to.equal(true)
    for (const events of ['b a', 'a b a', 'a']) expect(accepts(order, events), events).to.equal(false)
  })

  it('finds events with others between, and goes back there too', () => {
    const order = '[{ hit: a, args: { v: $x } }, { hit: b, args: { v: $x } }]'
    expect(accepts(order, 'c a=1 a=2 c b=2 c', true)).to.equal(true)
    expect(accepts(order, 'b=1 a=1 b=2', true)).to.equal(false)
  })

  it('says how far it came', () => {
    const failed = match('[hit: a, { any-order: [hit: b, hit: c] }, hit: d]', 'a c d')
    expect(failed).to.include({ ok: false, reason: 'unexpected', position: 2 })
    expect(match('[hit: a, hit: b]', 'a')).to.include({ ok: false, reason: 'ended', position: 1 })
  })

  it('tries exchangeable nodes once', () => {
    const many = `any-order: [${Array.from({ length: 24 }, () => 'hit: a').join(', ')}]`
    expect(accepts(many, 'a '.repeat(24))).to.equal(true)
    expect(match(many, `${'a '.repeat(23)}b`)).to.include({ reason: 'unexpected', position: 23 })
  })

  it('gives up where nodes are many, different and fit everything', () => {
    const nodes = Array.from({ length: 24 }, (_, at) => `{ hit: a, args: { v: { min: 0, max: ${at + 1} } } }`)
    const failed = match(`any-order: [${nodes.join(', ')}]`, `${'a=0 '.repeat(23)}b`)
    expect(failed).to.include({ reason: 'limit' })
  })

  it('follows ten thousand repetitions', () => {
    expect(
      accepts('[{ list: [hit: a, hit: b], times: { min: 1 } }, hit: c]', `${'a b '.repeat(10_000)}c`),
    ).to.equal(true)
  })
})
