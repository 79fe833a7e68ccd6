// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Located } from '../scenario/scenario.ts'
import { spanWithin } from '../scenario/span-within.ts'
import type { KernelLine } from './kernel-line.ts'

/** Warns of a probe at a function that only chooses another one: the kernel takes it, and the calls that were meant go past it. */
export function indirectFunctionWarning(
  { place, placeText }: KernelLine,
  define: Located<string>,
): Diagnostic | undefined {
  if (!place?.symbol.indirect) return undefined
  const { image, symbol } = place
  const { name } = symbol
  const likely = image.symbols.filter(
    other => !other.indirect && other.type === 'function' && isVariantOf(other.name, name),
  )
  const names = [...new Set(likely.map(other => other.name))].slice(0, shown)
  return {
    code: 'L011',
    severity: 'warning',
    message: `\`${name}\` is an indirect function: the probe stands in what chooses its implementation`,
    labels: [{ span: placeText ? spanWithin(define, placeText.from, placeText.to) : define.span }],
    notes: ['that runs once for each file that uses it, when the program is linked; calls go past it'],
    help: [
      names.length > 0
        ? `probe an implementation: ${names.join(', ')}`
        : `${image.name} does not name the implementations: probe a caller, or the implementation by its offset in the file`,
    ],
  }
}

const shown = 8

/** `__strlen_avx2` for `strlen`. */
function isVariantOf(other: string, name: string): boolean {
  const bare = other.replace(/^_+/, '')
  return bare.startsWith(`${name.replace(/^_+/, '')}_`) && other !== name
}
