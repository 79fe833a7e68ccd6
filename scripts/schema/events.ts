// SPDX-License-Identifier: MIT
import { allKinds, describeKind, type EventKind, type FieldType } from '../../src/events/event-kinds.ts'
import { closed, listOf, named, property, ref, type Schema, text } from './property.ts'

const examples: Readonly<Record<FieldType, unknown>> = {
  integer: 5,
  text: 'text',
  name: 'add_in',
  address: 'calc:add+4',
  flag: true,
  list: [1, '_'],
  map: { a: 2 },
}
const subjects: Partial<Record<EventKind, unknown>> = {
  exit: 'main',
  signal: 'SIGSEGV',
  fault: '#PF',
  syscall: 'write',
  fork: 'app.1',
  switch: 'A',
  exec: '/pool',
  mmap: '/calc',
  munmap: '/calc',
  log: 'text',
  bug: 'B4',
}

function kindProperties(): Record<string, Schema> {
  const properties: Record<string, Schema> = {}
  for (const kind of allKinds) {
    const { doc, subject } = describeKind(kind)
    properties[kind] = property(
      subject,
      `\`${kind}\`: ${doc}. The value is its \`${subject}\`.`,
      [subjects[kind] ?? 'add_in'],
      ref('value'),
    )
  }
  return properties
}

function fieldProperties(): Record<string, Schema> {
  const kinds = new Map<string, EventKind[]>()
  for (const kind of allKinds)
    for (const field of Object.keys(describeKind(kind).fields))
      kinds.set(field, [...(kinds.get(field) ?? []), kind])
  const properties: Record<string, Schema> = {}
  for (const [field, owners] of kinds) {
    if (allKinds.includes(field as EventKind)) continue
    const { doc, type } = describeKind(owners[0]!).fields[field]!
    const schema = type === 'map' ? ref('arguments') : ref('value')
    properties[field] = property(field, `Of ${owners.join(', ')}: ${doc}.`, [examples[type]], schema)
  }
  return properties
}

const thread = property('thread', 'The task that the event happens to.', ['A', 'app.1', '_'], ref('value'))

const label = property('label', 'A label, for `after:` elsewhere.', ['gone'], text)
const after = property(
  'label',
  'Only after the events with these labels.',
  ['gone', ['a-trapped', 'b-stepping']],
  { type: ['string', 'array'], items: property('label', 'A label given by `as:`.', ['gone'], text) },
)

const order: Readonly<Record<string, Schema>> = {
  interleave: property(
    'lanes',
    'One lane per thread: each in order, free of the others. The name of a lane implies `thread:`.',
    [{ A: [{ hit: 'add_in' }], B: [{ exit: 'B' }] }],
    named(ref('event')),
  ),
  'any-order': property(
    'events',
    'These, in any order.',
    [[{ hit: 'a' }, { hit: 'b' }]],
    listOf(ref('event')),
  ),
  as: label,
  after,
  times: property(
    'number of times',
    'Repetition: a number or `{ min, max }`.',
    [3, { min: 1 }],
    ref('times'),
  ),
}

const snippets = [
  { label: 'hit', body: { hit: '$1' } },
  { label: 'hit with arguments', body: { hit: '$1', args: { '${2:name}': '$3' } } },
  { label: 'ret', body: { ret: '$1', args: { '${2:name}': '$3' } } },
  { label: 'exit', body: { exit: '$1', value: '$2' } },
  { label: 'signal', body: { signal: 'SIG${1:SEGV}', thread: '$2' } },
  { label: 'interleave', body: { interleave: { '${1:A}': [{ hit: '$2' }], '${3:B}': [{ hit: '$4' }] } } },
]

/** Everything about events, from the one table of kinds; which fields a kind has, and that there is exactly one, is checked in code. */
export function eventDefinitions(): Readonly<Record<string, Schema>> {
  const pattern = { ...kindProperties(), ...fieldProperties(), thread }
  return {
    arguments: {
      title: 'arguments',
      markdownDescription:
        'Fetch arguments by name; those that are not named are free. A list gives all of them, in the order of the definition.',
      examples: [{ a: 2, name: 'alpha' }, [2, 3], '_'],
      type: ['object', 'string', 'array'],
      items: ref('value'),
      additionalProperties: ref('value'),
    },
    event: {
      title: 'event',
      markdownDescription:
        'One event (exactly one kind, and those of its fields that matter), a list of them in order, or `interleave` / `any-order`.',
      examples: [{ hit: 'add_in', args: { a: 2 } }],
      defaultSnippets: snippets,
      ...closed({ ...pattern, ...order }, { type: ['object', 'array'], items: ref('event') }),
    },
    pattern: {
      title: 'event',
      markdownDescription: 'One event: exactly one kind, and those of its fields that matter.',
      examples: [{ hit: 'add_in', thread: 'A' }],
      defaultSnippets: snippets.slice(0, 5),
      ...closed(pattern),
    },
    counted: {
      title: 'counted event',
      markdownDescription: 'An event and how often it happens in the whole run.',
      examples: [{ hit: 'add_in', times: { max: 3 } }],
      ...closed({ ...pattern, times: order['times']! }, { required: ['times'] }),
    },
    until: {
      title: 'end of the turn',
      markdownDescription:
        'An event (the turn ends right after it), `{ at: place }` (right before that instruction) or `{ blocked: true }`.',
      examples: [{ trap: 'add_in' }, { at: 'calc:add+4' }, { blocked: true }],
      ...closed({
        ...pattern,
        at: property('place', 'The turn ends at the next arrival there.', ['calc:add+4'], text),
        blocked: property('blocked', 'The turn ends when the task sleeps.', [true], { enum: [true] }),
      }),
    },
    kind: {
      title: 'event kind',
      markdownDescription: allKinds.map(kind => `\`${kind}\`: ${describeKind(kind).doc}`).join('\n\n'),
      examples: ['hit'],
      enum: allKinds,
    },
  }
}
