// SPDX-License-Identifier: MIT
import type { DieNotifier } from '../../../kernel/kernel.ts'
import type { HitParts } from '../../hit/parts.ts'
import type { KernelProfile } from '../../profile.ts'
import { trapByNotifier } from './die-notifier.ts'
import { trapBySignal } from './signal.ts'

/** Profile choice `trap`: how uprobes come to know of their traps. `notifier` does what the choice `handlers` says. */
export const traps: Readonly<
  Record<KernelProfile['trap'], (parts: HitParts, notifier: DieNotifier) => void>
> = { 'die-notifier': trapByNotifier, signal: trapBySignal }
