// SPDX-License-Identifier: MIT
import { entryOf, type MapEntry, type TreeNode } from './tree.ts'

export type SchemaNode = { readonly [keyword: string]: unknown }

/** One step down the schema along an instance path. */
export type PathStep = {
  readonly segment: string
  /** How it was reached: a key of the format, a name that the author chose, or a list item. */
  readonly by: 'key' | 'name' | 'item'
  readonly title: string
  readonly schema: SchemaNode
  readonly node: TreeNode | undefined
  /** Where the key stands; for list items and where nothing is written, absent. */
  readonly entry: MapEntry | undefined
}

/** Walks schema and file side by side, so that a message can speak of what the author wrote. */
export function walkPath(instancePath: string, schema: SchemaNode, tree: TreeNode): readonly PathStep[] {
  const steps: PathStep[] = []
  let here = resolve(schema, schema)
  let node: TreeNode | undefined = tree
  for (const segment of segmentsOf(instancePath)) {
    const { by, below } = descend(here, segment)
    const entry: MapEntry | undefined = entryOf(node, segment)
    node = node?.kind === 'list' ? node.items[Number(segment)] : entry?.value
    here = resolve(below, schema)
    steps.push({ segment, by, title: titleOf(below) ?? titleOf(here) ?? segment, schema: here, node, entry })
  }
  return steps
}

function segmentsOf(instancePath: string): string[] {
  return instancePath
    .split('/')
    .slice(1)
    .map(segment => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function descend(schema: SchemaNode, segment: string): { by: PathStep['by']; below: SchemaNode } {
  const properties = schema['properties'] as Record<string, SchemaNode> | undefined
  if (properties && Object.hasOwn(properties, segment)) return { by: 'key', below: properties[segment]! }
  const items = schema['items'] as SchemaNode | undefined
  if (items && /^\d+$/.test(segment)) return { by: 'item', below: items }
  const others = schema['additionalProperties']
  return { by: 'name', below: typeof others === 'object' && others !== null ? (others as SchemaNode) : {} }
}

function resolve(schema: SchemaNode, root: SchemaNode): SchemaNode {
  const reference = schema['$ref']
  if (typeof reference !== 'string') return schema
  const definitions = root['definitions'] as Record<string, SchemaNode>
  return definitions[reference.replace('#/definitions/', '')] ?? {}
}

function titleOf(schema: SchemaNode): string | undefined {
  return schema['title'] as string | undefined
}
