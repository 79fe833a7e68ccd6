// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { Span } from '../../src/diagnostics/source-file.ts'
import { runEmulator } from '../../src/engine/run-emulator.ts'
import type { EventPattern, ValuePattern } from '../../src/events/pattern.ts'
import { isAddress, type Value } from '../../src/events/value.ts'
import { judge } from '../../src/expect/judge.ts'
import type { Run } from '../../src/expect/run.ts'
import { reserveMemory } from '../../src/machine/memory/machine-memory.ts'
import type { Plan } from '../../src/plan/plan.ts'
import type { OrderNode } from '../../src/scenario/scenario.ts'
import { failures, planOf, shippedScenarios } from './shipped.ts'

const goldens = { read: () => undefined }

const memory = reserveMemory(64 * 2 ** 20)

describe('an expectation of a shipped scenario', () => {
  let runs: { plan: Plan; run: Run }[]

  before(async function () {
    this.timeout(30_000)
    const plans = await Promise.all((await shippedScenarios()).map(planOf))
    runs = plans.map(plan => ({ plan, run: runEmulator(plan, { memory }) }))
  })

  it('holds as it stands', () => {
    for (const { plan, run } of runs)
      expect(failures(judge(withoutGolden(plan), run, goldens)), plan.scenario.id).to.deep.equal([])
  })

  it('fails without any one of its events, at an event of the file', () => {
    for (const { plan, run } of runs) {
      const { events } = plan.expect
      if (!events) continue
      for (const removed of eventNodes(events)) {
        const verdict = judge(withEvents(plan, without(events, removed)), run, goldens)
        const where = `${plan.scenario.id} without ${textAt(removed.span)}`
        const [first] = verdict.diagnostics
        expect(first?.code, where).to.match(/^T00[12]$/)
        expect(
          contains(events.span, first!.labels[0]!.span),
          `${where}: ${textAt(first!.labels[0]!.span)}`,
        ).to.equal(true)
      }
    }
  })

  it('fails when any one of its values is another, with the caret under that value', () => {
    for (const { plan, run } of runs) {
      const { events } = plan.expect
      if (!events) continue
      for (const node of eventNodes(events)) {
        for (const [path, value] of valuesOf(node.pattern)) {
          const verdict = judge(withEvents(plan, replaced(events, node, path)), run, goldens)
          const where = `${plan.scenario.id}: ${textAt(value.span)}`
          const spans = verdict.diagnostics.flatMap(({ labels }) => labels[0]?.span ?? [])
          expect(spans, where).to.not.have.lengthOf(0)
          expect(
            spans.some(span => span.start === value.span.start || contains(node.span, span)),
            where,
          ).to.equal(true)
        }
      }
    }
  })
})

type EventNode = OrderNode & { kind: 'event' }

function eventNodes(node: OrderNode): EventNode[] {
  if (node.kind === 'event') return [node]
  return (node.kind === 'interleave' ? [...node.lanes.values()] : node.items).flatMap(eventNodes)
}

/** The tree with every node that `change` has something else for; what was waited for and is gone is not waited for. */
function mapNodes(
  node: OrderNode,
  change: (node: EventNode) => OrderNode | undefined,
): OrderNode | undefined {
  if (node.kind === 'event') return change(node)
  if (node.kind === 'interleave') {
    const lanes = [...node.lanes].flatMap(([name, lane]) => {
      const mapped = mapNodes(lane, change)
      return mapped ? [[name, mapped] as const] : []
    })
    return { ...node, lanes: new Map(lanes) }
  }
  return { ...node, items: node.items.flatMap(item => mapNodes(item, change) ?? []) }
}

function without(tree: OrderNode, removed: EventNode): OrderNode {
  const label = removed.as?.value
  return mapNodes(tree, node =>
    node === removed ? undefined : { ...node, after: node.after.filter(({ value }) => value !== label) },
  )!
}

function replaced(tree: OrderNode, target: EventNode, path: readonly string[]): OrderNode {
  return mapNodes(tree, node => (node === target ? { ...node, pattern: changed(node.pattern, path) } : node))!
}

function changed(pattern: EventPattern, [field, entry]: readonly string[]): EventPattern {
  const value = pattern.fields[field!]!
  const other =
    entry !== undefined && value.kind === 'map'
      ? { ...value, entries: { ...value.entries, [entry]: otherThan(value.entries[entry]!) } }
      : otherThan(value)
  return { ...pattern, fields: { ...pattern.fields, [field!]: other } }
}

type PlainValue = readonly [path: readonly string[], value: ValuePattern]

/** Plain values of a pattern: the field, and the argument's name where it is one. */
function valuesOf(pattern: EventPattern): PlainValue[] {
  return Object.entries(pattern.fields).flatMap(([field, value]): PlainValue[] => {
    if (value.kind === 'equal') return [[[field], value]]
    if (value.kind !== 'map') return []
    return Object.entries(value.entries).flatMap(([entry, inner]): PlainValue[] =>
      inner.kind === 'equal' ? [[[field, entry], inner]] : [],
    )
  })
}

function otherThan(pattern: ValuePattern): ValuePattern {
  if (pattern.kind !== 'equal') return pattern
  return { kind: 'equal', value: other(pattern.value), span: pattern.span }
}

function other(value: Value): Value {
  if (typeof value === 'bigint') return value ^ 0x40n
  if (typeof value === 'string') return `${value}~`
  if (value !== null && isAddress(value)) return { address: value.address ^ 0x40n, at: 'elsewhere' }
  return value === null ? 'something' : null
}

function withEvents(plan: Plan, events: OrderNode): Plan {
  return { ...withoutGolden(plan), expect: { ...withoutGolden(plan).expect, events } }
}

/** Goldens have tests of their own; here the hand-written part must hold or fail alone. */
function withoutGolden(plan: Plan): Plan {
  const { golden: _, ...expectation } = plan.expect
  return { ...plan, expect: expectation }
}

function contains(outer: Span, inner: Span): boolean {
  return outer.file === inner.file && outer.start <= inner.start && inner.end <= outer.end
}

function textAt({ file, start, end }: Span): string {
  return JSON.stringify(file.text.slice(start, end))
}
