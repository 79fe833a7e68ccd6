// SPDX-License-Identifier: MIT
import type { KernelPath } from './kernel.ts'

/** Does something with each item, in order: at once as far as no call answers with a path, else as a path to the end. */
export function inTurn<T, S>(
  items: readonly T[],
  call: (item: T, subject: S) => KernelPath | undefined,
  subject: S,
): KernelPath | undefined {
  for (let at = 0; at < items.length; at++) {
    const path = call(items[at]!, subject)
    if (path) return rest(path, items, at + 1, call, subject)
  }
  return undefined
}

function* rest<T, S>(
  first: KernelPath,
  items: readonly T[],
  from: number,
  call: (item: T, subject: S) => KernelPath | undefined,
  subject: S,
): KernelPath {
  yield* first
  for (let at = from; at < items.length; at++) {
    const path = call(items[at]!, subject)
    if (path) yield* path
  }
}
