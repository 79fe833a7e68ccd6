// SPDX-License-Identifier: MIT
import { describeKind, type EventKind, eventKinds } from '../events/event-kinds.ts'
import { entriesOf, type TreeNode } from './tree.ts'

/** The kinds that a map of an event names. A kind's word that is a field of another kind there (`exit: A, signal: SIGKILL`) is that field. */
export function kindsIn(node: TreeNode | undefined): readonly EventKind[] {
  const keys = entriesOf(node)
    .map(entry => entry.key)
    .filter((key): key is EventKind => Object.hasOwn(eventKinds, key))
  return keys.filter(
    key => !keys.some(other => other !== key && Object.hasOwn(describeKind(other).fields, key)),
  )
}
