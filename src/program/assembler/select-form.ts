// SPDX-License-Identifier: MIT
import { candidatesOf } from './candidates.ts'
import type { FormEncoder } from './encode.ts'
import { isConstant, type Sum } from './expression.ts'
import type { Form } from './form.ts'
import type { Opcodes } from './opcodes.ts'
import type { RoundingOperand } from './operand.ts'
import { ambiguity, noForm, notLockable, unencodable } from './refusals.ts'
import type { Refusal, WrittenInstruction } from './written-instruction.ts'

/** How an instruction is encoded; a jump has a short way and a long way, and the layout chooses. */
export type Selection =
  | { readonly form: Form }
  | { readonly short: Form; readonly long: Form }
  | { readonly refusal: Refusal }

/**
 * Chooses among the codes of a mnemonic as GNU as does: no operand size of 16 unless operands or suffix say so, no
 * EVEX where something else will do, then the shortest, then no REX.W, then the operands as written, then an extended
 * immediate of eight bits, then the order of the codes.
 */
export function selectForm(
  instruction: WrittenInstruction,
  opcodes: Opcodes,
  encoder: FormEncoder,
): Selection {
  const candidates = candidatesOf(instruction, opcodes)
  if (candidates.length === 0) return { refusal: noForm(instruction, opcodes) }
  const unclear = ambiguity(instruction, candidates)
  if (unclear) return { refusal: unclear }
  const rounding = instruction.operands.find(operand => operand.kind === 'rounding')
  const forms: Measured[] = []
  let why = ''
  for (const { opcode, operands, variant } of candidates) {
    const unmeasured = {
      opcode,
      operands,
      prefixes: instruction.prefixes,
      ...(rounding ? { rounding: (rounding as RoundingOperand).control } : {}),
    }
    const encoded = encoder.encode(unmeasured, provisional, provisionalValue)
    if ('why' in encoded) why ||= encoded.why
    else forms.push({ form: { ...unmeasured, length: encoded.bytes.length }, variant })
  }
  const ranked = forms.sort(byRank).map(({ form }) => form)
  const best = ranked[0]
  if (!best) return { refusal: unencodable(instruction, why) }
  if (instruction.prefixes.includes(0xf0) && !isLockable(best)) return { refusal: notLockable(instruction) }
  return branchForms(instruction, ranked) ?? { form: best }
}

/** `variant` counts the readings of the operands, the written one first. */
type Measured = { readonly form: Form; readonly variant: number }

function byRank(a: Measured, b: Measured): number {
  return (
    evexRank(a.form) - evexRank(b.form) ||
    a.form.length - b.form.length ||
    widthRank(a.form) - widthRank(b.form) ||
    a.variant - b.variant ||
    extensionRank(a.form) - extensionRank(b.form) ||
    a.form.opcode.code - b.form.opcode.code
  )
}

/** Some instructions on memory that they change. */
function isLockable({ opcode, operands }: Form): boolean {
  return opcode.lockable && operands[0]?.kind === 'memory'
}

/** VEX forms that came after their EVEX forms are used only on request. */
const evexFirst = new Set([
  'vpdpbusd',
  'vpdpbusds',
  'vpdpwssd',
  'vpdpwssds',
  'vpmadd52luq',
  'vpmadd52huq',
  'vcvtneps2bf16',
])

function evexRank({ opcode }: Form): number {
  const mnemonic = opcode.text.split(' ')[0]!.toLowerCase()
  return Number(opcode.evex !== evexFirst.has(mnemonic))
}

function widthRank({ opcode }: Form): number {
  return Number(opcode.wide)
}

function extensionRank({ opcode }: Form): number {
  return Number(
    !opcode.kinds.some(kind => kind.kind === 'immediate' && kind.bits === 8 && kind.extended !== undefined),
  )
}

/** Any address will do to measure a form: no length depends on one that is not known. */
const provisional = 0x401000n

function provisionalValue(sum: Sum): bigint {
  return isConstant(sum) ? sum.constant : provisional
}

/** A jump that can be short and long, unless the author chose. */
function branchForms({ operands }: WrittenInstruction, forms: readonly Form[]): Selection | undefined {
  const reach = (bytes: number): Form | undefined =>
    forms.find(({ opcode }) => opcode.kinds.some(kind => kind.kind === 'branch' && kind.bytes === bytes))
  const [short, long] = [reach(1), reach(4)]
  if (!short || !long) return long ? { form: long } : undefined
  if (operands.some(operand => operand.kind === 'memory' && operand.short)) return { form: short }
  return { short, long }
}
