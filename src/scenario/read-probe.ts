// SPDX-License-Identifier: MIT
import { readCount, readInteger, readText, readTexts } from './read-scalars.ts'
import { error, type Report } from './report.ts'
import type { HandlerAction, ProbeSource } from './scenario.ts'
import { childOf, entriesOf, itemsOf, located, type MapEntry, type TreeNode } from './tree.ts'

/** A probe: its definition alone, or a map with options. */
export function readProbe({ keySpan: span, value: node }: MapEntry, report: Report): ProbeSource {
  if (node.kind === 'scalar')
    return { span, define: readText(node), attach: 'start', consumers: 1, handler: [] }
  const at = (key: string) => childOf(node, key)
  const [attach, consumers, filter, only, refused] = ['attach', 'consumers', 'filter', 'only', 'refused'].map(
    at,
  )
  const triggers = at('triggers')
  return {
    span,
    define: readText(at('define')!),
    attach: attach ? (readText(attach).value as ProbeSource['attach']) : 'start',
    consumers: consumers ? readCount(consumers) : 1,
    handler: itemsOf(at('handler')).flatMap(item => readHandlerAction(item, report) ?? []),
    ...(filter && { filter: readText(filter) }),
    ...(triggers && { triggers: readTexts(triggers) }),
    ...(only && { only: readTexts(only) }),
    ...(refused && { refused: located(refused, readRefusal(refused, report)) }),
  }
}

function readHandlerAction(node: TreeNode, report: Report): HandlerAction | undefined {
  const { span } = node
  if (node.kind === 'scalar') {
    if (node.value === 'remove') return { do: 'remove', span }
    report(error('S004', span, `a handler cannot \`${readText(node).value}\``, { help: handlerHelp }))
    return undefined
  }
  const [first, second] = entriesOf(node)
  if (!first || second) {
    report(error('S003', second?.keySpan ?? span, 'a handler action is one thing', { help: handlerHelp }))
    return undefined
  }
  switch (first.key) {
    case 'sleep':
      return { do: 'sleep', nanoseconds: readInteger(first.value, report), span }
    case 'set-ip':
      return { do: 'set-ip', place: readText(first.value), span }
    case 'fault':
      return { do: 'fault', address: readInteger(first.value, report), span }
    case 'detach':
    case 'attach':
      return { do: first.key, probe: readText(first.value), span }
    default:
      return { do: 'remove', span }
  }
}

const handlerHelp =
  'one of   remove   sleep: 1000   set-ip: calc:other   fault: 0   detach: PROBE   attach: PROBE'

/** An errno name (`EINVAL`), the words of the error log, or a map of both and the caret's column. */
export function readRefusal(node: TreeNode, report: Report): NonNullable<ProbeSource['refused']>['value'] {
  if (node.kind === 'scalar') {
    const { value } = readText(node)
    return /^E[A-Z0-9]+$/.test(value) ? { errno: value } : { error: value }
  }
  const [errno, message, caret] = ['errno', 'error', 'caret'].map(key => childOf(node, key))
  if (!errno && !message && !caret) {
    report(error('S003', node.span, '`refused` says nothing', { help: 'for example   refused: EINVAL' }))
  }
  return {
    ...(errno && { errno: readText(errno).value }),
    ...(message && { error: readText(message).value }),
    ...(caret && { caret: readCount(caret) }),
  }
}
