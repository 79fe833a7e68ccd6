// SPDX-License-Identifier: MIT
import type { FieldType } from '../events/event-kinds.ts'
import type { ValuePattern } from '../events/pattern.ts'
import { fitsRegister, integerOf, readInteger, readText } from './read-scalars.ts'
import { error, type Report } from './report.ts'
import { childOf, itemsOf, type MapNode, type Scalar, type ScalarNode, type TreeNode } from './tree.ts'

/** What the value is compared with decides what a text means: only addresses and integers can be written as places. */
export type ValueType = FieldType | 'argument'

/** A value pattern of scenario format §6.2. */
export function readValue(node: TreeNode, type: ValueType, report: Report): ValuePattern {
  if (node.kind === 'scalar') return readScalarPattern(node, type, report)
  if (node.kind === 'list') {
    const inner = type === 'map' ? 'argument' : type === 'list' ? 'integer' : type
    return { span: node.span, kind: 'list', items: itemsOf(node).map(item => readValue(item, inner, report)) }
  }
  return type === 'map' ? readEntries(node, report) : readMapPattern(node, type, report)
}

function readEntries(node: MapNode, report: Report): ValuePattern {
  const entries: Record<string, ValuePattern> = {}
  for (const { key, value } of node.entries) entries[key] = readValue(value, 'argument', report)
  return { span: node.span, kind: 'map', entries }
}

const variable = /^\$([A-Za-z_]\w*)(?:([+-])(0x[0-9a-fA-F]+|\d+))?$/
const place = /^[^:\s]+:\S+$|^\[\w+\](\+\S+)?$/

function readScalarPattern(node: ScalarNode, type: ValueType, report: Report): ValuePattern {
  const { span, value } = node
  if (typeof value === 'string') return readTextPattern(node, value, type, report)
  const integer = integerOf(node)
  if (typeof value === 'number' && integer === undefined) {
    report(error('S004', span, `a value must be a whole number, not ${value}`))
  } else if (integer !== undefined && !fitsRegister(integer)) {
    report(error('S012', span, 'this number does not fit into 64 bits', { help: 'from -2^63 to 2^64 - 1' }))
  } else {
    checkType(node, integer ?? value, type, report)
  }
  return { span, kind: 'equal', value: integer ?? (typeof value === 'number' ? 0n : value) }
}

/** A value that is no text, where the field can never be of its type. Fetch arguments may be anything, a fault (`null`) too. */
function checkType({ span }: ScalarNode, value: Scalar, type: ValueType, report: Report): void {
  if (type === 'argument') return
  const wanted = type === 'name' || type === 'text' ? 'text' : type === 'flag' ? 'flag' : 'number'
  const got = value === null ? 'nothing' : typeof value === 'boolean' ? 'flag' : 'number'
  if (wanted === got) return
  const words = { text: 'a text', flag: '`true` or `false`', number: 'a number', nothing: 'nothing' }
  const written = span.file.text.slice(span.start, span.end)
  const help =
    wanted === 'text' && got !== 'nothing' ? `quote it if this text is meant:   "${written}"` : undefined
  report(
    error('S004', span, `${words[wanted]} is compared here, not ${got === 'nothing' ? 'nothing' : written}`, {
      help,
    }),
  )
}

function readTextPattern({ span }: ScalarNode, value: string, type: ValueType, report: Report): ValuePattern {
  if (value === '_') return { span, kind: 'any' }
  if (value.startsWith('$')) {
    const [, name, sign, constant = '0'] = variable.exec(value) ?? []
    if (name !== undefined)
      return { span, kind: 'variable', name, plus: sign === '-' ? -BigInt(constant) : BigInt(constant) }
    const help = `a variable is \`$name\` or \`$name+8\`; for this very text write   { is: ${JSON.stringify(value)} }`
    report(error('S004', span, `\`${value}\` is no variable`, { help }))
  }
  if (type === 'address' || type === 'integer') {
    if (place.test(value)) return { span, kind: 'place', text: value }
    report(
      error('S004', span, `a number is compared here, not the text ${JSON.stringify(value)}`, {
        help: numberHelp(type),
      }),
    )
  }
  if (type === 'map' || type === 'list') {
    const help = type === 'map' ? 'write a map of names, or `_`' : 'write a list, or `_`'
    report(error('S004', span, `a ${type} is compared here, not the text ${JSON.stringify(value)}`, { help }))
  }
  return { span, kind: 'equal', value }
}

function numberHelp(type: 'address' | 'integer'): string {
  return type === 'address'
    ? 'write a place such as   calc:add+4   or a number'
    : 'write a number without quotes, `_`, `$name`, or a range   { min: 1, max: 3 }'
}

/** Keys of a pattern map, and those that may stand beside each other. */
const forms: readonly (readonly string[])[] = [
  ['min', 'max'],
  ['in'],
  ['not'],
  ['re'],
  ['mask', 'is'],
  ['within'],
]

function readMapPattern(node: MapNode, type: ValueType, report: Report): ValuePattern {
  const { span } = node
  const keys = node.entries.map(({ key }) => key)
  const form = forms.find(words => words.includes(keys[0] ?? ''))
  if (!form || keys.some(key => !form.includes(key))) {
    const place = node.entries.find(({ key }) => form && !form.includes(key))?.keySpan ?? span
    const message = form
      ? `\`${form.join('` / `')}\` and this key are different kinds of patterns`
      : 'this map says nothing'
    report(
      error('S003', place, message, {
        help: 'write one of   { min, max }   { in }   { not }   { re }   { mask, is }   { is }   { within }',
      }),
    )
    return { span, kind: 'any' }
  }
  const at = (key: string) => childOf(node, key)
  switch (form[0]) {
    case 'min':
      return readRange(node, report)
    case 'in':
      return { span, kind: 'in', options: itemsOf(at('in')).map(option => readValue(option, type, report)) }
    case 'not':
      return { span, kind: 'not', pattern: readValue(at('not')!, type, report) }
    case 're':
      return { span: at('re')!.span, kind: 'regexp', source: readText(at('re')!).value }
    case 'within':
      return { span: at('within')!.span, kind: 'within', region: readText(at('within')!).value }
    default:
      return readExact(node, at('mask'), at('is'), report)
  }
}

function readRange(node: MapNode, report: Report): ValuePattern {
  const bound = (key: string) => {
    const value = childOf(node, key)
    return value && readInteger(value, report)
  }
  const [min, max] = [bound('min'), bound('max')]
  if (min !== undefined && max !== undefined && min > max)
    report(error('L008', node.span, 'no value is in this range: `min` is above `max`'))
  return {
    span: node.span,
    kind: 'range',
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
  }
}

function readExact(
  { span, entries }: MapNode,
  mask: TreeNode | undefined,
  is: TreeNode | undefined,
  report: Report,
): ValuePattern {
  if (mask && !is) {
    const help = `for example   { mask: 0xff, is: 0x10 }`
    report(error('S001', entries[0]!.keySpan, '`mask` needs `is`', { help }))
    return { span, kind: 'any' }
  }
  if (!mask) {
    const value = is?.kind === 'scalar' ? is.value : null
    return {
      span: is?.span ?? span,
      kind: 'equal',
      value: typeof value === 'number' ? BigInt(Math.trunc(value)) : value,
    }
  }
  const integer = integerOf(is!)
  if (integer === undefined) {
    report(error('S004', is!.span, 'with `mask`, `is` must be a number'))
    return { span, kind: 'any' }
  }
  const bits = readInteger(mask, report)
  if ((BigInt.asUintN(64, integer) & ~BigInt.asUintN(64, bits)) !== 0n)
    report(error('L008', is!.span, '`is` has bits that `mask` takes away, so nothing can match'))
  return { span, kind: 'mask', mask: bits, is: integer }
}

/** Every pattern below a pattern, itself included. */
export function patternsWithin(pattern: ValuePattern): readonly ValuePattern[] {
  switch (pattern.kind) {
    case 'in':
      return [pattern, ...pattern.options.flatMap(patternsWithin)]
    case 'not':
      return [pattern, ...patternsWithin(pattern.pattern)]
    case 'list':
      return [pattern, ...pattern.items.flatMap(patternsWithin)]
    case 'map':
      return [pattern, ...Object.values(pattern.entries).flatMap(patternsWithin)]
    default:
      return [pattern]
  }
}
