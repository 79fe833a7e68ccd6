// SPDX-License-Identifier: MIT
import { Register } from 'iced-x86'
import type { Span } from '../../diagnostics/source-file.ts'
import type { Reading } from './mnemonic.ts'
import { narrowOperands } from './narrow-operands.ts'
import type { Operand } from './operand.ts'
import type { Syntax } from './parse-expression.ts'

const shifts = new Set(['shl', 'shr', 'sar', 'rol', 'ror', 'rcl', 'rcr'])
const commuting = new Set(['xchg', 'test'])

/** The operand lists that an instruction may stand for, what is written first. */
export function operandVariants(
  reading: Reading,
  written: readonly Operand[],
  syntax: Syntax,
  span: Span,
): (readonly Operand[])[] {
  const { mnemonic } = reading
  const operands =
    syntax === 'att' && /^(in|out)s?[bwd]?$/.test(mnemonic) ? written.map(portInParentheses) : written
  const [first, second] = operands
  if (reading.predicate !== undefined) return [[...operands, number(BigInt(reading.predicate), span)]]
  const variants: (readonly Operand[])[] = [operands]
  if (commuting.has(mnemonic) && operands.length === 2) variants.push([second!, first!])
  if (mnemonic === 'imul' && operands.length === 2 && second!.kind === 'immediate')
    variants.push([first!, first!, second!])
  if (shifts.has(mnemonic) && operands.length === 1) variants.push([first!, number(1n, span)])
  if (/^fn?stsw$/.test(mnemonic) && operands.length === 0)
    return [[{ kind: 'register', register: Register.AX, span }]]
  if (mnemonic.startsWith('f')) variants.push(...withStackTop(operands, span))
  const narrowed = narrowOperands(mnemonic, operands)
  if (narrowed) variants.push(narrowed)
  if (isXmm0(operands.at(-1)) && operands.length === 3) variants.push(operands.slice(0, 2))
  return variants
}

/** x87 instructions leave out st(0), or st(1) and st(0). */
function withStackTop(operands: readonly Operand[], span: Span): (readonly Operand[])[] {
  const stack = (register: number): Operand => ({ kind: 'register', register, span })
  if (operands.length === 0)
    return [
      [stack(Register.ST1)],
      [stack(Register.ST1), stack(Register.ST0)],
      [stack(Register.ST0), stack(Register.ST1)],
    ]
  return operands.length === 1
    ? [
        [stack(Register.ST0), ...operands],
        [...operands, stack(Register.ST0)],
      ]
    : []
}

/** `(%dx)` names a port, not memory. */
function portInParentheses(operand: Operand): Operand {
  const isPort = operand.kind === 'memory' && operand.base === Register.DX && operand.index === undefined
  return isPort ? { kind: 'register', register: Register.DX, span: operand.span } : operand
}

/** Some instructions take xmm0 without encoding it. */
function isXmm0(operand: Operand | undefined): boolean {
  return operand?.kind === 'register' && operand.register === Register.XMM0
}

function number(value: bigint, span: Span): Operand {
  return { kind: 'immediate', expression: { kind: 'number', value, span }, span }
}
