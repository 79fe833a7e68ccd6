// SPDX-License-Identifier: MIT
import type { ProbedProgram, ProgramFunction } from './probed-program.ts'

/** What a compiler calls the pieces and copies of a function that it makes, by what stands behind the dot. */
export const splitTexts = {
  part: 'a part that was split off: the rest has been inlined where it is called',
  cold: 'its unlikely blocks, which the function jumps to: no call begins there',
  isra: 'a copy with other parameters: its arguments are not where the source says',
  constprop: 'a copy for a constant argument: the others may stand in other registers',
  lto_priv: 'a static function that link-time optimisation has renamed',
  localalias: 'another name that the library itself uses',
  llvm: 'a static function that link-time optimisation has renamed',
} as const

export type Split = keyof typeof splitTexts
export type Relative = { readonly function: ProgramFunction; readonly splits: readonly Split[] }

/** The function of the source behind `name.isra.0.cold`, and what the dots say; undefined for a name without such dots. */
export function splitName(
  name: string,
): { readonly base: string; readonly splits: readonly Split[] } | undefined {
  const [base, ...words] = name.split('.')
  const splits = words.filter((word): word is Split => Object.hasOwn(splitTexts, word))
  const known = words.every(word => Object.hasOwn(splitTexts, word) || /^\d+$/.test(word))
  return base && known && splits.length > 0 ? { base, splits } : undefined
}

/** Pieces and copies of the function that the source calls `name`. */
export function relativesOf(
  { functions }: Pick<ProbedProgram, 'functions'>,
  name: string,
): readonly Relative[] {
  return functions.flatMap(candidate => {
    const split = candidate.name.startsWith(`${name}.`) ? splitName(candidate.name) : undefined
    return split?.base === name ? [{ function: candidate, splits: split.splits }] : []
  })
}
