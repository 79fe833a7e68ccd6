// SPDX-License-Identifier: MIT
import type { Definition, FetchArgument, Refusal } from '../definition.ts'
import { fromKernelText, toKernelText } from '../kernel-text.ts'
import { Fault } from './fault.ts'
import { maximumSize, parseArgument } from './parse-argument.ts'
import { defaultEventName, defaultGroup, parseNames } from './parse-names.ts'
import { parsePlace } from './parse-place.ts'
import { storedSize } from './types.ts'
import { refusalAt, splitWords } from './words.ts'

export type DefinitionContext = {
  /** Looks a path up, following links: the file, or a negated errno. `kernel.lookup` fits. */
  resolvePath(path: string): { readonly regular: boolean } | number
}

export type ParsedDefinition =
  | { readonly ok: true; readonly definition: Definition }
  | { readonly ok: false; readonly refusal: Refusal }

const maximumArguments = 128

/**
 * One `p` or `r` line as `uprobe_events` takes it (spec 07 §2, §3, §5). What depends on definitions made before is not looked at
 * (`compareWithExisting`); a line without words is refused with EINVAL here, though a file of definitions may have such lines.
 */
export function parseDefinition(line: string, context: DefinitionContext): ParsedDefinition {
  const words = splitWords(line)
  const refuse = (index: number, fault: Fault): ParsedDefinition => ({
    ok: false,
    refusal: refusalAt(words, index, fault),
  })
  const [head, placeWord, ...argumentWords] = words
  if (head === undefined || placeWord === undefined || !/^[pr]/.test(head))
    return refuse(0, new Fault(undefined))
  if (argumentWords.length > maximumArguments) return refuse(2, new Fault('TOO_MANY_ARGS', 0, 'E2BIG'))

  const place = parsePlace(placeWord, context)
  if (place instanceof Fault) return refuse(1, place)

  // `pfoo:g/e` and `r10:g/e` are accepted, and their names forgotten (bug B17).
  const names = head[1] === ':' ? parseNames(head.slice(2), 2) : { group: defaultGroup, event: undefined }
  if (names instanceof Fault) return refuse(0, names)

  const kind = head[0] === 'r' || place.atReturn ? 'return' : 'entry'
  const parsed: FetchArgument[] = []
  let size = 0
  for (const [index, word] of argumentWords.entries()) {
    const argument = parseArgument(word, { kind, before: parsed, room: maximumSize - size })
    if (argument instanceof Fault) return refuse(index + 2, argument)
    size += storedSize(argument.type)
    parsed.push(argument)
  }

  const { path, offset, referenceCounter } = place
  const event = names.event ?? defaultEventName(toKernelText(path), offset)
  const definition = {
    kind,
    group: fromKernelText(names.group),
    event: fromKernelText(event),
    path,
    offset,
    referenceCounter,
    arguments: parsed,
  } as const
  return { ok: true, definition }
}
