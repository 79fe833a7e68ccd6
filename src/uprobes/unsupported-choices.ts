// SPDX-License-Identifier: MIT
import type { KernelProfile } from './profile.ts'
import { jumpLength } from './strategies/execute/jump-back.ts'
import { longest } from './user-bkpt/instruction.ts'

/** The combinations of a profile that cannot work, each with the reason. */
export function unsupportedChoices(profile: KernelProfile): string[] {
  return [...unsupportedSlots(profile), ...contradictions(profile)]
}

/** Those that are about the choice `xol`. */
export function unsupportedSlots({ xol, execute, 'return-trampoline': trampoline }: KernelProfile): string[] {
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

function contradictions(profile: KernelProfile): string[] {
  const { trap, handlers, execute, insert, lifetime, fork, definitions, optimize } = profile
  const reasons: string[] = []
  if (trap === 'signal' && handlers === 'notifier')
    reasons.push('`trap: signal` leaves nothing to a notifier, so no handler runs there')
  if (execute === 'emulate' && handlers === 'notifier')
    reasons.push('`execute: emulate` brings operands in from wherever they are, and a notifier cannot wait')
  if (execute === 'inline' && insert === 'quiesce' && handlers === 'notifier')
    reasons.push(
      '`execute: inline` with `insert: quiesce` stops all others at a hit, and a notifier cannot wait',
    )
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
