// SPDX-License-Identifier: MIT
import type { Refusal } from '../definition.ts'
import { fromKernelText, toKernelText } from '../kernel-text.ts'
import { commonFields, type Field, genericFields } from '../record/fields.ts'
import { checkNesting } from './check-nesting.ts'
import type { Filter } from './filter.ts'
import { FilterFault } from './filter-fault.ts'
import { filterMessages } from './filter-messages.ts'
import { parsePredicate, skipSpace } from './parse-predicate.ts'

/** Bytes of two pages less what manages them. */
const longestAnswer = 8156

export type ParsedFilter =
  | { readonly ok: true; readonly filter: Filter; readonly reads: string }
  /** `reads` is what the filter file shows afterwards: text, caret, reason. */
  | { readonly ok: false; readonly refusal: Refusal; readonly reads: string }

/** A filter expression over an event's own fields (`eventFields`), the common and the generic ones (spec 07 §10). */
export function parseFilter(text: string, fields: readonly Field[]): ParsedFilter {
  const known = [...fields, ...genericFields, ...commonFields]
  const bytes = toKernelText(text)
  const findField = (name: string) => known.find(field => field.name === fromKernelText(name))
  const parsed = checkNesting(bytes) ?? parseTerms(bytes, findField)
  return parsed instanceof FilterFault
    ? { ok: false, ...refuse(text, parsed) }
    : { ok: true, filter: parsed, reads: text }
}

function refuse(
  text: string,
  { message, position, errno }: FilterFault,
): { refusal: Refusal; reads: string } {
  const reason = filterMessages[message]
  const refusal = { errno, message: reason, command: text, caret: position }
  if (message === 'ERRNO') return { refusal, reads: `${text}\nError: (0)\n` }
  const { length } = toKernelText(text)
  const column = Math.min(position, length)
  const caret = `\n${' '.repeat(column)}^`
  const words = `\nparse_error: ${reason}\n`
  // What does not fit behind a long text is left out.
  if (length + caret.length >= longestAnswer) return { refusal, reads: text }
  if (length + caret.length + words.length >= longestAnswer) return { refusal, reads: text + caret }
  return { refusal, reads: text + caret + words }
}

type Frame = { readonly not: boolean; readonly alternatives: Filter[][] }

/** The second pass; parentheses are known to be balanced. */
function parseTerms(text: string, findField: (name: string) => Field | undefined): Filter | FilterFault {
  const frames: Frame[] = [{ not: false, alternatives: [[]] }]
  let not = false
  let terms = 0
  let joined = ''
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, at)) {
    if (text[at] === '(') {
      frames.push({ not, alternatives: [[]] })
      not = false
      at++
      continue
    }
    if (text[at] === '!' && text[at + 1] !== '=' && text[at + 1] !== '~') {
      not = !not
      at++
      continue
    }
    const term = parsePredicate(text, at, findField)
    if (term instanceof FilterFault) return term
    add(frames, { kind: 'predicate', not, predicate: term.predicate })
    not = false
    terms++

    at = skipSpace(text, term.end)
    while (text[at] === ')') {
      // The first pass has counted: a parenthesis is open.
      const { not: inverted, alternatives } = frames.pop()!
      add(frames, { kind: 'group', not: inverted, alternatives })
      at = skipSpace(text, at + 1)
    }
    if (at >= text.length) return { kind: 'group', ...frames[0]! }
    joined = text.slice(at, at + 2)
    if (joined !== '&&' && joined !== '||') return new FilterFault('TOO_MANY_PREDS', at, 'EPERM')
    if (joined === '||') frames.at(-1)!.alternatives.push([])
    at += 2
  }
  if (terms === 0) return new FilterFault('NO_FILTER', text.length)
  return trailing(frames[0]!, joined)
}

/** A trailing operator is ignored (bug B17), except that an `&&` behind an `||` leaves the kernel's program without its end. */
function trailing({ not, alternatives }: Frame, operator: string): Filter | FilterFault {
  if (operator === '&&' && alternatives.length > 1) return new FilterFault('ERRNO')
  return { kind: 'group', not, alternatives: alternatives.filter(all => all.length > 0) }
}

function add(frames: readonly Frame[], filter: Filter): void {
  frames.at(-1)!.alternatives.at(-1)!.push(filter)
}
