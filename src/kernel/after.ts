// SPDX-License-Identifier: MIT
import type { KernelPath } from './kernel.ts'

/**
 * Does something behind a path: at once where there is none, else as a longer path. What runs at once costs no generator, and, as `next` is
 * given its arguments, no closure.
 */
export function after<A, B>(
  path: KernelPath<unknown> | undefined,
  next: (first: A, second: B) => KernelPath | undefined,
  first: A,
  second: B,
): KernelPath | undefined {
  return path ? oneThenOther(path, next, first, second) : next(first, second)
}

function* oneThenOther<A, B>(
  path: KernelPath<unknown>,
  next: (first: A, second: B) => KernelPath | undefined,
  first: A,
  second: B,
): KernelPath {
  yield* path
  const rest = next(first, second)
  if (rest) yield* rest
}
