// SPDX-License-Identifier: MIT
import { errnoName } from '../../kernel/errno.ts'
import { baseInstruction } from '../../machine/cpu/decode/base-instruction.ts'
import { disassemble } from '../../machine/cpu/decode/disassemble.ts'
import { instructionStarts } from '../../machine/cpu/decode/instruction-starts.ts'
import { pageSize, Register, type RegisterName } from '../../machine/machine.ts'
import { bytesAt } from '../../program/elf/elf-file.ts'
import { analysisOptions } from '../../uprobes/analysis-options.ts'
import type { BugName } from '../../uprobes/known-bugs.ts'
import type { KernelProfile } from '../../uprobes/profile.ts'
import { type Analysis, analyse } from '../../uprobes/user-bkpt/analyse.ts'
import type { FixUps } from '../../uprobes/user-bkpt/choose-action.ts'
import { copySize } from '../../uprobes/user-bkpt/instruction.ts'
import { refusalReason } from '../../uprobes/user-bkpt/refusal-reason.ts'
import type { ProbePlace } from './find-places.ts'
import { type Line, lineAt } from './line-at.ts'
import type { ProbedProgram } from './probed-program.ts'

/** What a kernel does with a probe on an instruction. */
export type Treatment =
  | { readonly how: 'refused'; readonly errno: string; readonly reason: string }
  | { readonly how: 'emulated'; readonly as: 'nop' | 'jump' | 'call' | 'conditional-jump' | 'push' }
  /** `scratch` stands in for rip in the copy. */
  | { readonly how: 'stepped'; readonly fixUps: FixUps; readonly scratch?: RegisterName }

/** Where a place stands among the instructions of its function; `unknown` where they cannot be counted from a start. */
export type Boundary =
  | { readonly kind: 'start' | 'unknown' }
  | { readonly kind: 'middle'; readonly cut: Line; readonly next?: Line }

/** A place with all that is known of a probe there. */
export type ProbeSite = ProbePlace & {
  readonly line: Line
  readonly boundary: Boundary
  readonly treatment: Treatment
  /** From the second hit on a call takes the place of the breakpoint, unless its bytes lie in two pages. */
  readonly optimised: 'yes' | 'crosses-page' | 'no'
  /** Exceptions that a hit costs: of the breakpoint, and of the step. */
  readonly traps: 0 | 1 | 2
  readonly bugs: readonly BugName[]
}

/** Judges a probe at a place, without its neighbourhood. */
export function judgePlace(
  place: ProbePlace,
  program: ProbedProgram,
  profile: KernelProfile,
): Omit<ProbeSite, 'line' | 'boundary'> {
  const { address } = place
  const original = new Uint8Array(copySize)
  // The kernel reads the file, and what lies behind the segment there (spec 02 §2).
  original.set(program.elf.file.read(place.fileOffset, copySize))
  const isVector = (bytes: Uint8Array) => disassemble(bytes, address) !== undefined
  const isBase = (bytes: Uint8Array) => baseInstruction(bytes, address) !== undefined
  const judge = (at: bigint) =>
    analyse(original, { mode: 64, address: at, ...analysisOptions(profile), isVector, isBase })
  const analysis = judge(address)
  if (typeof analysis === 'number') {
    const reason = refusalReason(original, 64, isVector, profile)
    const treatment = { how: 'refused', errno: errnoName(-analysis), reason } as const
    const isInt3 = original[0] === 0xcd && original[1] === 0x03
    return { ...place, treatment, optimised: 'no', traps: 0, bugs: isInt3 ? ['B5'] : [] }
  }
  const optimised = analysis.optimisable ? 'yes' : wouldFit(address, analysis, judge) ? 'crosses-page' : 'no'
  const treatment = treatmentOf(analysis)
  return {
    ...place,
    treatment,
    optimised,
    traps: optimised === 'yes' ? 0 : treatment.how === 'emulated' ? 1 : 2,
    bugs: [...analysis.bugs, ...(optimised === 'yes' ? optimiserBugs(profile) : [])],
  }
}

/** All that is known of a probe at a place. */
export function probeSite(place: ProbePlace, program: ProbedProgram, profile: KernelProfile): ProbeSite {
  const judged = judgePlace(place, program, profile)
  const boundary = boundaryOf(place, program)
  return {
    ...judged,
    line: lineAt(program.elf, place.address),
    boundary,
    bugs: [...judged.bugs, ...(boundary.kind === 'middle' ? (['B14'] as const) : [])],
  }
}

/** Whether a call could take its place if the instruction did not lie in two pages. */
function wouldFit(address: bigint, { length }: Analysis, judge: (at: bigint) => Analysis | number): boolean {
  const within = Number(address % BigInt(pageSize))
  const moved = within + length > pageSize ? judge(0n) : undefined
  return typeof moved === 'object' && moved.optimisable
}

function treatmentOf({ action, original }: Analysis): Treatment {
  switch (action.kind) {
    case 'push':
      return { how: 'emulated', as: 'push' }
    case 'branch':
      if (action.condition === 'call') return { how: 'emulated', as: 'call' }
      if (action.condition !== 'always') return { how: 'emulated', as: 'conditional-jump' }
      return { how: 'emulated', as: isJump(original) ? 'jump' : 'nop' }
    case 'step': {
      const { fixUps, scratch } = action
      return { how: 'stepped', fixUps, ...(scratch !== undefined && { scratch: registerName(scratch) }) }
    }
  }
}

/** EB and E9, behind prefixes that such a jump may have; all else that always jumps by 0 is a nop. */
function isJump(bytes: Uint8Array): boolean {
  const first = bytes.find(byte => ![0x64, 0x65, 0x67, 0xf2, 0xf3].includes(byte) && (byte & 0xf0) !== 0x40)
  return first === 0xeb || first === 0xe9
}

function registerName(index: number): RegisterName {
  const names = Object.entries(Register) as [RegisterName, number][]
  return names.find(([, value]) => value === index)![0]
}

function optimiserBugs(profile: KernelProfile): BugName[] {
  return [
    ...(profile['call-trampolines'] === 'listed' ? (['B2'] as const) : []),
    ...(profile.optimize === 'nop5' ? (['B4'] as const) : []),
  ]
}

/** The most bytes of a function that are decoded to find out where an offset stands in it. */
const farthest = 1 << 20

function boundaryOf({ address, within, stub, note }: ProbePlace, program: ProbedProgram): Boundary {
  const start = within?.address ?? stub?.address
  if (start === address || note) return { kind: 'start' }
  const distance = start === undefined ? farthest : Number(address - start)
  if (start === undefined || distance >= farthest) return { kind: 'unknown' }
  const code = bytesAt(program.elf, start, distance + 32)
  const starts = code ? instructionStarts(code, distance) : []
  if (starts.at(-1) === distance) return { kind: 'start' }
  if ((starts.at(-1) ?? -1) < distance) return { kind: 'unknown' }
  const [cut, next] = starts.slice(-2).map(at => lineAt(program.elf, start + BigInt(at)))
  return { kind: 'middle', cut: cut!, ...(next && { next }) }
}
