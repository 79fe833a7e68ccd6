// SPDX-License-Identifier: MIT
import type { Definition } from '../definition.ts'
import { Fault } from './fault.ts'
import { storageName } from './types.ts'

/** A definition together with the file that its path meant when it was made. */
export type BoundDefinition<File> = { readonly definition: Definition; readonly inode: File }

/**
 * What the kernel says to a further place of an event that exists with `places`, or undefined: it is appended (spec 07 §4).
 * The fault comes with the word that it is about.
 */
export function compareDefinitions<File>(
  places: readonly BoundDefinition<File>[],
  added: BoundDefinition<File>,
): { readonly word: number; readonly fault: Fault } | undefined {
  const { definition, inode } = added
  const first = places[0]!.definition
  if (first.kind !== definition.kind) return { word: 0, fault: new Fault('DIFF_PROBE_TYPE', 0, 'EEXIST') }

  const different = firstDifference(definition, first)
  if (different !== undefined) return { word: different + 2, fault: new Fault('DIFF_ARG_TYPE', 0, 'EEXIST') }

  const same = places.some(
    place =>
      place.inode === inode &&
      place.definition.offset === definition.offset &&
      place.definition.arguments.every(({ text }, index) => definition.arguments[index]!.text === text),
  )
  return same ? { word: 0, fault: new Fault('SAME_PROBE', 0, 'EEXIST') } : undefined
}

/** The first argument that differs in name or stored type; where one list is longer, the one behind the end of the shorter. */
function firstDifference(one: Definition, other: Definition): number | undefined {
  const [a, b] = [one.arguments, other.arguments]
  if (a.length !== b.length) return Math.min(a.length, b.length)
  const index = a.findIndex((argument, at) => {
    const { name, type } = b[at]!
    return (
      argument.name !== name ||
      argument.type.count !== type.count ||
      storageName(argument.type) !== storageName(type)
    )
  })
  return index < 0 ? undefined : index
}
