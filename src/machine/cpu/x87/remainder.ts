// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Family } from '../instructions/family.ts'
import type { Compiler } from '../operands.ts'
import { invalid, noteDenormals, propagate } from '../soft-float/arithmetic.ts'
import type { Environment } from '../soft-float/environment.ts'
import { round } from '../soft-float/round.ts'
import { bitLength, indefinite, Kind, type Value, zero } from '../soft-float/value.ts'
import type { CpuState } from '../state.ts'
import { x87Environment } from './environment.ts'
import { isEmpty, readRegister, underflow, writeRegister } from './registers.ts'
import { raise, Status, setConditions, status } from './status.ts'
import { waiting } from './waiting.ts'

/** fprem truncates the quotient, fprem1 rounds it to nearest (IEEE 754 remainder). */
export const x87Remainder: Family = [
  [Mnemonic.Fprem, remainder(false)],
  [Mnemonic.Fprem1, remainder(true)],
]

const { C0, C1, C2, C3 } = Status
/** Differences of exponents from here on are reduced in several steps. */
const wholeReduction = 64

/** `quotient` and `complete` are undefined for operands that are no numbers: C0 and C3 stay then. */
type Reduced = {
  readonly value: Value
  readonly quotient?: bigint
  readonly complete?: boolean
}

function remainder(nearest: boolean): Compiler {
  return (cpu, instruction) => waiting(cpu, instruction, () => reduceTop(cpu, nearest))
}

function reduceTop(cpu: CpuState, nearest: boolean): void {
  if (isEmpty(cpu, 0) || isEmpty(cpu, 1)) {
    if (underflow(cpu)) writeRegister(cpu, 0, indefinite)
    setConditions(cpu, status(cpu) & (C0 | C3))
    return
  }
  const environment = x87Environment(cpu)
  const { value, quotient, complete } = reduce(
    environment,
    readRegister(cpu, 0),
    readRegister(cpu, 1),
    nearest,
  )
  const delivered = raise(cpu, environment.raised)
  if (quotient === undefined || !delivered) setConditions(cpu, status(cpu) & (C0 | C3))
  else setConditions(cpu, complete ? quotientBits(quotient) : C2)
  if (delivered) writeRegister(cpu, 0, value)
}

/** The lowest three bits of the quotient. */
function quotientBits(quotient: bigint): number {
  return (
    ((quotient & 4n) === 0n ? 0 : C0) | ((quotient & 2n) === 0n ? 0 : C3) | ((quotient & 1n) === 0n ? 0 : C1)
  )
}

function reduce(environment: Environment, a: Value, b: Value, nearest: boolean): Reduced {
  const done = (value: Value): Reduced => ({ value, quotient: 0n, complete: true })
  if (a.kind === Kind.unsupported || b.kind === Kind.unsupported) return { value: invalid(environment) }
  if (a.kind === Kind.nan || b.kind === Kind.nan) return { value: propagate(environment, a, b) }
  if (a.kind === Kind.infinity || b.kind === Kind.zero) return { value: invalid(environment) }
  noteDenormals(environment, a, b)
  if (a.kind === Kind.zero) return done(a)
  if (b.kind === Kind.infinity) return done(round(environment, a.sign, a.significand, a.exponent))
  const distance = a.exponent + bitLength(a.significand) - b.exponent - bitLength(b.significand)
  if (distance < wholeReduction) return finalStep(environment, a, b, nearest)
  // A partial step: the exponent goes down by 32 to 63 (Intel SDM 2, FPREM).
  const down = 32 + (distance & 31)
  return { ...truncated(environment, a, b, distance - down), complete: false }
}

/** a less b × 2^shift × the truncated quotient. */
function truncated(environment: Environment, a: Value, b: Value, shift: number): Reduced {
  const exponent = Math.min(a.exponent, b.exponent + shift)
  const dividend = a.significand << BigInt(a.exponent - exponent)
  const divisor = b.significand << BigInt(b.exponent + shift - exponent)
  const quotient = dividend / divisor
  return {
    value: exact(environment, a.sign, dividend - quotient * divisor, exponent),
    quotient,
    complete: true,
  }
}

function finalStep(environment: Environment, a: Value, b: Value, nearest: boolean): Reduced {
  // Far smaller numbers are their own remainder.
  if (a.exponent + bitLength(a.significand) < b.exponent + bitLength(b.significand) - 1)
    return { value: round(environment, a.sign, a.significand, a.exponent), quotient: 0n, complete: true }
  const exponent = Math.min(a.exponent, b.exponent)
  const dividend = a.significand << BigInt(a.exponent - exponent)
  const divisor = b.significand << BigInt(b.exponent - exponent)
  let quotient = dividend / divisor
  let rest = dividend - quotient * divisor
  let { sign } = a
  const twice = 2n * rest
  if (nearest && (twice > divisor || (twice === divisor && (quotient & 1n) === 1n))) {
    quotient++
    rest = divisor - rest
    sign = sign === 0 ? 1 : 0
  }
  return { value: exact(environment, sign, rest, exponent, a.sign), quotient, complete: true }
}

/** A zero has the sign of the dividend. */
function exact(
  environment: Environment,
  sign: 0 | 1,
  rest: bigint,
  exponent: number,
  zeroSign = sign,
): Value {
  return rest === 0n ? zero(zeroSign) : round(environment, sign, rest, exponent)
}
