// SPDX-License-Identifier: MIT
import { didYouMean } from '../diagnostics/suggest.ts'
import { integerOf, readText } from './read-scalars.ts'
import { error, type Report } from './report.ts'
import type { Located } from './scenario.ts'
import { entriesOf, located, type MapEntry, type TreeNode } from './tree.ts'

/** The choice `xol`: `{ slots, slot-size, owner }`, each free to be left out. Whether they can be had is a question to the whole kernel. */
export function readSlots(node: TreeNode, report: Report): Located<unknown> {
  if (node.kind !== 'map') {
    const help = 'for example   xol: { slots: 2 }'
    report(error('S004', node.span, '`xol` of the kernel must be a map', { help }))
    return located(node, {})
  }
  const parts = entriesOf(node).map(entry => [entry.key, readPart(entry, report)] as const)
  return located(node, Object.fromEntries(parts))
}

/** Undefined after a report. */
function readPart({ key, keySpan, value }: MapEntry, report: Report): number | string | undefined {
  if (key === 'owner') {
    const owner = readText(value).value
    if (owner === 'hit' || owner === 'thread') return owner
    report(
      error('S004', value.span, `\`owner\` cannot be \`${owner}\``, { help: 'allowed here: hit, thread' }),
    )
    return undefined
  }
  const keys = ['slots', 'slot-size', 'owner']
  if (!keys.includes(key)) {
    const help = `keys allowed here: ${keys.join(', ')}`
    report(
      error('S002', keySpan, `unknown key \`${key}\` in kernel.xol`, { label: didYouMean(key, keys), help }),
    )
    return undefined
  }
  const number = integerOf(value)
  if (number !== undefined && number >= 1n && number <= 4096n) return Number(number)
  report(error('S004', value.span, `\`${key}\` must be a number from 1 to 4096`))
  return undefined
}
