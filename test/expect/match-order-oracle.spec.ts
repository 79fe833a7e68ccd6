// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import fc from 'fast-check'
import type { RecordedEvent } from '../../src/events/event.ts'
import { createMatchContext } from '../../src/events/match-context.ts'
import type { EventPattern, ValuePattern } from '../../src/events/pattern.ts'
import { compileOrder } from '../../src/expect/order/compile-order.ts'
import { matchOrder } from '../../src/expect/order/match-order.ts'
import type { OrderNode, Times } from '../../src/scenario/scenario.ts'
import { allNodes, allWords, isAllowed, type Letter } from './all-words.ts'

const span = { file: { path: 'test.yaml', text: '' }, start: 0, end: 0 }
const common = { span, after: [] }

const value = fc.constantFrom<ValuePattern | undefined>(
  undefined,
  undefined,
  { kind: 'equal', value: 1n, span },
  { kind: 'variable', name: 'x', plus: 0n, span },
  { kind: 'variable', name: 'y', plus: 0n, span },
)
const times = fc.constantFrom<Times | undefined>(
  undefined,
  undefined,
  undefined,
  { min: 0, max: 1 },
  { min: 1, max: 2 },
  { min: 2, max: 2 },
  { min: 0, max: 2 },
  { min: 0, max: 0 },
)
const leaf = fc.record({ probe: fc.constantFrom('a', 'b', 'c'), value, times }).map(
  ({ probe, value, times }): OrderNode => ({
    ...common,
    kind: 'event',
    pattern: pattern(probe, value),
    ...(times ? { times } : {}),
  }),
)

function pattern(probe: string, v: ValuePattern | undefined): EventPattern {
  const args: Record<string, ValuePattern> = v ? { args: { kind: 'map', entries: { v }, span } } : {}
  return {
    kind: 'hit',
    span,
    keySpan: span,
    fields: { probe: { kind: 'equal', value: probe, span }, ...args },
  }
}

const tree = fc.letrec<{ node: OrderNode }>(tie => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc
      .record({
        kind: fc.constantFrom('sequence', 'any-order', 'interleave'),
        items: fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
        times,
      })
      .map(({ kind, items, times }): OrderNode => {
        const repeated = times ? { times } : {}
        if (kind !== 'interleave') return { ...common, ...repeated, kind, items } as OrderNode
        return {
          ...common,
          ...repeated,
          kind,
          lanes: new Map(items.map((item, at) => ['AB'[at % 2]!, item])),
        } as OrderNode
      }),
  ),
})).node

/** Adds `after:` edges from earlier to later nodes, so that there are no circles. */
const expectation = fc
  .record({ root: tree, edges: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 3 }) })
  .map(({ root, edges }) => {
    const copy = structuredClone(root)
    const nodes = allNodes(copy) as { -readonly [K in keyof OrderNode]: OrderNode[K] }[]
    for (const [a, b] of edges) {
      const [first, then] = [a % nodes.length, b % nodes.length].sort((left, right) => left - right) as [
        number,
        number,
      ]
      if (first === then || allNodes(nodes[first] as OrderNode).includes(nodes[then] as OrderNode)) continue
      nodes[first]!.as = { value: `n${first}`, span }
      nodes[then]!.after = [...nodes[then]!.after, { value: `n${first}`, span }]
    }
    return copy
  })
  .filter(root => longestRun(root) <= 6 && allNodes(root).length <= 10)

function longestRun(node: OrderNode): number {
  const items =
    node.kind === 'event' ? [] : node.kind === 'interleave' ? [...node.lanes.values()] : node.items
  const once = node.kind === 'event' ? 1 : items.map(longestRun).reduce((a, b) => a + b, 0)
  return once * (node.times?.max ?? 1)
}

function eventOf(letter: { probe: string; thread: string; v: bigint }, index: number): RecordedEvent {
  return {
    kind: 'hit',
    thread: letter.thread,
    fields: { probe: letter.probe, args: { v: letter.v } },
    index,
    step: 0,
  }
}

/** A run that fits a word, with both variables given a value. */
function runOf(word: readonly Letter[], x: bigint, y: bigint): RecordedEvent[] {
  return word.map(({ node, lane }, at) => {
    const { probe, args } = node.pattern.fields
    const wanted = args?.kind === 'map' ? args.entries['v'] : undefined
    const v = wanted?.kind === 'variable' ? (wanted.name === 'x' ? x : y) : 1n
    return eventOf({ probe: (probe as { value: string }).value, thread: lane ?? 'A', v }, at + 1)
  })
}

const loose = fc.record({
  probe: fc.constantFrom('a', 'b', 'c'),
  thread: fc.constantFrom('A', 'B'),
  v: fc.bigInt(1n, 2n),
})
const run = fc.record({
  from: fc.nat(),
  x: fc.bigInt(1n, 2n),
  y: fc.bigInt(1n, 2n),
  changes: fc.array(fc.tuple(fc.constantFrom('drop', 'swap', 'put'), fc.nat(), loose), { maxLength: 2 }),
})

function changed(
  events: RecordedEvent[],
  changes: readonly (readonly [string, number, { probe: string; thread: string; v: bigint }])[],
): RecordedEvent[] {
  const result = [...events]
  for (const [how, where, letter] of changes) {
    const at = where % (result.length + 1)
    if (how === 'drop') result.splice(at, 1)
    else if (how === 'put') result.splice(at, 0, eventOf(letter, 0))
    else if (at + 1 < result.length) result.splice(at, 2, result[at + 1]!, result[at]!)
  }
  return result.map((event, at) => ({ ...event, index: at + 1 }))
}

describe('the order matcher and the enumeration of everything that an expectation allows', () => {
  for (const gaps of [false, true]) {
    it(gaps ? 'agree on subsequences' : 'agree', () => {
      const counts = { yes: 0, no: 0 }
      fc.assert(
        fc.property(expectation, run, (root, { from, x, y, changes }) => {
          const words = allWords(root)
          const events = changed(words.length > 0 ? runOf(words[from % words.length]!, x, y) : [], changes)
          const wanted = gaps
            ? subsequences(events).some(part => isAllowed(words, part))
            : isAllowed(words, events)
          counts[wanted ? 'yes' : 'no']++
          expect(matchOrder(compileOrder(root), events, createMatchContext(), { gaps }).ok).to.equal(wanted)
        }),
        { numRuns: 3000 },
      )
      expect(counts.yes).to.be.above(100)
      expect(counts.no).to.be.above(100)
    })
  }
})

function subsequences(events: readonly RecordedEvent[]): RecordedEvent[][] {
  return Array.from({ length: 2 ** events.length }, (_, bits) =>
    events.filter((_event, at) => (bits >> at) & 1),
  )
}
