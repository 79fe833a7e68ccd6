// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Family } from '../../instructions/family.ts'
import type { Compiler } from '../../operands.ts'
import { type Environment, Exception } from '../../soft-float/environment.ts'
import { finite, indefinite, Kind, type Value } from '../../soft-float/value.ts'
import type { CpuState } from '../../state.ts'
import { store } from '../arithmetic.ts'
import { x87Environment } from '../environment.ts'
import { isEmpty, pop, readRegister, setEmpty, underflow, writeRegister } from '../registers.ts'
import { raise, Status, setC1, setStatus, setTop, status, top } from '../status.ts'
import { waiting } from '../waiting.ts'
import { arcTangent } from './arc-tangent.ts'
import { angleLimit, cosine, sine, tangent } from './circle.ts'
import { timesLogarithm, timesLogarithmOf1Plus } from './logarithm.ts'
import { powerLess1 } from './power.ts'
import { leading } from './results.ts'

/** Powers, logarithms and angles: computed with more than twice the bits and rounded. */
export const x87Transcendental: Family = [
  [Mnemonic.F2xm1, ofTop(powerLess1)],
  [Mnemonic.Fyl2x, ofPair((environment, x, y) => timesLogarithm(environment, x, y))],
  [Mnemonic.Fyl2xp1, ofPair((environment, x, y) => timesLogarithmOf1Plus(environment, x, y))],
  [Mnemonic.Fpatan, ofPair((environment, x, y) => arcTangent(environment, y, x))],
  [Mnemonic.Fsin, ofAngle(sine)],
  [Mnemonic.Fcos, ofAngle(cosine)],
  [Mnemonic.Fsincos, ofAngle(sine, cosine)],
  [Mnemonic.Fptan, ofAngle(tangent, (_, x) => (x.kind === Kind.nan ? x : finite(0, 1n, 0)))],
]

type Unary = (environment: Environment, x: Value) => Value
type Pair = (environment: Environment, x: Value, y: Value) => Value

function ofTop(operation: Unary): Compiler {
  return (cpu, instruction) =>
    waiting(cpu, instruction, () => {
      if (isEmpty(cpu, 0)) {
        if (underflow(cpu)) writeRegister(cpu, 0, indefinite)
        return
      }
      const environment = x87Environment(cpu)
      store(cpu, environment, 0, operation(environment, readRegister(cpu, 0)))
    })
}

/** ST(0) and ST(1) are replaced by one result. */
function ofPair(operation: Pair): Compiler {
  return (cpu, instruction) =>
    waiting(cpu, instruction, () => {
      if (isEmpty(cpu, 0) || isEmpty(cpu, 1)) {
        if (!underflow(cpu)) return
        writeRegister(cpu, 1, indefinite)
        pop(cpu)
        return
      }
      const environment = x87Environment(cpu)
      const result = operation(environment, readRegister(cpu, 0), readRegister(cpu, 1))
      if (store(cpu, environment, 1, result)) pop(cpu)
    })
}

/** An angle is replaced by a function of it, and perhaps another is pushed. C2 says that it was too large. */
function ofAngle(operation: Unary, pushed?: Unary): Compiler {
  return (cpu, instruction) => waiting(cpu, instruction, () => replaceAngle(cpu, operation, pushed))
}

function replaceAngle(cpu: CpuState, operation: Unary, pushed: Unary | undefined): void {
  setStatus(cpu, status(cpu) & ~Status.C2)
  const overflow = pushed !== undefined && !isEmpty(cpu, 7)
  if (isEmpty(cpu, 0) || overflow) {
    setC1(cpu, overflow && !isEmpty(cpu, 0))
    if (!raise(cpu, Exception.IE | Status.stackFault)) return
    writeRegister(cpu, 0, indefinite)
    if (pushed !== undefined) push(cpu, indefinite)
    return
  }
  const angle = readRegister(cpu, 0)
  if (angle.kind === Kind.finite && leading(angle) >= angleLimit) {
    setStatus(cpu, (status(cpu) & ~Status.C1) | Status.C2)
    return
  }
  const environment = x87Environment(cpu)
  const result = operation(environment, angle)
  if (!store(cpu, environment, 0, result) || pushed === undefined) return
  push(cpu, result.kind === Kind.nan ? result : pushed(environment, angle))
}

function push(cpu: CpuState, value: Value): void {
  setTop(cpu, top(cpu) + 7)
  setEmpty(cpu, 0)
  writeRegister(cpu, 0, value)
}
