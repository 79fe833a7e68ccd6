// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Compiler } from '../operands.ts'
import type { Family } from './family.ts'

/** Conditions in the order of their encoding (Intel SDM 2D, table B-10), in the decoder's spelling. */
const names = ['o', 'no', 'b', 'ae', 'e', 'ne', 'be', 'a', 's', 'ns', 'p', 'np', 'l', 'ge', 'le', 'g']

/** The sixteen instructions that start with a prefix: `conditional('Cmov', …)` makes cmovo to cmovg. */
export function conditional(prefix: 'J' | 'Set' | 'Cmov', compiler: (condition: number) => Compiler): Family {
  return names.map((name, condition) => {
    const mnemonic = Mnemonic[`${prefix}${name}` as keyof typeof Mnemonic]
    if (mnemonic === undefined) throw new Error(`the decoder has no ${prefix}${name}`)
    return [mnemonic, compiler(condition)] as const
  })
}

const jumps = new Map(
  names.map((name, condition) => [Mnemonic[`J${name}` as keyof typeof Mnemonic], condition]),
)

/** The condition of a conditional jump, or undefined for everything else. */
export function conditionOf(mnemonic: Mnemonic): number | undefined {
  return jumps.get(mnemonic)
}
