// SPDX-License-Identifier: MIT
import type { Definition } from '../definition.ts'
import { fromKernelText } from '../kernel-text.ts'
import { listArgument, listPlace } from './list-definition.ts'
import { splitWords } from './words.ts'

/** Which definitions a line that starts with `-` removes, or `invalid` (spec 07 §2.2). */
export function matchDeletion(line: string): ((definition: Definition) => boolean) | 'invalid' {
  const [head = '', place, ...args] = splitWords(line).map(fromKernelText)
  if (head[1] !== ':') return 'invalid'
  const name = head.slice(2)
  const slash = name.indexOf('/')
  const group = slash < 0 ? undefined : name.slice(0, slash)
  const event = name.slice(slash + 1)
  if (group === undefined && event === '') return 'invalid'
  return definition =>
    (event === '' || definition.event === event) &&
    (group === undefined || definition.group === group) &&
    (place === undefined || listPlace(definition) === place) &&
    args.every((text, index) => {
      const argument = definition.arguments[index]
      return argument !== undefined && listArgument(argument) === text
    })
}
