// SPDX-License-Identifier: MIT
import type { AddressSpace, Kernel } from '../../kernel/kernel.ts'
import { Errno } from '../../kernel/kernel.ts'
import type { HitParts } from '../hit/parts.ts'
import type { KernelProfile } from '../profile.ts'
import type { Optimiser } from '../registry/optimiser.ts'
import { noOptimiser } from './no-optimiser.ts'
import { type CallForm, callForms } from './nop5/call-form.ts'
import { CallOptimiser } from './nop5/call-optimiser.ts'
import { CallTrampolines } from './nop5/call-trampolines.ts'
import { RedZone } from './nop5/red-zone.ts'
import { tellLostTrampolines } from './nop5/tell-lost-trampolines.ts'
import { callUprobe } from './nop5/uprobe-call.ts'
import type { ReturnTrampoline } from './return-trampolines.ts'

type Optimisation = {
  readonly optimiser: Optimiser
  readonly call?: ReturnTrampoline['call']
  /** After fork has copied an mm. */
  readonly copied?: (parts: HitParts, from: AddressSpace, to: AddressSpace) => void
}

/** Profile choice `optimize`. */
export const optimisers: Readonly<
  Record<KernelProfile['optimize'], (kernel: Kernel, profile: KernelProfile) => Optimisation>
> = {
  none: () => ({ optimiser: noOptimiser }),
  nop5: (kernel, profile) => byCall(kernel, profile, callForms.nop5),
  nop10: (kernel, profile) => byCall(kernel, profile, callForms.nop10),
}

function byCall(kernel: Kernel, profile: KernelProfile, form: CallForm): Optimisation {
  const trampolines = new CallTrampolines(kernel, form.trampoline, profile['call-trampolines'])
  const optimiser = new CallOptimiser(kernel, form, trampolines)
  const errno = Errno[profile['uprobe-call-errno']]
  const options = { form, trampolines, redZone: new RedZone(), errno }
  return {
    optimiser,
    call: { number: 336, name: 'uprobe', run: (parts, task) => callUprobe(options, parts, task) },
    copied: (parts, from, to) => tellLostTrampolines(parts, { optimiser, trampolines }, from, to),
  }
}
