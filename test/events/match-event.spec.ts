// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { describeMismatch } from '../../src/events/describe-pattern.ts'
import type { Event, Fields } from '../../src/events/event.ts'
import type { EventKind } from '../../src/events/event-kinds.ts'
import { createMatchContext } from '../../src/events/match-context.ts'
import { matchEvent, noBindings } from '../../src/events/match-event.ts'
import type { Value } from '../../src/events/value.ts'
import { readPattern } from './read-pattern.ts'

const context = createMatchContext({
  region: name => (name === 'xol' ? [{ start: 0x7000n, end: 0x8000n }] : []),
  samePlace: (a, b) => [a, b].sort().join() === 'one,two',
})

function event(kind: EventKind, fields: Fields, thread = 'A'): Event {
  return { kind, thread, fields }
}

function mismatches(text: string, of: Event): string[] {
  const match = matchEvent(readPattern(text), of, noBindings, context)
  return match.ok ? [] : match.all.map(describeMismatch)
}

function exits(pattern: string, value: Value): boolean {
  return mismatches(`{ exit: A, value: ${pattern} }`, event('exit', { thread: 'A', value })).length === 0
}

describe('matching one event', () => {
  it('compares integers as 64-bit two’s complement', () => {
    expect(exits('-1', 0xffff_ffff_ffff_ffffn)).to.equal(true)
    expect(exits('0xffffffffffffffff', -1n)).to.equal(true)
    expect(exits('0x8000000000000000', -(1n << 63n))).to.equal(true)
    expect(exits('-1', 0xffff_ffffn)).to.equal(false)
    expect(exits('5', '5')).to.equal(false)
  })

  it('treats an address as its number and as its place', () => {
    const at = { address: 0x401004n, at: 'calc:add+0x4' }
    for (const pattern of ['0x401004', 'calc:add+4', 'calc:add+0x4'])
      expect(exits(pattern, at), pattern).to.equal(true)
    for (const pattern of ['0x401005', 'calc:add', 'lib:add+4'])
      expect(exits(pattern, at), pattern).to.equal(false)
  })

  it('tells binaries apart that are linked at one address', () => {
    const pattern = readPattern('{ exit: A, value: 0 }')
    const place = { kind: 'equal' as const, span: pattern.span, value: { address: 0x401000n, at: 'a:main' } }
    const at = (name: string, address: bigint) =>
      matchEvent(
        { ...pattern, fields: { value: place } },
        event('exit', { value: { address, at: name } }),
        noBindings,
        context,
      ).ok
    expect(at('b:main', 0x401000n)).to.equal(false)
    expect(at('a:main', 0x5555_5555_5000n), 'a biased load').to.equal(true)
    expect(at('0x401000', 0x401000n), 'no name').to.equal(true)
  })

  it('lets only the text (fault) and patterns that look at no value match a faulted fetch', () => {
    for (const pattern of ['"(fault)"', '_', '{ not: 0 }'])
      expect(exits(pattern, null), pattern).to.equal(true)
    for (const pattern of [
      '0',
      '""',
      '{ min: 0 }',
      '{ re: fault }',
      '{ mask: 0, is: 0 }',
      '{ not: "(fault)" }',
    ]) {
      expect(exits(pattern, null), pattern).to.equal(false)
    }
  })

  it('knows ranges, sets, negation, masks, expressions and regions', () => {
    const cases: [pattern: string, fit: Value, misfit: Value][] = [
      ['{ min: 1, max: 3 }', 3n, 4n],
      ['{ min: -2, max: 2 }', 0xffff_ffff_ffff_fffen, 0xffff_ffff_ffff_fffdn],
      ['{ min: 0x8000000000000000 }', -1n, 1n],
      ['{ min: 0 }', 1n << 63n, -1n],
      ['{ in: [1, calc:add] }', { address: 9n, at: 'calc:add' }, 9n],
      ['{ not: { in: [1, 2] } }', 3n, 2n],
      ['{ mask: 0x100, is: 0x100 }', 0x301n, 0x201n],
      ['{ mask: 0x8000000000000000, is: 0x8000000000000000 }', -1n, 1n],
      ["{ re: '^lib.*[.]so$' }", 'libc.so', 'my libc.so'],
      ['{ within: xol }', { address: 0x7fffn, at: '[uprobes]+0xfff' }, 0x8000n],
    ]
    for (const [pattern, fit, misfit] of cases) {
      expect(exits(pattern, fit), `${pattern} fits`).to.equal(true)
      expect(exits(pattern, misfit), `${pattern} does not fit`).to.equal(false)
    }
  })

  it('binds a variable once and compares it afterwards, also with a constant', () => {
    const step = event('step', { probe: 'p', slot: 0xffff_ffff_ffff_fff8n, ip: { address: 0n, at: '0x0' } })
    expect(mismatches('{ step: p, ip: $s+8, slot: $s }', step), 'whatever the order').to.deep.equal([])
    expect(mismatches('{ step: p, slot: $s, ip: $s }', step)).to.have.length(1)
    expect(mismatches('{ step: p, slot: $s, ip: { not: $s } }', step)).to.deep.equal([])
    expect(mismatches('{ step: p, ip: $s+8 }', step)).to.deep.equal([
      'ip: want $s+8, but $s has no value yet',
    ])
  })

  it('says what a variable stood for and where it was bound', () => {
    const first = matchEvent(
      readPattern('{ step: p, slot: $slot }'),
      { ...event('step', { probe: 'p', slot: 0n }), index: 5, step: 1 },
      noBindings,
      context,
    )
    if (!first.ok) throw new Error('must match')
    const second = matchEvent(
      readPattern('{ stepped: p, slot: $slot }'),
      event('stepped', { probe: 'p', slot: 1n }),
      first.bindings,
      context,
    )
    if (second.ok) throw new Error('must not match')
    expect(describeMismatch(second.why)).to.equal('slot: want $slot = 0, got 1')
    expect(second.why.bound?.event).to.equal(5)
  })

  it('compares only the named arguments of a map, and a list by position', () => {
    const hit = event('hit', { probe: 'p', args: { a: 2n, b: 4n } })
    expect(mismatches('{ hit: p, args: { b: 4 } }', hit)).to.deep.equal([])
    expect(mismatches('{ hit: p, args: [2, 4] }', hit)).to.deep.equal([])
    expect(mismatches('{ hit: p, args: [2, 3] }', hit)).to.deep.equal(['args.1: want 3, got 4'])
    expect(mismatches('{ hit: p, args: [2] }', hit)).to.deep.equal([
      'args: want [2], got {a=2, b=4}, of another length',
    ])
    expect(mismatches('{ hit: p, args: { c: _ } }', hit)).to.deep.equal([
      'args.c: want _, but the event has no args.c',
    ])
  })

  it('notes everything that is wrong, the task among it', () => {
    const hit = event('hit', { probe: 'p', args: { a: 2n, b: 4n } }, 'B')
    expect(mismatches('{ hit: q, thread: A, args: { a: 1, b: 4 } }', hit)).to.deep.equal([
      'thread: want A, got B',
      'probe: want "q", got "p"',
      'args.a: want 1, got 2',
    ])
    expect(mismatches('exit: A', hit)).to.deep.equal(['hit is another kind'])
  })

  it('gives a trap to every probe of its place, but not a hit', () => {
    expect(mismatches('trap: two', event('trap', { probe: 'one' }))).to.deep.equal([])
    expect(mismatches('trap: three', event('trap', { probe: 'one' }))).to.have.length(1)
    expect(mismatches('hit: two', event('hit', { probe: 'one' }))).to.have.length(1)
  })
})
