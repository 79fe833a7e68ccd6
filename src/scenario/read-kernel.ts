// SPDX-License-Identifier: MIT
import type { Span } from '../diagnostics/source-file.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { profiles } from '../uprobes/profile.ts'
import { defaultProfile, kernelChoices, profileNames } from './kernel-choices.ts'
import { readText } from './read-scalars.ts'
import { readSlots } from './read-slots.ts'
import { error, type Report } from './report.ts'
import type { KernelChoice, Located } from './scenario.ts'
import { childOf, entriesOf, located, type MapEntry, type TreeNode } from './tree.ts'

/** `kernel:`, a profile's name or a map of one and choices. */
export function readKernel(node: TreeNode | undefined, whole: Span, report: Report): KernelChoice {
  const profile = node?.kind === 'map' ? childOf(node, 'profile') : node
  const overrides = new Map<string, Located<unknown>>()
  for (const entry of node?.kind === 'map' ? entriesOf(node) : []) {
    if (entry.key === 'profile') continue
    const value = readChoice(entry, report)
    if (value) overrides.set(entry.key, value)
  }
  if (!profile) return { profile: { value: defaultProfile, span: whole }, overrides }
  const name = readText(profile)
  checkProfile(name, report)
  return { profile: name, overrides }
}

function checkProfile({ value, span }: Located<string>, report: Report): void {
  if (Object.hasOwn(profiles, value)) return
  report(
    error('R015', span, `no kernel profile is named \`${value}\``, {
      label: didYouMean(value, profileNames),
      help: `available: ${profileNames.join(', ')}`,
    }),
  )
}

function readChoice({ key, keySpan, value: node }: MapEntry, report: Report): Located<unknown> | undefined {
  if (key === 'xol') return readSlots(node, report)
  const values: readonly string[] | undefined = Object.hasOwn(kernelChoices, key)
    ? kernelChoices[key as keyof typeof kernelChoices]
    : undefined
  if (!values) {
    const known = [...Object.keys(kernelChoices), 'xol', 'profile']
    report(
      error('R015', keySpan, `a kernel has no choice \`${key}\``, {
        label: didYouMean(key, known),
        help: `choices: ${known.join(', ')}`,
      }),
    )
    return undefined
  }
  const { value, span } = readText(node)
  if (!values.includes(value)) {
    report(
      error('S004', span, `\`${key}\` cannot be \`${value}\``, {
        label: didYouMean(value, values),
        help: `allowed here: ${values.join(', ')}`,
      }),
    )
  }
  return located(node, value)
}
