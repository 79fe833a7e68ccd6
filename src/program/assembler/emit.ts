// SPDX-License-Identifier: MIT
import type { Code } from '../../diagnostics/codes.ts'
import type { Span } from '../../diagnostics/source-file.ts'
import type { Report } from './cursor.ts'
import type { FormEncoder } from './encode.ts'
import { evaluate, isConstant, relocations, type Sum, settle, sumOf } from './expression.ts'
import { fitsImmediate } from './fit-operands.ts'
import type { FittedOperand, Form } from './form.ts'
import { addressOf } from './layout.ts'
import { noOperations } from './no-operations.ts'
import { registerInfo } from './registers.ts'
import type { Fragment, Piece, Section } from './section.ts'

export type EmitTools = {
  readonly encoder: FormEncoder
  readonly positionIndependent: boolean
  readonly report: Report
}

/** The bytes of a section after the layout; what turns out not to fit is reported. */
export function emit(section: Section, tools: EmitTools): Uint8Array {
  const bytes = new Uint8Array(section.size)
  for (const fragment of section.fragments) {
    const start = Number(fragment.address - section.address)
    for (const piece of fragment.pieces) {
      bytes.set(emitPiece(piece, fragment.address + BigInt(piece.offset), tools), start + piece.offset)
    }
    bytes.set(emitTail(fragment, tools), start + fragment.size)
  }
  return bytes
}

function emitPiece(piece: Piece, address: bigint, tools: EmitTools): Uint8Array {
  switch (piece.kind) {
    case 'bytes':
      return piece.bytes
    case 'fill':
      return new Uint8Array(piece.size).fill(piece.fill)
    case 'instruction':
      return emitForm(piece.form, address, piece.span, tools)
    case 'value': {
      const sum = sumOf(piece.expression)
      if ('why' in sum) {
        problem(tools, 'B002', sum.why, sum.span)
        return new Uint8Array(piece.size)
      }
      checkAddress(sum, piece.span, tools)
      const value = finalValue(sum)
      const bits = BigInt(piece.size * 8)
      if (value < -(1n << (bits - 1n)) || value >= 1n << bits) {
        problem(tools, 'B008', `${describe(sum, value)} does not fit in ${bits} bits`, piece.span)
      }
      return Uint8Array.from({ length: piece.size }, (_, index) =>
        Number((value >> BigInt(8 * index)) & 255n),
      )
    }
  }
}

function emitTail(fragment: Fragment, tools: EmitTools): Uint8Array {
  const { tail, tailSize, section } = fragment
  switch (tail?.kind) {
    case 'branch':
      return emitForm(
        tail.isLong ? tail.long : tail.short,
        fragment.address + BigInt(fragment.size),
        tail.span,
        tools,
      )
    case 'align':
      return tail.fill === undefined && section.execute
        ? noOperations(tailSize)
        : new Uint8Array(tailSize).fill(tail.fill ?? 0)
    case 'space':
      return new Uint8Array(tailSize).fill(tail.fill)
    default:
      return new Uint8Array(0)
  }
}

function emitForm(form: Form, address: bigint, span: Span, tools: EmitTools): Uint8Array {
  if (!form.operands.every(operand => checkOperand(operand, tools))) return new Uint8Array(form.length)
  const encoded = tools.encoder.encode(form, address, sum => finalValue(sum))
  if ('bytes' in encoded && encoded.bytes.length === form.length) return encoded.bytes
  const short = form.opcode.kinds.some(kind => kind.kind === 'branch' && kind.bytes === 1)
  problem(
    tools,
    'B008',
    short
      ? 'the target is too far away for a jump of one byte'
      : 'an address or a distance does not fit in 32 bits',
    span,
  )
  return new Uint8Array(form.length)
}

function checkOperand(operand: FittedOperand, tools: EmitTools): boolean {
  if (operand.kind === 'immediate') {
    if (!checkAddress(operand.value, operand.span, tools)) return false
    const value = finalValue(operand.value)
    if (isConstant(operand.value) || fitsImmediate(operand.accepts, value)) return true
    return problem(
      tools,
      'B008',
      `${describe(operand.value, value)} does not fit in ${operand.accepts.bits} bits`,
      operand.span,
    )
  }
  if (operand.kind === 'memory') {
    const { base, bare } = operand.memory
    if (bare && !isConstant(operand.displacement) && relocations(settle(operand.displacement)) === 0n) {
      return problem(
        tools,
        'B002',
        'this is a number that is defined further down, and so it means memory here',
        operand.memory.displacement!.span,
        ['move the definition up, or write `offset` before the name'],
      )
    }
    const relative = base !== undefined && registerInfo(base).class === 'ip'
    return relative || checkAddress(operand.displacement, operand.span, tools)
  }
  return true
}

/** A sum is a number or an address; an address moves with the program, where that is loaded anywhere. */
function checkAddress(sum: Sum, span: Span, tools: EmitTools): boolean {
  const count = relocations(settle(sum))
  if (count !== 0n && count !== 1n)
    return problem(tools, 'B008', 'this sum of addresses is neither a number nor an address', span)
  if (count === 0n || !tools.positionIndependent) return true
  return problem(tools, 'B009', 'a position-independent program cannot hold this address', span, [
    'use `[rip + label]`',
  ])
}

function finalValue(sum: Sum): bigint {
  return evaluate(settle(sum), addressOf)
}

function describe(sum: Sum, value: bigint): string {
  return relocations(settle(sum)) === 1n ? `the address 0x${value.toString(16)}` : `${value}`
}

function problem(
  { report }: EmitTools,
  code: Code,
  message: string,
  span: Span,
  help?: readonly string[],
): false {
  report({ code, severity: 'error', message, labels: [{ span }], ...(help ? { help } : {}) })
  return false
}
