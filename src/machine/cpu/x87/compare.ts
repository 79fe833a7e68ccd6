// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Instruction } from '../decode/instruction.ts'
import type { Family } from '../instructions/family.ts'
import type { Compiler } from '../operands.ts'
import type { Operation } from '../operation.ts'
import { Exception } from '../soft-float/environment.ts'
import { isSignaling, Kind, order, type Value, zero } from '../soft-float/value.ts'
import { setOrder, setUnordered } from '../sse/float-compare-flags.ts'
import type { CpuState } from '../state.ts'
import { floatOperand, integerOperand } from './memory-values.ts'
import { hostOf, isEmpty, pop, readRegister, underflow } from './registers.ts'
import { raise, Status, setConditions } from './status.ts'
import { waiting, waitingAt } from './waiting.ts'

const { C0, C1, C2, C3 } = Status

/** Comparisons, to the condition codes or to rflags, and what a register holds. */
export const x87Compare: Family = [
  [Mnemonic.Fcom, compare(true, 0)],
  [Mnemonic.Fcomp, compare(true, 1)],
  [Mnemonic.Fcompp, compare(true, 2)],
  [Mnemonic.Fucom, compare(false, 0)],
  [Mnemonic.Fucomp, compare(false, 1)],
  [Mnemonic.Fucompp, compare(false, 2)],
  [Mnemonic.Ficom, compareInteger(0)],
  [Mnemonic.Ficomp, compareInteger(1)],
  [Mnemonic.Fcomi, compareFlags(true, 0)],
  [Mnemonic.Fcomip, compareFlags(true, 1)],
  [Mnemonic.Fucomi, compareFlags(false, 0)],
  [Mnemonic.Fucomip, compareFlags(false, 1)],
  [Mnemonic.Ftst, (cpu, instruction) => waiting(cpu, instruction, () => toConditions(cpu, zero(0), true, 0))],
  [Mnemonic.Fxam, (cpu, instruction) => waiting(cpu, instruction, examine)],
]

/** `signaling`: quiet NaNs are invalid, too. */
function compare(signaling: boolean, pops: number): Compiler {
  return (cpu, instruction) => {
    const [first, second] = instruction.operands
    if (first?.kind === 'memory')
      return waitingAt(cpu, instruction, first, first.bytes, false, (_, at) =>
        toConditions(cpu, floatOperand(cpu, at, first.bytes), signaling, pops),
      )
    const index = second?.kind === 'st' ? second.number : 1
    return waiting(cpu, instruction, () =>
      toConditions(cpu, isEmpty(cpu, index) ? undefined : readRegister(cpu, index), signaling, pops),
    )
  }
}

function compareInteger(pops: number): Compiler {
  return (cpu, instruction) => {
    const [source] = instruction.operands
    if (source?.kind !== 'memory') return undefined
    return waitingAt(cpu, instruction, source, source.bytes, false, (_, at) =>
      toConditions(cpu, integerOperand(cpu, at, source.bytes), true, pops),
    )
  }
}

function toConditions(cpu: CpuState, other: Value | undefined, signaling: boolean, pops: number): void {
  const { order: found, delivered } = examineOrder(cpu, other, signaling)
  setConditions(cpu, found === undefined ? C3 | C2 | C0 : found < 0 ? C0 : found > 0 ? 0 : C3)
  for (let n = 0; delivered && n < pops; n++) pop(cpu)
}

function compareFlags(signaling: boolean, pops: number): Compiler {
  return (cpu: CpuState, instruction: Instruction): Operation | undefined => {
    const other = instruction.operands[1]
    if (other?.kind !== 'st') return undefined
    const index = other.number
    return waiting(cpu, instruction, () => {
      const value = isEmpty(cpu, index) ? undefined : readRegister(cpu, index)
      const { order: found, delivered } = examineOrder(cpu, value, signaling)
      if (found === undefined) setUnordered(cpu.flags)
      else setOrder(cpu.flags, found)
      if (delivered && pops > 0) pop(cpu)
    })
  }
}

/** How the top compares to a value; an order of undefined is unordered. Not `delivered`: an exception keeps the pop. */
type Comparison = { readonly order: number | undefined; readonly delivered: boolean }

/** `other`: undefined for an empty register. */
function examineOrder(cpu: CpuState, other: Value | undefined, signaling: boolean): Comparison {
  if (isEmpty(cpu, 0) || other === undefined) return { order: undefined, delivered: underflow(cpu) }
  const value = readRegister(cpu, 0)
  if (isOrdered(value) && isOrdered(other)) {
    const delivered = raise(cpu, value.denormal || other.denormal ? Exception.DE : 0)
    return { order: order(value, other), delivered }
  }
  const bad = isBad(value) || isBad(other)
  return { order: undefined, delivered: raise(cpu, signaling || bad ? Exception.IE : 0) }
}

function isOrdered({ kind }: Value): boolean {
  return kind !== Kind.nan && kind !== Kind.unsupported
}

function isBad(value: Value): boolean {
  return value.kind === Kind.unsupported || isSignaling(value)
}

function examine(cpu: CpuState): void {
  const sign = cpu.u8[hostOf(cpu, 0) + 9]! > 127 ? C1 : 0
  setConditions(cpu, sign | (isEmpty(cpu, 0) ? C3 | C0 : classOf(readRegister(cpu, 0))))
}

function classOf({ kind, denormal }: Value): number {
  switch (kind) {
    case Kind.unsupported:
      return 0
    case Kind.nan:
      return C0
    case Kind.infinity:
      return C2 | C0
    case Kind.zero:
      return C3
    default:
      return denormal ? C3 | C2 : C2
  }
}
