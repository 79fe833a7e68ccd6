// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { errnoName } from '../kernel/errno.ts'
import type { Image } from '../program/image.ts'
import { addressOf } from '../program/symbols.ts'
import { analysisOptions } from '../uprobes/analysis-options.ts'
import type { KernelProfile } from '../uprobes/profile.ts'
import type { PlannedProbe } from './plan.ts'

/**
 * Warns of an instruction that the kernel refuses to probe: a probe that is attached before the first exec is then silently absent, as
 * on Linux. Undefined where it would be installed.
 */
export async function instructionWarning(
  { name, definition, attach, span }: Pick<PlannedProbe, 'name' | 'definition' | 'attach' | 'span'>,
  image: Image,
  profile: KernelProfile,
): Promise<Diagnostic | undefined> {
  if (attach !== 'start' || definition.offset >= BigInt(image.bytes.length)) return undefined
  const offset = Number(definition.offset)
  const address = addressOf(image, offset)
  if (address === undefined) return undefined
  const { analyse } = await import('../uprobes/user-bkpt/analyse.ts')
  const { disassemble } = await import('../machine/cpu/decode/disassemble.ts')
  const { baseInstruction } = await import('../machine/cpu/decode/base-instruction.ts')
  const original = new Uint8Array(16)
  original.set(image.bytes.subarray(offset, offset + 16))
  const analysis = analyse(original, {
    mode: 64,
    address,
    ...analysisOptions(profile),
    isVector: bytes => disassemble(bytes, address) !== undefined,
    isBase: bytes => baseInstruction(bytes, address) !== undefined,
  })
  if (typeof analysis !== 'number') return undefined
  const text = disassemble(original, address)?.text
  return {
    code: 'L010',
    severity: 'warning',
    message: `the kernel refuses to probe ${text ? `\`${text}\`` : 'these bytes'}: ${errnoName(-analysis)}`,
    labels: [{ span }],
    notes: ['with `attach: start` it does so without a word, and no event comes'],
    help: [
      `to see the refusal:   attach: entry   and expect   - attach: ${name}   with   errno: ${errnoName(-analysis)}`,
    ],
  }
}
