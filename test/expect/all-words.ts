// SPDX-License-Identifier: MIT
import type { RecordedEvent } from '../../src/events/event.ts'
import type { OrderNode } from '../../src/scenario/scenario.ts'

/** The oracle of the matcher: what an expectation means, by enumeration of everything that it allows. */
export type Letter = {
  readonly node: OrderNode & { readonly kind: 'event' }
  readonly lane: string | undefined
  /** From the root: each node above and which repetition of it this is. */
  readonly path: readonly (readonly [node: OrderNode, repetition: number])[]
}

/** Every word of an expectation: all repetitions, all linear extensions, less those that break an `after:`. */
export function allWords(root: OrderNode): Letter[][] {
  return wordsOf(root, [], undefined).filter(word => keepsEdges(word, root))
}

/** Whether the events are some word of the expectation under one assignment of its variables. */
export function isAllowed(words: readonly Letter[][], events: readonly RecordedEvent[]): boolean {
  return words.some(word => word.length === events.length && fits(word, events))
}

function wordsOf(node: OrderNode, above: Letter['path'], lane: string | undefined): Letter[][] {
  const { min, max } = node.times ?? { min: 1, max: 1 }
  const all: Letter[][] = []
  for (let times = min; times <= max; times++) {
    const repetitions = Array.from({ length: times }, (_, at) => once(node, [...above, [node, at]], lane))
    all.push(...repetitions.reduce(concatenations, [[]]))
  }
  return all
}

function once(node: OrderNode, path: Letter['path'], lane: string | undefined): Letter[][] {
  if (node.kind === 'event') return [[{ node, lane, path }]]
  if (node.kind === 'sequence')
    return node.items.map(item => wordsOf(item, path, lane)).reduce(concatenations, [[]])
  const items =
    node.kind === 'interleave'
      ? [...node.lanes].map(([name, item]) => wordsOf(item, path, name))
      : node.items.map(item => wordsOf(item, path, lane))
  return items.reduce((a, b) => a.flatMap(left => b.flatMap(right => shuffles(left, right))), [[]])
}

function concatenations(a: Letter[][], b: Letter[][]): Letter[][] {
  return a.flatMap(left => b.map(right => [...left, ...right]))
}

function shuffles(a: Letter[], b: Letter[]): Letter[][] {
  if (a.length === 0) return [b]
  if (b.length === 0) return [a]
  return [
    ...shuffles(a.slice(1), b).map(rest => [a[0]!, ...rest]),
    ...shuffles(a, b.slice(1)).map(rest => [b[0]!, ...rest]),
  ]
}

function keepsEdges(word: Letter[], root: OrderNode): boolean {
  return edgesOf(root).every(([first, then]) =>
    word.every((letter, at) =>
      word
        .slice(at + 1)
        .every(later => !(isIn(letter, then) && isIn(later, first) && sameScope(letter, later))),
    ),
  )
}

function isIn(letter: Letter, node: OrderNode): boolean {
  return letter.path.some(([above]) => above === node)
}

/** Both are in one repetition of every node that holds both. */
function sameScope(a: Letter, b: Letter): boolean {
  return a.path.every(([node, repetition], depth) => {
    const other = b.path[depth]
    return other?.[0] !== node || other[1] === repetition || a.node === node || b.node === node
  })
}

function edgesOf(root: OrderNode): [OrderNode, OrderNode][] {
  const nodes = allNodes(root)
  return nodes.flatMap(then =>
    then.after.map(({ value }): [OrderNode, OrderNode] => [
      nodes.find(({ as }) => as?.value === value)!,
      then,
    ]),
  )
}

export function allNodes(node: OrderNode): OrderNode[] {
  if (node.kind === 'event') return [node]
  const items = node.kind === 'interleave' ? [...node.lanes.values()] : node.items
  return [node, ...items.flatMap(allNodes)]
}

function fits(word: readonly Letter[], events: readonly RecordedEvent[]): boolean {
  const variables = new Map<string, unknown>()
  return word.every(({ node: { pattern }, lane }, at) => {
    const { thread, fields } = events[at]!
    const { probe, args } = pattern.fields
    if (lane !== undefined && thread !== lane) return false
    if (probe?.kind === 'equal' && probe.value !== fields['probe']) return false
    if (args?.kind !== 'map') return true
    const wanted = args.entries['v']!
    const value = (fields['args'] as { v?: bigint } | undefined)?.v
    if (value === undefined) return false
    if (wanted.kind === 'equal') return wanted.value === value
    if (wanted.kind !== 'variable') throw new Error('not in these tests')
    if (!variables.has(wanted.name)) variables.set(wanted.name, value)
    return variables.get(wanted.name) === value
  })
}
