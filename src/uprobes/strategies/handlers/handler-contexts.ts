// SPDX-License-Identifier: MIT
import type { DieNotifier } from '../../../kernel/kernel.ts'
import type { HitParts } from '../../hit/parts.ts'
import type { KernelProfile } from '../../profile.ts'
import { handleInNotifier } from './notifier.ts'
import { handleAtResume } from './resume.ts'

/** Profile choice `handlers`: where the work of a claimed trap is done. */
export const handlerContexts: Readonly<Record<KernelProfile['handlers'], (parts: HitParts) => DieNotifier>> =
  { notifier: handleInNotifier, resume: handleAtResume }
