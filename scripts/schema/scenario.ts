// SPDX-License-Identifier: MIT
import { eventDefinitions } from './events.ts'
import { programDefinitions } from './programs.ts'
import { anyText, closed, listOf, named, property, ref, type Schema, text } from './property.ts'
import { scheduleDefinitions } from './schedule.ts'
import { stateDefinitions } from './state.ts'
import { valueDefinitions } from './values.ts'

const event = [{ hit: 'add_in' }]

const expectation = closed({
  trace: property(
    'kinds in view',
    'Every event of these kinds must be accounted for. Default: hit, ret, signal, fault, exit.',
    [['hit', 'exit']],
    listOf(ref('kind')),
  ),
  events: property('events', 'What must happen, in this order.', [event], listOf(ref('event'))),
  contains: property('events', 'These in this order; others may lie between.', [event], listOf(ref('event'))),
  never: property('events', 'These never happen, whatever `trace` says.', [event], listOf(ref('pattern'))),
  count: property('counts', 'How often.', [[{ hit: 'add_in', times: { max: 3 } }]], listOf(ref('counted'))),
  golden: property(
    'golden',
    'Compare the whole trace with a recorded one: `true`, or `{ per, fields }`.',
    [true, { per: ['consumers'] }],
    closed(
      {
        per: property(
          'axes',
          'Axes that have a golden each; all other variants share it.',
          [['consumers']],
          listOf(property('axis', 'An axis of the matrix.', ['consumers'], text)),
        ),
        fields: property(
          'fields',
          'Only these fields are recorded.',
          [['args']],
          listOf(property('field', 'A field of events.', ['args'], text)),
        ),
      },
      { type: ['boolean', 'object'] },
    ),
  ),
  final: property('final state', 'State at the end.', [{ xol: { 'in-use': 0 } }], ref('state')),
  always: property('state', 'State after every event.', [{ probes: { a: { missed: 0 } } }], ref('state')),
  sometimes: property(
    'state',
    'State at the end of at least one explored schedule.',
    [{ xol: { 'in-use': 0 } }],
    ref('state'),
  ),
  output: property(
    'standard output',
    'What the programs write to descriptor 1.',
    ['3 items\n'],
    ref('value'),
  ),
  crash: property(
    'crash',
    'The known bug by which the kernel crashes: the run ends there, and that is what the scenario shows.',
    ['B3'],
    text,
  ),
  errors: property('standard error', 'What the programs write to descriptor 2.', [''], ref('value')),
})

const tag = property('tag', 'A word.', ['xol'], text)

const properties: Readonly<Record<string, Schema>> = {
  title: property(
    'title',
    'The claim that this scenario proves, in one sentence.',
    ['a uprobe on add() fires once'],
    text,
  ),
  why: property(
    'reason',
    'What the next person must understand before changing the expectation.',
    ['B has already left for its slot …'],
    anyText,
  ),
  tags: property('tags', 'Words to select scenarios by.', [['xol', 'unregister']], listOf(tag)),
  skip: property('reason', 'Why it is not run.', ['needs a kernel that …'], text),
  xfail: property('reason', 'Why it fails today. When it passes, that is a failure.', ['known bug: …'], text),
  only: property('focus', 'Run only this. Refused under `--forbid-only`.', [true], { enum: [true] }),
  requires: property(
    'requirements',
    'What the machine must have; otherwise the scenario is unsupported.',
    [['cc']],
    listOf(property('requirement', 'What the machine must have.', ['cc', 'as', 'live-kernel'], text)),
  ),
  use: property(
    'used files',
    'Files whose binaries, threads, processes and probes are merged in by name.',
    [['lib/calc.yaml']],
    listOf(property('used file', 'Path from the folder of this file.', ['lib/calc.yaml'], text)),
  ),
  matrix: property(
    'matrix',
    'Axes and their values: the scenario runs for every combination. `exclude` and `include` remove and add combinations.',
    [{ consumers: [1, 2] }],
    { type: 'object' },
  ),
  kernel: property(
    'kernel',
    'A profile, or `{ profile, …choices }`.',
    ['linux-6.18', { profile: 'linux-6.18', optimize: 'none' }],
    { type: ['string', 'object'] },
  ),
  engines: property(
    'engines',
    'Where it may run.',
    [['emulator', 'linux']],
    listOf(property('engine', 'Where it may run.', ['emulator'], { enum: ['emulator', 'linux'] })),
  ),
  root: property(
    'root folder',
    'The folder that programs see as `/`, read-only: dynamic linker and libraries come from it. A path from the folder of this file, or `/`.',
    ['/', 'rootfs'],
    text,
  ),
  binaries: property(
    'binaries',
    'The programs, by name.',
    [{ calc: { asm: 'main:\n    ret\n' } }],
    named(ref('binary')),
  ),
  threads: property(
    'threads',
    'Threads that start at a symbol, by name.',
    [{ main: { run: 'calc:main' } }],
    named(ref('thread')),
  ),
  processes: property(
    'processes',
    'Whole programs, by name.',
    [{ pool: { exec: 'pool' } }],
    named(ref('process')),
  ),
  probes: property(
    'probes',
    'The probes, by name.',
    [{ add_in: 'p calc:add a=%di:s32' }],
    named(ref('probe')),
  ),
  actions: ref('actions'),
  schedule: ref('schedule'),
  expect: property('expectation', 'What must be seen.', [{ events: event }], expectation),
  limits: property(
    'limits',
    'When to give up: `instructions` of a schedule, `memory` in bytes, `wall` in milliseconds.',
    [{ instructions: 1000000 }],
    closed({
      instructions: property('number of instructions', 'Steps of all tasks in one schedule.', [1000000], {
        type: 'integer',
        minimum: 1,
      }),
      memory: property('memory', 'Bytes of physical memory, or `64M`.', [67108864, '64M'], {
        type: ['integer', 'string'],
        minimum: 1048576,
        pattern: '^[0-9]+[KMG]$',
      }),
      wall: property('time', 'Milliseconds of the host, or `10s`: it only guards the host.', [10000, '10s'], {
        type: ['integer', 'string'],
        minimum: 1,
        pattern: '^[0-9]+(ms|s)$',
      }),
    }),
  ),
  buffer: property(
    'trace buffer',
    'The kernel’s ring buffer for hits and returns, which `trapline trace --format ftrace` prints; without it, nothing is ever lost.',
    [{ size: '8K', overwrite: false }],
    closed(
      {
        size: property(
          'size',
          'As `buffer_size_kb`, but in bytes, or `8K`: rounded up to pages of 4096, two at least.',
          ['8K', 1441792],
          { type: ['integer', 'string'], minimum: 1, pattern: '^[1-9][0-9]*[KMG]$' },
        ),
        overwrite: property(
          'overwriting',
          'Whether the oldest records give way once the buffer is full (the default), or new ones are dropped.',
          [false],
          { type: 'boolean' },
        ),
      },
      { required: ['size'] },
    ),
  ),
  invariants: property(
    'invariants',
    'Built-in invariants that this scenario breaks on purpose.',
    [{ except: ['xol-slot-has-one-owner'], because: 'the bug is shown here' }],
    closed(
      {
        except: property(
          'exceptions',
          'Names of invariants.',
          [['xol-slot-has-one-owner']],
          listOf(property('invariant', 'Name of an invariant.', ['xol-slot-has-one-owner'], text)),
        ),
        because: property('reason', 'Why.', ['the bug is shown here'], text),
      },
      { required: ['except', 'because'] },
    ),
  ),
}

/** The schema of a scenario file, whole. */
export function scenarioSchema(): Schema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'trapline scenario',
    markdownDescription:
      'One test of user-space probes: programs, probes, a schedule, and what must be seen.',
    examples: [{ title: 'a uprobe on add() fires once' }],
    ...closed(properties, { required: ['title'] }),
    definitions: {
      ...valueDefinitions,
      ...eventDefinitions(),
      ...programDefinitions,
      ...stateDefinitions,
      ...scheduleDefinitions,
    },
  }
}
