// SPDX-License-Identifier: MIT
import type { KernelProfile } from './profile.ts'

/** What can be run of each choice. A choice that is not here has every value. */
const supported: { readonly [Choice in keyof KernelProfile]?: readonly KernelProfile[Choice][] } = {
  trap: ['die-notifier'],
  handlers: ['resume'],
  execute: ['xol'],
  insert: ['page-flip'],
  lifetime: ['file'],
  definitions: ['path-offset'],
  output: ['trace-events'],
  'signals-while-stepping': ['deny'],
}

/** The choices of a profile that this version cannot run, each with the reason. */
export function unsupportedChoices(profile: KernelProfile): string[] {
  const reasons: string[] = []
  for (const [choice, values] of Object.entries(supported)) {
    const value = profile[choice as keyof KernelProfile]
    if (!(values as readonly unknown[]).includes(value))
      reasons.push(`\`${choice}: ${value}\` is not there yet; ${values.join(' or ')} is`)
  }
  const { slots, 'slot-size': size, owner } = profile.xol
  if (owner !== 'hit') reasons.push('`xol: { owner: thread }` is not there yet; hit is')
  if (slots * size > 4096)
    reasons.push(`${slots} slots of ${size} bytes do not fit into the page that holds them`)
  if (size < 16) reasons.push(`a slot of ${size} bytes does not hold the 16 bytes of a copy`)
  if (slots < 2) reasons.push('with fewer than 2 slots none is left beside the return trampoline')
  return reasons
}
