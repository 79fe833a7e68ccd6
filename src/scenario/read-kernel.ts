// SPDX-License-Identifier: MIT
import type { Span } from '../diagnostics/source-file.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { profiles } from '../uprobes/profile.ts'
import { defaultProfile, kernelChoices, profileWords } from './kernel-choices.ts'
import { integerOf, readText } from './read-scalars.ts'
import { error, type Report } from './report.ts'
import type { KernelChoice, Located } from './scenario.ts'
import { childOf, entriesOf, located, type MapEntry, type TreeNode } from './tree.ts'

/** `kernel:`, a profile's name or a map of one and choices. What this version cannot run is refused by name. */
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
  const known = (profileWords as readonly string[]).includes(value)
  const message = known
    ? `the kernel profile \`${value}\` is not available in this version`
    : `no kernel profile is named \`${value}\``
  const label = known ? undefined : didYouMean(value, profileWords)
  report(
    error(known ? 'S009' : 'R015', span, message, {
      label,
      help: `available: ${Object.keys(profiles).join(', ')}`,
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
  } else if (!isAvailable(key, value)) {
    report(
      error('S009', span, `\`${key}: ${value}\` is not available in this version`, {
        help: `available: ${availableValues(key).join(', ')}`,
      }),
    )
  }
  return located(node, value)
}

/** A value that no profile of this version has is one that this version cannot run. */
function isAvailable(key: string, value: unknown): boolean {
  return availableValues(key).includes(value)
}

function availableValues(key: string): readonly unknown[] {
  return [...new Set(Object.values(profiles).map(profile => (profile as Record<string, unknown>)[key]))]
}

function readSlots(node: TreeNode, report: Report): Located<unknown> {
  const slots: Record<string, unknown> = {}
  for (const { key, keySpan, value } of entriesOf(node)) {
    const number = integerOf(value)
    if (key === 'slots' || key === 'slot-size') {
      const [min, max] = key === 'slots' ? [1n, 32n] : [16n, 256n]
      if (number === undefined || number < min || number > max)
        report(error('S004', value.span, `\`${key}\` must be a number from ${min} to ${max}`))
      slots[key] = Number(number ?? 0n)
    } else if (key === 'owner') {
      const owner = readText(value).value
      const known = owner === 'hit' || owner === 'thread'
      if (!known)
        report(
          error('S004', value.span, `\`owner\` cannot be \`${owner}\``, {
            help: 'allowed here: hit, thread',
          }),
        )
      else if (!Object.values(profiles).some(({ xol }) => xol.owner === owner))
        report(error('S009', value.span, `\`owner: ${owner}\` is not available in this version`))
      slots[key] = owner
    } else {
      report(
        error('S002', keySpan, `unknown key \`${key}\` in kernel.xol`, {
          label: didYouMean(key, ['slots', 'slot-size', 'owner']),
        }),
      )
    }
  }
  if (node.kind !== 'map')
    report(
      error('S004', node.span, '`xol` of the kernel must be a map', {
        help: 'for example   xol: { slots: 2 }',
      }),
    )
  return located(node, slots)
}
