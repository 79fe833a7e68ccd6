// SPDX-License-Identifier: MIT
import type { Refusal } from '../definition.ts'
import { fromKernelText, toKernelText } from '../kernel-text.ts'
import type { Fault } from './fault.ts'
import { messages } from './messages.ts'

/** The bytes of a line (`toKernelText`) cut at white space. There is no quoting (spec 07 §1). `#` starts a comment, also inside a word. */
export function splitWords(line: string): string[] {
  const [text = ''] = toKernelText(line).split('#', 1)
  return text.split(/\s+/).filter(word => word !== '')
}

/**
 * The errno and error_log entry of a fault in one of the words. A word past the last one puts the caret behind the space that the
 * kernel writes after every word, whatever the offset (spec 07 §6.2).
 */
export function refusalAt(words: readonly string[], index: number, fault: Fault): Refusal {
  if (!fault.message) return { errno: fault.errno }
  const before = words.slice(0, index).reduce((sum, word) => sum + word.length + 1, 0)
  const caret = index < words.length ? before + fault.offset : before
  return {
    errno: fault.errno,
    message: messages[fault.message],
    command: fromKernelText(words.join(' ')),
    caret: caret & 0xffff,
  }
}
