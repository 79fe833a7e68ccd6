// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Span } from '../diagnostics/source-file.ts'
import { didYouMean, suggest } from '../diagnostics/suggest.ts'
import { allKinds, describeKind } from '../events/event-kinds.ts'
import { kindsIn } from './event-keys.ts'
import { schema } from './generated/schema.js'
import type { SchemaError } from './generated/validate.js'
import { type PathStep, type SchemaNode, walkPath } from './schema-path.ts'
import { speakContainer, speakOf, speakTypes, speakValue } from './speak.ts'
import { entriesOf, type TreeNode } from './tree.ts'

/** The validator's errors in words, at their places: one message for one mistake, in the order of the file. */
export function schemaDiagnostics(errors: readonly SchemaError[], tree: TreeNode): readonly Diagnostic[] {
  const places = new Map<string, SchemaError[]>()
  for (const error of errors)
    places.set(error.instancePath, [...(places.get(error.instancePath) ?? []), error])
  const diagnostics = [...places].flatMap(([path, here]) => diagnosticsAt(path, here, tree))
  return diagnostics.sort((a, b) => a.labels[0]!.span.start - b.labels[0]!.span.start)
}

function diagnosticsAt(path: string, errors: readonly SchemaError[], tree: TreeNode): Diagnostic[] {
  const steps = walkPath(path, schema, tree)
  const place: Place = {
    steps,
    schema: steps.at(-1)?.schema ?? schema,
    node: steps.length > 0 ? steps.at(-1)!.node : tree,
    span: placeOf(steps, tree),
  }
  const missing = errors
    .filter(error => error.keyword === 'required')
    .map(error => String(error.params['missingProperty']))
  const unknown = errors
    .filter(error => error.keyword === 'additionalProperties')
    .map(error => String(error.params['additionalProperty']))
  // `runs:` for `run:` is one mistake, though the validator reports a missing and an unknown key.
  const misspelt = new Set(unknown.flatMap(key => suggest(key, missing) ?? []))
  const others = errors.filter(error => !['required', 'additionalProperties'].includes(error.keyword))
  return [
    ...[...new Set(unknown)].map(key => unknownKey(key, place)),
    ...missing.filter(key => !misspelt.has(key)).map(key => missingKey(key, place)),
    ...(others.length > 0 ? [wrongValue(others, place)] : []),
  ]
}

type Place = {
  readonly steps: readonly PathStep[]
  readonly schema: SchemaNode
  readonly node: TreeNode | undefined
  readonly span: Span
}

function unknownKey(key: string, { steps, schema: here, node }: Place): Diagnostic {
  const { keySpan, value } = entriesOf(node).find(entry => entry.key === key)!
  const allowed = allowedKeys(here, node)
  const container = speakContainer(steps)
  const text = didYouMean(key, allowed)
  return {
    code: 'S002',
    severity: 'error',
    message: `unknown key \`${key}\`${container === '' ? '' : ` in ${container}`}`,
    labels: [{ span: keySpan, ...(text && { text }) }],
    help: [
      value.kind === 'scalar' && value.value === null && /\S:\S/.test(key)
        ? `a space belongs behind the colon:   ${key.replace(':', ': ')}`
        : `keys allowed here: ${shortened(allowed)}`,
    ],
  }
}

/** All keys of the schema at this place; in an event only those of its kind, or the kinds where it has none yet. */
function allowedKeys(here: SchemaNode, node: TreeNode | undefined): readonly string[] {
  const keys = Object.keys((here['properties'] ?? {}) as object)
  if (!keys.includes('hit')) return keys
  const [kind] = kindsIn(node)
  if (kind === undefined) return keys.filter(key => notFields.has(key))
  const { fields, subject } = describeKind(kind)
  const own = new Set([...Object.keys(fields).filter(name => name !== subject), ...besideEvents])
  return keys.filter(key => own.has(key) || (key === 'thread' && kind !== 'exit'))
}

const besideEvents = ['as', 'after', 'times']
const notFields: ReadonlySet<string> = new Set([
  ...allKinds,
  'interleave',
  'any-order',
  'thread',
  'at',
  'blocked',
  ...besideEvents,
])

function shortened(words: readonly string[]): string {
  return words.length <= 24 ? words.join(', ') : `${words.slice(0, 24).join(', ')}, …`
}

function missingKey(key: string, { steps, schema: here, span }: Place): Diagnostic {
  const properties = here['properties'] as Record<string, SchemaNode>
  const example = (properties[key]?.['examples'] as unknown[] | undefined)?.[0]
  const owner = steps.length === 0 ? 'this scenario' : speakOf(steps)
  return {
    code: 'S001',
    severity: 'error',
    message: `${owner} needs \`${key}\``,
    labels: [{ span }],
    ...(example !== undefined && { help: [`for example   ${key}: ${inYaml(example)}`] }),
  }
}

/** An example from the schema, in flow style. */
function inYaml(example: unknown): string {
  if (Array.isArray(example)) return `[${example.map(inYaml).join(', ')}]`
  if (typeof example === 'object' && example !== null)
    return `{ ${Object.entries(example)
      .map(([key, value]) => `${key}: ${inYaml(value)}`)
      .join(', ')} }`
  return typeof example === 'string' && /[\n"]|^$/.test(example) ? JSON.stringify(example) : String(example)
}

function wrongValue(errors: readonly SchemaError[], place: Place): Diagnostic {
  const { steps, schema: here, node, span } = place
  const what = steps.length === 0 ? 'a scenario' : speakOf(steps)
  const choice = errors.find(error => error.keyword === 'enum')
  const typed = errors.find(error => error.keyword === 'type')
  const limit = errors.find(error => error.keyword === 'minimum' || error.keyword === 'maximum')
  if (choice) return wrongWord(what, place, choice.params['allowedValues'] as readonly unknown[])
  if (limit && !typed) {
    const bound = `${limit.keyword === 'minimum' ? 'at least' : 'at most'} ${limit.params['limit']}`
    return wrong(`${what} must be ${bound}, not ${speakValue(node)}`, span)
  }
  if (isEmptyText(node) && !typed) return wrong(`${what} must not be empty`, span)
  const number = isNumber(here)
  const types = number ? ['integer'] : ([here['type'] ?? []].flat() as string[])
  if (!number && types.includes('integer') && node?.kind === 'scalar' && typeof node.value === 'bigint') {
    const bound =
      node.value > BigInt(Number.MAX_SAFE_INTEGER)
        ? `at most ${Number.MAX_SAFE_INTEGER}`
        : `at least ${here['minimum'] ?? Number.MIN_SAFE_INTEGER}`
    return wrong(`${what} must be ${bound}, not ${speakValue(node)}`, span)
  }
  const fraction = node?.kind === 'scalar' && typeof node.value === 'number' && types.includes('integer')
  const wanted = fraction ? 'a whole number' : speakTypes(types)
  const help = quoteHelp(types, node) ?? exampleHelp(here, errors)
  const got = speakValue(node)
  return wrong(
    typed || number ? `${what} must be ${wanted}, not ${got}` : `${what} cannot be ${got}`,
    span,
    help,
  )
}

/** The schema's number takes a text too, where a plain number would lose digits; nobody writes that by hand. */
function isNumber(here: SchemaNode): boolean {
  return here['pattern'] === '^-?0x[0-9a-fA-F]+$'
}

function isEmptyText(node: TreeNode | undefined): boolean {
  return node?.kind === 'scalar' && typeof node.value === 'string' && node.value.trim() === ''
}

function quoteHelp(types: readonly string[], node: TreeNode | undefined): string | undefined {
  if (node?.kind !== 'scalar' || node.value === null || typeof node.value === 'string') return undefined
  if (!types.includes('string')) return undefined
  return `quote it to make it a text:   "${node.span.file.text.slice(node.span.start, node.span.end)}"`
}

function exampleHelp(here: SchemaNode, errors: readonly SchemaError[]): string | undefined {
  const examples = here['examples'] as readonly unknown[] | undefined
  if (!examples || errors.every(error => error.keyword === 'type' && isNumber(here))) return undefined
  return isNumber(here) ? undefined : `for example   ${examples.slice(0, 2).map(inYaml).join('   or   ')}`
}

function wrongWord(what: string, { node, span }: Place, allowed: readonly unknown[]): Diagnostic {
  const words = allowed.map(String)
  const text = node?.kind === 'scalar' ? didYouMean(String(node.value), words) : undefined
  const list =
    words.length === 1 ? `only \`${words[0]}\` is allowed here` : `allowed here: ${words.join(', ')}`
  const got =
    node?.kind === 'scalar' && typeof node.value === 'string' ? `\`${node.value}\`` : speakValue(node)
  return {
    code: 'S004',
    severity: 'error',
    message: `${what} cannot be ${got}`,
    labels: [{ span, ...(text && { text }) }],
    help: [list],
  }
}

function wrong(message: string, span: Span, help?: string): Diagnostic {
  return { code: 'S004', severity: 'error', message, labels: [{ span }], ...(help && { help: [help] }) }
}

/** The value itself; the key where nothing, or a whole block, stands behind it; for an item of a list, its first key. */
function placeOf(steps: readonly PathStep[], tree: TreeNode): Span {
  const last = steps.at(-1)
  const node = last ? last.node : tree
  if (node?.kind === 'scalar' && !(node.value === null && last?.entry)) return node.span
  if (last?.entry) return last.entry.keySpan
  return entriesOf(node)[0]?.keySpan ?? node?.span ?? tree.span
}
