// SPDX-License-Identifier: MIT
import type { KernelPath } from './kernel.ts'

/** Does something with each item, in order: at once as far as no call answers with a path, else as a path to the end. */
export function inTurn<T>(
  items: readonly T[],
  call: (item: T) => KernelPath | undefined,
): KernelPath | undefined {
  for (let at = 0; at < items.length; at++) {
    const path = call(items[at]!)
    if (path) return rest(path, items, at + 1, call)
  }
  return undefined
}

function* rest<T>(
  first: KernelPath,
  items: readonly T[],
  from: number,
  call: (item: T) => KernelPath | undefined,
): KernelPath {
  yield* first
  for (let at = from; at < items.length; at++) {
    const path = call(items[at]!)
    if (path) yield* path
  }
}
