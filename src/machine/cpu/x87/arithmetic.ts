// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Instruction, Operand } from '../decode/instruction.ts'
import type { Family } from '../instructions/family.ts'
import type { Compiler } from '../operands.ts'
import {
  add,
  type Binary,
  divide,
  invalid,
  multiply,
  squareRoot,
  subtract,
} from '../soft-float/arithmetic.ts'
import type { Environment } from '../soft-float/environment.ts'
import { indefinite, Kind, type Value } from '../soft-float/value.ts'
import type { CpuState } from '../state.ts'
import { preciseEnvironment } from './environment.ts'
import { floatOperand, integerOperand } from './memory-values.ts'
import { isEmpty, pop, readRegister, underflow, writeRegister } from './registers.ts'
import { raise, setC1 } from './status.ts'
import { waiting, waitingAt } from './waiting.ts'

/** Add, subtract, multiply, divide and square root: rounded as precision control says. */
export const x87Arithmetic: Family = [
  ...forms('add', add),
  ...forms('mul', multiply),
  ...forms('sub', subtract),
  ...forms('subr', reversed(subtract)),
  ...forms('div', divide),
  ...forms('divr', reversed(divide)),
  [Mnemonic.Fsqrt, (cpu, instruction) => waiting(cpu, instruction, root)],
]

type Name = 'add' | 'mul' | 'sub' | 'subr' | 'div' | 'divr'

/** fop, fopp and fiop. */
function forms(name: Name, operation: Binary): Family {
  return [
    [Mnemonic[`F${name}`], plain(operation)],
    [Mnemonic[`F${name}p`], plain(operation, true)],
    [Mnemonic[`Fi${name}`], withMemory(operation, integerOperand)],
  ]
}

function reversed(operation: Binary): Binary {
  return (environment, a, b) => operation(environment, b, a)
}

function plain(operation: Binary, pops = false): Compiler {
  return (cpu, instruction) => {
    const [target, source] = instruction.operands as [Operand, Operand | undefined]
    if (target.kind === 'memory') return withMemory(operation, floatOperand)(cpu, instruction)
    if (target.kind !== 'st' || source?.kind !== 'st') return undefined
    const t = target.number
    const s = source.number
    return waiting(cpu, instruction, () => {
      if (isEmpty(cpu, t) || isEmpty(cpu, s)) {
        if (!underflow(cpu)) return
        writeRegister(cpu, t, indefinite)
      } else if (!deliver(cpu, t, operation, readRegister(cpu, s))) return
      if (pops) pop(cpu)
    })
  }
}

type ReadOperand = (cpu: CpuState, at: number, bytes: number) => Value

/** st(0) with a number in memory. */
function withMemory(operation: Binary, read: ReadOperand): Compiler {
  return (cpu, instruction: Instruction) => {
    const [source] = instruction.operands
    if (source?.kind !== 'memory') return undefined
    return waitingAt(cpu, instruction, source, source.bytes, false, (_, at) => {
      if (!isEmpty(cpu, 0)) deliver(cpu, 0, operation, read(cpu, at, source.bytes))
      else if (underflow(cpu)) writeRegister(cpu, 0, indefinite)
    })
  }
}

/** Operates on ST(t) and a value; false when an exception that is not masked has kept the result. */
function deliver(cpu: CpuState, t: number, operation: Binary, source: Value): boolean {
  const environment = preciseEnvironment(cpu)
  const target = readRegister(cpu, t)
  const result = isSupported(target, source) ? operation(environment, target, source) : invalid(environment)
  return store(cpu, environment, t, result)
}

function isSupported(a: Value, b: Value): boolean {
  return a.kind !== Kind.unsupported && b.kind !== Kind.unsupported
}

function root(cpu: CpuState): void {
  if (isEmpty(cpu, 0)) {
    if (underflow(cpu)) writeRegister(cpu, 0, indefinite)
    return
  }
  const environment = preciseEnvironment(cpu)
  const value = readRegister(cpu, 0)
  const result = isSupported(value, value) ? squareRoot(environment, value) : invalid(environment)
  store(cpu, environment, 0, result)
}

/** Records what an operation raised and writes its result to ST(t), unless an exception keeps it: then false. */
export function store(cpu: CpuState, environment: Environment, t: number, result: Value): boolean {
  const delivered = raise(cpu, environment.raised)
  setC1(cpu, delivered && environment.roundedUp)
  if (!delivered) return false
  writeRegister(cpu, t, result)
  return true
}
