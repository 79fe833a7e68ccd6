// SPDX-License-Identifier: MIT
import type { Edge, OrderPart } from './grammar.ts'

/**
 * The `after:` edges on a circle, or undefined. Every part has a begin (2·id) and an end (2·id + 1); lists and edges order the end
 * of one before the begin of another.
 */
export function findCircle(parts: readonly OrderPart[], edges: readonly Edge[]): Edge[] | undefined {
  const links: { readonly to: number; readonly edge?: Edge }[][] = parts.flatMap(() => [[], []])
  for (const part of parts) {
    const [begin, end] = [2 * part.id, 2 * part.id + 1]
    if (part.children.length === 0) links[begin]!.push({ to: end })
    part.children.forEach((child, index) => {
      links[begin]!.push({ to: 2 * child.id })
      links[2 * child.id + 1]!.push({ to: end })
      const next = part.kind === 'sequence' ? part.children[index + 1] : undefined
      if (next) links[2 * child.id + 1]!.push({ to: 2 * next.id })
    })
  }
  for (const edge of edges) links[2 * edge.first.id + 1]!.push({ to: 2 * edge.then.id, edge })

  const done = new Set<number>()
  const path: { readonly node: number; readonly edge: Edge | undefined }[] = []
  return visit(0, undefined)

  function visit(node: number, edge: Edge | undefined): Edge[] | undefined {
    const at = path.findIndex(step => step.node === node)
    if (at >= 0) {
      return [...path.slice(at + 1).map(step => step.edge), edge].filter(found => found !== undefined)
    }
    if (done.has(node)) return undefined
    path.push({ node, edge })
    for (const link of links[node]!) {
      const circle = visit(link.to, link.edge)
      if (circle) return circle
    }
    path.pop()
    done.add(node)
    return undefined
  }
}
