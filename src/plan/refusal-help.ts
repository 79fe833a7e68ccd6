// SPDX-License-Identifier: MIT
import { didYouMean } from '../diagnostics/suggest.ts'
import { messages } from '../tracing/definition/messages.ts'
import { registerNames } from '../tracing/definition/parse-fetch.ts'
import { isProcessLine } from '../tracing/definition/parse-process-definition.ts'
import { namedTypes } from '../tracing/definition/types.ts'

/** How the refusal of a place begins that is not `VADDR@PID`. */
const processPlace = 'Probe point must be VADDR@PID'
const registers = registerNames.map(name => `%${name}`)

/** What the author may have meant by a word that the kernel refused with this message; `undefined` message for a silent refusal. */
export function refusalHelp(define: string, message: string | undefined, word: string): string[] {
  switch (message) {
    case undefined:
      if (isProcessLine(define))
        return [
          'a place is `binary:symbol`; `VADDR@PID` is the notation of   kernel: { definitions: vaddr-pid, lifetime: vma }',
        ]
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
      return message.startsWith(processPlace)
        ? ['such a line names an address of a process:   p:late 0x401020@100 n=%di']
        : []
  }
}
