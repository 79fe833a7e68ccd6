// SPDX-License-Identifier: MIT
import { didYouMean } from '../diagnostics/suggest.ts'
import type { Axis } from '../engine/compare/variant.ts'
import { kernelChoices, profileNames } from '../scenario/kernel-choices.ts'

const values: Readonly<Record<string, readonly string[] | undefined>> = {
  ...kernelChoices,
  profile: profileNames,
  'xol.owner': ['hit', 'thread'],
}
const numbers: ReadonlySet<string> = new Set(['xol.slots', 'xol.slot-size'])

/** More than that would take minutes a test, and nobody reads so many columns. */
const mostVariants = 1000

/** `--over execute=xol,inline`: the choice and the values that it shall take; a text says what is wrong. */
export function parseAxes(words: readonly string[]): readonly Axis[] | string {
  const axes: Axis[] = []
  for (const word of words) {
    const axis = parseAxis(word)
    if (typeof axis === 'string') return axis
    if (axes.some(({ choice }) => choice === axis.choice)) return `\`--over\` names \`${axis.choice}\` twice`
    axes.push(axis)
  }
  const variants = axes.reduce((product, { values }) => product * values.length, 1)
  if (variants > mostVariants)
    return `\`--over\` makes ${variants} kernels of these values, and at most ${mostVariants} can be compared`
  return axes
}

function parseAxis(word: string): Axis | string {
  const at = word.indexOf('=')
  const choice = at < 0 ? word : word.slice(0, at)
  const known = [...Object.keys(values), ...numbers]
  if (!known.includes(choice))
    return suggest(`a kernel has no choice \`${choice}\``, choice, known, `choices: ${known.join(', ')}`)
  const possible = values[choice]
  const example = possible?.join(',') ?? '1,2,32'
  if (at < 0) return `\`--over ${choice}\` needs values: --over ${choice}=${example}`
  const wanted = word.slice(at + 1).split(',')
  for (const value of wanted) {
    if (possible && !possible.includes(value))
      return suggest(
        `\`${choice}\` cannot be \`${value}\``,
        value,
        possible,
        `values: ${possible.join(', ')}`,
      )
    if (!possible && !/^[1-9][0-9]{0,3}$/.test(value))
      return `\`${choice}\` must be a number from 1 to 9999, not \`${value}\``
    if (wanted.indexOf(value) !== wanted.lastIndexOf(value))
      return `\`--over ${choice}\` names \`${value}\` twice`
  }
  return { choice, values: wanted }
}

function suggest(message: string, word: string, known: readonly string[], otherwise: string): string {
  return `${message}; ${didYouMean(word, known) ?? otherwise}`
}
