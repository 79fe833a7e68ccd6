// SPDX-License-Identifier: MIT
import type { PathStep } from './schema-path.ts'
import { type TreeNode, textOf } from './tree.ts'

/** A place in the file as one would say it: "the 2nd argument of thread `main`", "`consumers` of probe `add_in`". */
export function speakOf(steps: readonly PathStep[]): string {
  const last = steps.at(-1)
  if (!last) return 'the file'
  if (last.by === 'name') return `${last.title} \`${last.segment}\`${owner(steps.slice(0, -2))}`
  if (last.by === 'key') return `\`${last.segment}\`${owner(steps.slice(0, -1))}`
  const list = steps.at(-2)
  const above = list?.by === 'key' ? steps.slice(0, -2) : steps.slice(0, -1)
  return `the ${ordinal(Number(last.segment) + 1)} ${last.title}${owner(above)}`
}

/** ` of thread `main``, or nothing where the place needs no owner. */
function owner(steps: readonly PathStep[]): string {
  for (let index = steps.length - 1; index >= 0; index--) {
    const { by, title, segment } = steps[index]!
    if (by === 'name') return ` of ${title} \`${segment}\``
    if (by === 'item') return ` of this ${title}`
    if (index > 0 || segment !== 'expect') return ` of \`${segment}\``
  }
  return ''
}

/** Where an unknown key stands: `threads.main`, or `this event`. */
export function speakContainer(steps: readonly PathStep[]): string {
  const item = steps.findLast(({ by }) => by === 'item')
  if (item) {
    const below = steps.slice(steps.lastIndexOf(item) + 1)
    const names = below.map(step => step.segment).join('.')
    return names === '' ? `this ${item.title}` : `${names} of this ${item.title}`
  }
  return steps.map(step => step.segment).join('.')
}

export function ordinal(number: number): string {
  const tens = number % 100
  const suffix = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th')
  return `${number}${suffix}`
}

const typeNames: Readonly<Record<string, string>> = {
  integer: 'a number',
  number: 'a number',
  string: 'a text',
  boolean: '`true` or `false`',
  object: 'a map',
  array: 'a list',
}

/** `a number or a text`. */
export function speakTypes(types: readonly string[]): string {
  const names = types.flatMap(type => typeNames[type] ?? [])
  return [...new Set(names)].join(', ').replace(/, ([^,]*)$/, ' or $1')
}

/** What stands there instead: `the text "2"`, `a map`, `nothing`. */
export function speakValue(node: TreeNode | undefined): string {
  if (node === undefined) return 'nothing'
  if (node.kind !== 'scalar') return `a ${node.kind}`
  if (node.value === null) return 'nothing'
  if (typeof node.value !== 'string') return textOf(node)
  const text = node.value.length > 40 ? `${node.value.slice(0, 40)}…` : node.value
  return `the text ${JSON.stringify(text)}`
}
