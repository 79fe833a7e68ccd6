// SPDX-License-Identifier: MIT
import type { Mnemonic } from 'iced-x86'
import type { Instruction } from '../decode/instruction.ts'
import { mmx } from '../mmx/mmx.ts'
import type { Compiler } from '../operands.ts'
import type { Operation } from '../operation.ts'
import { farReturns } from '../segments/far.ts'
import { segmentLoads } from '../segments/loads.ts'
import { segmentQueries } from '../segments/queries.ts'
import { sse } from '../sse/sse.ts'
import type { CpuState } from '../state.ts'
import { x87 } from '../x87/x87.ts'
import { arithmetic } from './arithmetic.ts'
import { bits } from './bits.ts'
import { branches } from './branches.ts'
import { conversions } from './conversions.ts'
import { divide } from './divide.ts'
import { exchanges } from './exchanges.ts'
import type { Family } from './family.ts'
import { flagInstructions } from './flag-instructions.ts'
import { moves } from './moves.ts'
import { multiply } from './multiply.ts'
import { shifts } from './shifts.ts'
import { sseMoves } from './sse-moves.ts'
import { stack } from './stack.ts'
import { strings } from './strings.ts'
import { forbidden, system, undefinedOpcode } from './system.ts'

/** Every family; `family.ts` says how to add an instruction. A mnemonic may stand in several: the last table wins. */
const families: readonly Family[] = [
  arithmetic,
  moves,
  conversions,
  shifts,
  multiply,
  divide,
  bits,
  branches,
  stack,
  strings,
  flagInstructions,
  exchanges,
  system,
  farReturns,
  segmentLoads,
  segmentQueries,
  sseMoves,
  sse,
  mmx,
  x87,
]

const compilers: ReadonlyMap<Mnemonic, Compiler> = new Map(families.flat())

/**
 * The operation of a decoded instruction: #UD for one that the processor does not offer, #GP for one that user mode must not use;
 * one that the machine does not have says so when it runs.
 */
export function compile(cpu: CpuState, instruction: Instruction): Operation {
  if (!cpu.offered.has(instruction.code)) return undefinedOpcode(cpu, instruction)!
  const operation = compilers.get(instruction.mnemonic)?.(cpu, instruction)
  if (operation !== undefined) return operation
  return instruction.privileged ? forbidden(cpu, instruction)! : missing
}

const missing: Operation = () => -3
