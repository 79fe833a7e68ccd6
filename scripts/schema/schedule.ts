// SPDX-License-Identifier: MIT
import { closed, listOf, property, ref, type Schema, text } from './property.ts'

const count = { type: 'integer', minimum: 1 }
const seed = property('seed', 'Number that makes the run repeatable.', [7], ref('u64'))

const actions: Readonly<Record<string, Schema>> = {
  attach: property('probe', 'Attaches a probe.', ['add_in'], text),
  detach: property('probe', 'Detaches a probe.', ['add_in'], text),
  define: property(
    'definition',
    'A line written to `uprobe_events`: defines a probe event, or with `-:` deletes one. A map where the kernel refuses it.',
    ['p calc:add', '-:uprobes/add_in', { line: '-:uprobes/add_in', refused: 'EBUSY' }],
    closed(
      {
        line: property('line', 'The line.', ['-:uprobes/add_in'], text),
        refused: ref('refusal'),
      },
      { type: ['string', 'object'], required: ['line', 'refused'] },
    ),
  ),
  signal: property(
    'signal',
    'Sends a signal.',
    [{ to: 'A', number: 'SIGUSR1' }],
    closed(
      {
        to: property('task', 'The task that gets it.', ['A'], text),
        number: property('signal', 'Its name or number.', ['SIGUSR1', 10], { type: ['string', 'integer'] }),
      },
      { required: ['to', 'number'] },
    ),
  ),
  write: property(
    'write',
    'Writes memory.',
    [{ mem: { 'calc:counter': { u32: 2 } } }],
    closed(
      {
        mem: property('memory', 'Values by place.', [{ 'calc:counter': { u32: 2 } }], {
          type: 'object',
          additionalProperties: ref('memory'),
        }),
      },
      { required: ['mem'] },
    ),
  ),
}

/** `scenario-format` §4. */
export const scheduleDefinitions: Readonly<Record<string, Schema>> = {
  action: {
    title: 'action',
    markdownDescription: 'What the kernel side does: exactly one key.',
    examples: [{ detach: 'add_in' }],
    ...closed(actions),
  },
  turn: {
    title: 'turn',
    markdownDescription: 'A turn of a task (`run`), something else that happens at that instant, or `stop`.',
    examples: [{ run: 'A', until: { trap: 'add_in' } }, { detach: 'add_in' }, 'stop'],
    ...closed(
      {
        run: property('task', 'The task that runs.', ['A'], text),
        until: property(
          'end of the turn',
          'Without it: until the task blocks or exits.',
          [{ trap: 'add_in' }],
          ref('until'),
        ),
        instructions: property('number of instructions', 'The turn ends after so many steps.', [50], count),
        check: property(
          'state',
          'State that must hold at this point.',
          [{ xol: { 'in-use': 0 } }],
          ref('state'),
        ),
        ...actions,
      },
      { type: ['object', 'string'] },
    ),
  },
  schedule: {
    title: 'schedule',
    markdownDescription:
      'A list of turns, or one of `round-robin`, `random`, `pct`. Without it: round-robin, one turn to the next block or exit.',
    examples: [{ 'round-robin': 50 }, [{ run: 'A', until: { trap: 'add_in' } }]],
    ...closed(
      {
        'round-robin': property(
          'number of instructions',
          'Every live task in turn, so many instructions each.',
          [50],
          count,
        ),
        random: property(
          'random schedule',
          'One random schedule, given by its seed.',
          [{ seed: 7, switch: 0.1 }],
          closed({
            seed,
            switch: property('probability', 'Probability of a switch before a step.', [0.1], {
              type: 'number',
              minimum: 0,
              maximum: 1,
            }),
            'at-events': property(
              'probability',
              'Probability of a switch behind each event, in the middle of a step: between a trap and its handler, or while the instruction is being executed.',
              [0.5],
              { type: 'number', minimum: 0, maximum: 1 },
            ),
          }),
        ),
        pct: property(
          'priority-change schedule',
          'One schedule of the PCT kind, given by its seed.',
          [{ seed: 7, depth: 3 }],
          closed({ seed, depth: property('depth', 'Depth of the bugs that it finds.', [3], count) }),
        ),
        explore: property(
          'exploration',
          'All schedules within a bound. Not available in this version.',
          [{ preemptions: 2 }],
          closed({
            preemptions: property('number of preemptions', 'At most so many.', [2], {
              type: 'integer',
              minimum: 0,
            }),
            schedules: property('number of schedules', 'At most so many.', [10000], count),
            strategy: property('strategy', 'How they are searched.', ['dpor'], {
              enum: ['dpor', 'exhaustive', 'pct', 'random'],
            }),
            seed,
          }),
        ),
      },
      { type: ['object', 'array'], items: ref('turn') },
    ),
  },
  actions: {
    title: 'actions',
    markdownDescription:
      'Kernel-side actions, performed in order by the task `kernel`, for schedules that are not a list.',
    examples: [[{ detach: 'add_in' }]],
    ...listOf(ref('action')),
  },
}
