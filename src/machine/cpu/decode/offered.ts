// SPDX-License-Identifier: MIT
import { Code, CpuidFeature, Instruction, Mnemonic } from 'iced-x86'
import type { CpuModel } from '../state.ts'

/** What cpuid offers for each model, in the decoder's words; an instruction of any other feature is none: #UD. */
const baseline: readonly CpuidFeature[] = [
  CpuidFeature.INTEL8086,
  CpuidFeature.INTEL186,
  CpuidFeature.INTEL286,
  CpuidFeature.INTEL386,
  CpuidFeature.INTEL486,
  CpuidFeature.X64,
  CpuidFeature.FPU,
  CpuidFeature.FPU287,
  CpuidFeature.FPU387,
  CpuidFeature.CLFSH,
  CpuidFeature.CMOV,
  CpuidFeature.CMPXCHG16B,
  CpuidFeature.CPUID,
  CpuidFeature.CX8,
  CpuidFeature.FXSR,
  CpuidFeature.MMX,
  CpuidFeature.MSR,
  CpuidFeature.MULTIBYTENOP,
  CpuidFeature.PAUSE,
  // AMD processors with long mode have it (AMD APM 3, PREFETCH).
  CpuidFeature.PREFETCHW,
  CpuidFeature.RDPMC,
  CpuidFeature.SSE,
  CpuidFeature.SSE2,
  CpuidFeature.SSE3,
  CpuidFeature.SYSCALL,
  CpuidFeature.TSC,
  // Its prefix means nothing to others, for which it is wbinvd.
  CpuidFeature.WBNOINVD,
]

const features: Readonly<Record<CpuModel, ReadonlySet<CpuidFeature>>> = {
  sse2: new Set(baseline),
  'x86-64-v2': new Set([
    ...baseline,
    CpuidFeature.SSSE3,
    CpuidFeature.SSE4_1,
    CpuidFeature.SSE4_2,
    CpuidFeature.POPCNT,
  ]),
}

/** Newer instructions in the opcodes of hints, which do nothing on processors that do not know them. */
const hints: ReadonlySet<Mnemonic> = new Set([
  Mnemonic.Cldemote,
  Mnemonic.Endbr32,
  Mnemonic.Endbr64,
  Mnemonic.Prefetchit0,
  Mnemonic.Prefetchit1,
  Mnemonic.Prefetchwt1,
  Mnemonic.Rdsspd,
  Mnemonic.Rdsspq,
])

/** Hints that name a register where only memory makes sense to these processors. */
const none: ReadonlySet<Code> = new Set([
  Code.Reservednop_rm16_r16_0F0D,
  Code.Reservednop_rm32_r32_0F0D,
  Code.Reservednop_rm64_r64_0F0D,
])

const unknown = 0
const yes = 1
const no = 2

/** Says which codes a model offers, and remembers the answers: asking the decoder takes longer than decoding. */
export class OfferedCodes {
  private readonly features: ReadonlySet<CpuidFeature>
  private readonly known = new Uint8Array(0x2000)

  constructor(model: CpuModel) {
    this.features = features[model]
  }

  has(code: Code): boolean {
    if (this.known[code] === unknown) this.known[code] = this.ask(code) ? yes : no
    return this.known[code] === yes
  }

  private ask(code: Code): boolean {
    if (none.has(code)) return false
    const instruction = new Instruction()
    try {
      instruction.code = code
      if (hints.has(instruction.mnemonic)) return true
      return [...instruction.cpuidFeatures()].every(feature => this.features.has(feature))
    } finally {
      instruction.free()
    }
  }
}
