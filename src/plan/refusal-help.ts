// SPDX-License-Identifier: MIT
import { didYouMean } from '../diagnostics/suggest.ts'
import { messages } from '../tracing/definition/messages.ts'
import { namedTypes } from '../tracing/definition/types.ts'

/** Registers of a 64-bit task as fetch expressions name them (spec 07 §5.4). */
const registers =
  '%ax %bx %cx %dx %si %di %bp %sp %ip %r8 %r9 %r10 %r11 %r12 %r13 %r14 %r15 %orig_ax %flags %cs %ss'.split(
    ' ',
  )

/** What the author may have meant by a word that the kernel refused with this message; `undefined` message for a silent refusal. */
export function refusalHelp(define: string, message: string | undefined, word: string): string[] {
  switch (message) {
    case undefined:
      return /^[pru]/.test(define.trim())
        ? ['for example   p calc:add a=%di:s32']
        : ['a definition begins with `p` or `r`, or is `uprobe:binary:symbol`']
    case messages.BAD_REG_NAME:
      return [didYouMean(word, registers) ?? `the registers are ${registers.join(', ')}`]
    case messages.BAD_TYPE: {
      const list = `the types are ${[...namedTypes.keys()].join(', ')}, and bit fields such as b4@0/32`
      const meant = didYouMean(word, namedTypes.keys())
      return meant === undefined ? [list] : [meant, list]
    }
    default:
      return []
  }
}
