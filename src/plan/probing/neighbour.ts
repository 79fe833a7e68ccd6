// SPDX-License-Identifier: MIT

import { fileOffsetOf } from '../../program/symbols.ts'
import type { KernelProfile } from '../../uprobes/profile.ts'
import { lineAt } from './line-at.ts'
import { judgePlace, type ProbeSite } from './probe-site.ts'
import { isCode, type ProbedProgram } from './probed-program.ts'

/** A later place that a thread passes whenever it has passed the one that was asked for. */
export type Neighbour = {
  readonly address: bigint
  readonly text: string
  readonly traps: 0 | 1 | 2
}

/** Instructions that are looked at behind one that cannot be probed. */
const reach = 8

/**
 * Where to go instead: behind an instruction that is refused or that a bug spoils to the first that is not, and behind `endbr64`, which is
 * stepped, to what is cheaper. Only along straight code, which nothing leaves; a jump may still come in.
 */
export function betterNeighbour(
  { address, line, boundary, treatment, bugs, traps }: ProbeSite,
  program: ProbedProgram,
  profile: KernelProfile,
): Neighbour | undefined {
  const spoilt = treatment.how === 'refused' || bugs.some(bug => spoiling.includes(bug))
  const marked = line.text === 'endbr64'
  if (boundary.kind === 'middle' || (!spoilt && !marked)) return undefined
  let [at, current] = [address, line]
  for (let steps = 0; steps < (spoilt ? reach : 1); steps++) {
    if (current.text === undefined || leavesStraightCode(current.text)) return undefined
    at += BigInt(current.bytes.length)
    const fileOffset = fileOffsetOf(program.elf, at)
    if (fileOffset === undefined || !isCode(program.elf, at)) return undefined
    current = lineAt(program.elf, at)
    const judged = judgePlace({ address: at, fileOffset }, program, profile)
    const sound = judged.treatment.how !== 'refused' && !judged.bugs.some(bug => spoiling.includes(bug))
    if (sound && current.text !== undefined && (spoilt || judged.traps < traps))
      return { address: at, text: current.text, traps: judged.traps }
  }
  return undefined
}

/** Bugs that change what the program computes. */
const spoiling: readonly string[] = ['B1', 'B5', 'B11', 'B13', 'B18']

function leavesStraightCode(text: string): boolean {
  return /^(notrack |bnd )?(j\w+|ret\w*|iret\w*|call|loop\w*|hlt|ud\d|int\w*|sys(exit|ret)\w*)\b/.test(text)
}
