// SPDX-License-Identifier: MIT
import type { KernelProfile } from './profile.ts'
import { jumpLength } from './strategies/execute/jump-back.ts'
import { longest } from './user-bkpt/instruction.ts'

/** What can be run of each choice. A choice that is not here has every value. */
const supported: { readonly [Choice in keyof KernelProfile]?: readonly KernelProfile[Choice][] } = {
  trap: ['die-notifier'],
  handlers: ['resume'],
  insert: ['page-flip'],
}

/** Whether this version can run a value of a choice, be it together with certain others only. */
export function isSupported(choice: string, value: unknown): boolean {
  const values = supported[choice as keyof KernelProfile] as readonly unknown[] | undefined
  return values?.includes(value) ?? true
}

/** The choices of a profile that this version cannot run, and combinations that cannot work, each with the reason. */
export function unsupportedChoices(profile: KernelProfile): string[] {
  const reasons: string[] = []
  for (const [choice, values] of Object.entries(supported)) {
    const value = profile[choice as keyof KernelProfile]
    if (!isSupported(choice, value))
      reasons.push(`\`${choice}: ${value}\` is not there yet; ${values.join(' or ')} is`)
  }
  return [...reasons, ...wrongSlots(profile), ...contradictions(profile)]
}

function wrongSlots({ xol, execute, 'return-trampoline': trampoline }: KernelProfile): string[] {
  const reasons: string[] = []
  const { slots, 'slot-size': size } = xol
  if (slots * size > 4096)
    reasons.push(`${slots} slots of ${size} bytes do not fit into the page that holds them`)
  if (size < 16) reasons.push(`a slot of ${size} bytes does not hold the 16 bytes of a copy`)
  else if (execute === 'boost' && size < longest + jumpLength)
    reasons.push(
      `a slot of ${size} bytes does not hold a copy and the jump that \`execute: boost\` puts behind it`,
    )
  if (slots < 2 && trampoline !== 'none')
    reasons.push('with fewer than 2 slots none is left beside the return trampoline')
  return reasons
}

function contradictions({ lifetime, fork, definitions, optimize }: KernelProfile): string[] {
  const reasons: string[] = []
  if (lifetime === 'file' && definitions === 'vaddr-pid')
    reasons.push('a probe at `VADDR@PID` names no file, so `lifetime: file` has nothing to follow')
  if (lifetime === 'file' && fork !== 'shares')
    reasons.push(
      `with \`lifetime: file\` the child of a fork maps the file, so its breakpoints are the probe's: \`fork: ${fork}\` cannot be`,
    )
  if (fork === 'restores' && optimize !== 'none')
    reasons.push(
      `\`fork: restores\` puts single bytes back, and the calls of \`optimize: ${optimize}\` have five`,
    )
  return reasons
}
