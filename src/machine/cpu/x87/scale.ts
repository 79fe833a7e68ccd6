// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Family } from '../instructions/family.ts'
import { invalid, noteDenormals, propagate } from '../soft-float/arithmetic.ts'
import { type Environment, Exception } from '../soft-float/environment.ts'
import { round } from '../soft-float/round.ts'
import { bitLength, finite, indefinite, infinity, Kind, type Value, zero } from '../soft-float/value.ts'
import type { CpuState } from '../state.ts'
import { store } from './arithmetic.ts'
import { x87Environment } from './environment.ts'
import { toIntegral } from './integers.ts'
import { fromInteger } from './memory-values.ts'
import { isEmpty, readRegister, underflow, writeRegister } from './registers.ts'
import { raise, Status, setC1, setTop, top } from './status.ts'
import { waiting } from './waiting.ts'

/** What takes exponents apart: scale, extract, and rounding to an integer. */
export const x87Scale: Family = [
  [Mnemonic.Frndint, (cpu, instruction) => waiting(cpu, instruction, roundTop)],
  [Mnemonic.Fscale, (cpu, instruction) => waiting(cpu, instruction, scaleTop)],
  [Mnemonic.Fxtract, (cpu, instruction) => waiting(cpu, instruction, extract)],
]

function roundTop(cpu: CpuState): void {
  if (isEmpty(cpu, 0)) {
    if (underflow(cpu)) writeRegister(cpu, 0, indefinite)
    return
  }
  const environment = x87Environment(cpu)
  store(cpu, environment, 0, roundToInteger(environment, readRegister(cpu, 0)))
}

function roundToInteger(environment: Environment, value: Value): Value {
  if (value.kind === Kind.unsupported) return invalid(environment)
  if (value.kind === Kind.nan) return propagate(environment, value, value)
  if (value.kind !== Kind.finite) return value
  noteDenormals(environment, value, value)
  if (value.exponent >= 0) return value
  const { magnitude, inexact, up } = toIntegral(value, environment.rounding)
  if (inexact) environment.raised |= Exception.PE
  environment.roundedUp = up
  return magnitude === 0n ? zero(value.sign) : finite(value.sign, magnitude, 0)
}

function scaleTop(cpu: CpuState): void {
  if (isEmpty(cpu, 0) || isEmpty(cpu, 1)) {
    if (underflow(cpu)) writeRegister(cpu, 0, indefinite)
    return
  }
  const environment = x87Environment(cpu)
  store(cpu, environment, 0, scale(environment, readRegister(cpu, 0), readRegister(cpu, 1)))
}

/** Scales that overflow or underflow whatever is scaled, also with an adjusted exponent. */
const mostScale = 0x1_0000

function scale(environment: Environment, a: Value, b: Value): Value {
  if (a.kind === Kind.unsupported || b.kind === Kind.unsupported) return invalid(environment)
  if (a.kind === Kind.nan || b.kind === Kind.nan) return propagate(environment, a, b)
  if (b.kind === Kind.infinity) {
    if (b.sign === 0) {
      if (a.kind === Kind.zero) return invalid(environment)
      noteDenormals(environment, a, b)
      return infinity(a.sign)
    }
    if (a.kind === Kind.infinity) return invalid(environment)
    noteDenormals(environment, a, b)
    return zero(a.sign)
  }
  noteDenormals(environment, a, b)
  if (a.kind !== Kind.finite) return a
  const { magnitude } = toIntegral(b, 3)
  const by = magnitude > BigInt(mostScale) ? mostScale : Number(magnitude)
  const result = round(environment, a.sign, a.significand, a.exponent + (b.sign === 0 ? by : -by))
  const top = result.exponent + bitLength(result.significand) - 1
  const { minExponent, maxExponent } = environment.format
  const least = (environment.masked & Exception.UE) === 0 ? minExponent : Number.NEGATIVE_INFINITY
  if (result.kind !== Kind.finite || (top >= least && top <= maxExponent)) return result
  // An exception that is not masked has adjusted the exponent, and it still does not fit.
  environment.raised |= Exception.PE
  environment.roundedUp = top > 0
  return top > 0 ? infinity(a.sign) : zero(a.sign)
}

/** The exponent replaces the top, and the significand is pushed. */
function extract(cpu: CpuState): void {
  const full = !isEmpty(cpu, 7)
  if (isEmpty(cpu, 0) || full) {
    setC1(cpu, full && !isEmpty(cpu, 0))
    if (!raise(cpu, Exception.IE | Status.stackFault)) return
    pushPair(cpu, indefinite, indefinite)
    return
  }
  const environment = x87Environment(cpu)
  const [exponent, significand] = takeApart(environment, readRegister(cpu, 0))
  setC1(cpu, false)
  if (raise(cpu, environment.raised)) pushPair(cpu, exponent, significand)
}

function pushPair(cpu: CpuState, below: Value, above: Value): void {
  writeRegister(cpu, 0, below)
  setTop(cpu, top(cpu) + 7)
  writeRegister(cpu, 0, above)
}

function takeApart(environment: Environment, value: Value): [exponent: Value, significand: Value] {
  switch (value.kind) {
    case Kind.unsupported: {
      const result = invalid(environment)
      return [result, result]
    }
    case Kind.nan: {
      const result = propagate(environment, value, value)
      return [result, result]
    }
    case Kind.infinity:
      return [infinity(0), value]
    case Kind.zero:
      environment.raised |= Exception.ZE
      return [infinity(1), value]
    default: {
      noteDenormals(environment, value, value)
      const width = bitLength(value.significand) - 1
      const exponent = fromInteger(BigInt(value.exponent + width))
      return [exponent, finite(value.sign, value.significand, -width)]
    }
  }
}
