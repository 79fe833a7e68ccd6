// SPDX-License-Identifier: MIT
import type { BugName } from '../known-bugs.ts'
import type { Action } from './choose-action.ts'
import type { Instruction } from './instruction.ts'

/** Known bugs that show whenever an instruction is executed in this way (spec 10): it is not what it is taken for, or shows the step. */
export function bugsOfAction(instruction: Instruction, action: Action): readonly BugName[] {
  const { opcode, vex, rex, prefixes } = instruction
  const [first, second] = opcode
  if (vex) return isPlainStep(action) ? [] : ['B1']
  if (first === 0x90 && action.kind === 'branch')
    return rex && (rex.value & 1) === 1 && !prefixes.includes(0xf3) ? ['B18'] : []
  if (first === 0x9c) return ['B11']
  return second === 0x05 ? ['B11', 'B13'] : []
}

/** What is right for every vector instruction: executed in the slot, with the instruction pointer moved back. */
function isPlainStep(action: Action): boolean {
  return action.kind === 'step' && action.fixUps.ip && !action.fixUps.call && !action.fixUps.trapFlag
}
