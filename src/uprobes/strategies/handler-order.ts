// SPDX-License-Identifier: MIT
import type { KernelProfile } from '../profile.ts'
import type { Attached } from '../registry/uprobe.ts'

/** Where a new consumer goes in the list that hits walk. */
export type HandlerOrder = (consumers: readonly Attached[], added: Attached) => readonly Attached[]

/** Profile choice `handler-order`. */
export const handlerOrders: Readonly<Record<KernelProfile['handler-order'], HandlerOrder>> = {
  'newest-first': (consumers, added) => [added, ...consumers],
  'oldest-first': (consumers, added) => [...consumers, added],
}
