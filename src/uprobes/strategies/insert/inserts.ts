// SPDX-License-Identifier: MIT
import type { Kernel } from '../../../kernel/kernel.ts'
import type { KernelProfile } from '../../profile.ts'
import type { Insert } from './insert.ts'
import { PageFlip } from './page-flip.ts'
import { Quiesce } from './quiesce.ts'

/** Profile choice `insert`. */
export const inserts: Readonly<Record<KernelProfile['insert'], (kernel: Kernel) => Insert>> = {
  'page-flip': () => new PageFlip(),
  quiesce: kernel => new Quiesce(kernel),
}
