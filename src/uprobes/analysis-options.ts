// SPDX-License-Identifier: MIT
import { Errno } from '../kernel/errno.ts'
import type { KernelProfile } from './profile.ts'
import type { AnalysisOptions } from './user-bkpt/analyse.ts'

/** What a kernel's choices say about the analysis of an instruction. */
export function analysisOptions(
  profile: KernelProfile,
): Pick<AnalysisOptions, 'emulated' | 'nops' | 'optimize' | 'refusal' | 'execute' | 'instructions'> {
  const { emulated, nops, optimize, execute, instructions } = profile
  return { emulated, nops, optimize, execute, instructions, refusal: Errno[profile['refusal-errno']] }
}
