// SPDX-License-Identifier: MIT
import type { Kernel } from '../../kernel/kernel.ts'
import type { KernelProfile } from '../profile.ts'
import type { Optimiser } from '../registry/optimiser.ts'
import { noOptimiser } from './no-optimiser.ts'
import { CallTrampolines } from './nop5/call-trampolines.ts'
import { Nop5Optimiser } from './nop5/nop5-optimiser.ts'
import { callUprobe } from './nop5/uprobe-call.ts'
import type { ReturnTrampoline } from './return-trampolines.ts'

type Optimisation = { readonly optimiser: Optimiser; readonly call?: ReturnTrampoline['call'] }

/** Profile choice `optimize`. */
export const optimisers: Readonly<
  Partial<Record<KernelProfile['optimize'], (kernel: Kernel) => Optimisation>>
> = {
  none: () => ({ optimiser: noOptimiser }),
  nop5: kernel => {
    const trampolines = new CallTrampolines(kernel)
    return {
      optimiser: new Nop5Optimiser(kernel, trampolines),
      call: { number: 336, name: 'uprobe', run: (parts, task) => callUprobe(trampolines, parts, task) },
    }
  },
}
