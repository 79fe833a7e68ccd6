// SPDX-License-Identifier: MIT
import { isMap, isSeq, type Node, type YAMLMap } from 'yaml'
import type { SourceFile } from '../../src/diagnostics/source-file.ts'
import type { Located, OrderNode, Times } from '../../src/scenario/scenario.ts'
import { eventPattern, pairsOf, parse, spanOf } from '../events/read-pattern.ts'

/** Reads an order grammar from YAML for tests of the matcher; knows no errors. */
export function readOrder(text: string, path = 'test.yaml'): OrderNode {
  return orderNode(parse(text), { path, text })
}

export function orderNode(node: Node, file: SourceFile): OrderNode {
  const span = spanOf(node, file)
  if (isSeq(node)) {
    const items = (node.items as Node[]).map(item => orderNode(item, file))
    return { kind: 'sequence', span, after: [], items }
  }
  if (!isMap(node)) throw new Error('not an order')
  const pairs = new Map(pairsOf(node as YAMLMap).map(([key, value]) => [key.value, value]))
  const common = {
    span,
    after: pairs.has('after') ? names(pairs.get('after')!, file) : [],
    ...(pairs.has('as') ? { as: names(pairs.get('as')!, file)[0]! } : {}),
    ...(pairs.has('times') ? { times: readTimes(pairs.get('times')!.toJSON()) } : {}),
  }
  const interleave = pairs.get('interleave')
  if (interleave) {
    const lanes = pairsOf(interleave as YAMLMap).map(
      ([key, value]) => [key.value, orderNode(value, file)] as const,
    )
    return { ...common, kind: 'interleave', lanes: new Map(lanes) }
  }
  const anyOrder = pairs.get('any-order')
  if (isSeq(anyOrder)) {
    return {
      ...common,
      kind: 'any-order',
      items: (anyOrder.items as Node[]).map(item => orderNode(item, file)),
    }
  }
  const list = pairs.get('list')
  if (isSeq(list)) {
    return { ...common, kind: 'sequence', items: (list.items as Node[]).map(item => orderNode(item, file)) }
  }
  return { ...common, kind: 'event', pattern: eventPattern(node as YAMLMap, file) }
}

function names(node: Node, file: SourceFile): Located<string>[] {
  const nodes = isSeq(node) ? (node.items as Node[]) : [node]
  return nodes.map(name => ({ value: String(name.toJSON()), span: spanOf(name, file) }))
}

export function readTimes(times: number | bigint | { min?: number; max?: number }): Times {
  if (typeof times === 'object') return { min: Number(times.min ?? 0), max: Number(times.max ?? Infinity) }
  return { min: Number(times), max: Number(times) }
}
