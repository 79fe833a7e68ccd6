// SPDX-License-Identifier: MIT
import type { DieNotifier } from '../../../kernel/kernel.ts'
import type { HitParts } from '../../hit/parts.ts'

/**
 * `trap: die-notifier` (spec 01 §3, 08 §1): traps are claimed before they become a signal, where the mm has probes in use. Nothing of the
 * program's signals is touched, blocked or ignored ones included, and processes without probes pay one look at a count. Needs to
 * decide in exception context, where nothing can be waited for: the choice `handlers` says what is done about that.
 */
export function trapByNotifier({ kernel }: HitParts, notifier: DieNotifier): void {
  kernel.hooks.dieNotifiers.push(notifier)
}
