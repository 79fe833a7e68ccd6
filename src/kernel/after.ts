// SPDX-License-Identifier: MIT
import type { KernelPath } from './kernel.ts'

/** Does something behind a path: at once where there is none, else as a longer path. What runs at once costs no generator. */
export function after(
  path: KernelPath<unknown> | undefined,
  next: () => KernelPath | undefined,
): KernelPath | undefined {
  return path ? oneThenOther(path, next) : next()
}

function* oneThenOther(path: KernelPath<unknown>, next: () => KernelPath | undefined): KernelPath {
  yield* path
  const rest = next()
  if (rest) yield* rest
}
