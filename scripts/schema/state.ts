// SPDX-License-Identifier: MIT
import { closed, listOf, named, property, ref, type Schema, text } from './property.ts'

const memoryTypes = ['u8', 'u16', 'u32', 'u64', 's8', 's16', 's32', 's64', 'string', 'bytes'] as const

const memory = Object.fromEntries(
  memoryTypes.map(type => [
    type,
    property(
      type === 'bytes' ? 'bytes' : type === 'string' ? 'text' : 'number',
      type === 'bytes' ? 'Pairs of hex digits; `??` for any byte.' : `Memory read as ${type}.`,
      [type === 'bytes' ? 'c3 90 ??' : type === 'string' ? 'alpha' : 2],
      ref('value'),
    ),
  ]),
)

const at = (title: string, doc: string, examples: readonly unknown[], item: Schema) =>
  property(title, doc, examples, named(item))

/** `scenario-format` §6.3. */
export const stateDefinitions: Readonly<Record<string, Schema>> = {
  memory: {
    title: 'memory',
    markdownDescription: 'Memory at a place: exactly one type and its value.',
    examples: [{ u32: 2 }, { bytes: 'c3 90 ??' }],
    ...closed(memory),
  },
  state: {
    title: 'state',
    markdownDescription: 'State of the machine at one point.',
    examples: [{ text: { 'calc:add': 'original' }, xol: { 'in-use': 0 } }],
    ...closed({
      threads: at(
        'threads',
        'Threads and processes by name.',
        [{ A: { exit: 11 } }],
        closed(
          {
            exit: property('result', 'What it returned, or its exit code.', [11], ref('value')),
            ip: property('place', 'Where it stands.', ['calc:add', { within: 'xol' }], ref('value')),
            regs: at(
              'registers',
              'Registers by name.',
              [{ rax: 11 }],
              property('register', 'Value of a register.', [11], ref('value')),
            ),
          },
          { title: 'thread state' },
        ),
      ),
      mem: at('memory', 'Memory by place.', [{ 'calc:counter': { u32: 2 } }], ref('memory')),
      text: at('text', 'Text bytes by place.', [{ 'calc:add': 'original' }], {
        title: 'state of a text byte',
        enum: ['original', 'breakpoint'],
      }),
      pages: at('pages', 'Pages by place.', [{ 'calc:add': 'private' }], {
        title: 'state of a page',
        enum: ['private', 'file'],
      }),
      probes: at(
        'probes',
        'Probes by name.',
        [{ add_in: { hits: 2, missed: 0 } }],
        closed(
          {
            hits: property('number of hits', 'Hits that were recorded.', [2, { min: 1 }], ref('value')),
            executions: property(
              'number of executions',
              'How often the probed instruction was executed while the probe was attached.',
              [2],
              ref('value'),
            ),
            missed: property(
              'number of missed executions',
              'Executions, while the probe was attached, for which no handler was called.',
              [0],
              ref('value'),
            ),
            attached: property('attached', 'Whether it is attached.', [false], ref('value')),
          },
          { title: 'probe state' },
        ),
      ),
      xol: property(
        'out-of-line area',
        'The area of slots.',
        [{ 'in-use': 0 }],
        closed({ 'in-use': property('number of slots in use', 'Slots in use.', [0], ref('value')) }),
      ),
      buffer: property(
        'trace buffer',
        'Records in the kernel’s ring buffer, as `per_cpu/cpu0/stats` counts them.',
        [{ entries: 84, overrun: 16 }],
        closed({
          entries: property('number of records', 'Records that can be read.', [84], ref('value')),
          overrun: property(
            'number of overwritten records',
            'Records that newer ones have replaced.',
            [16],
            ref('value'),
          ),
          dropped: property(
            'number of dropped records',
            'Records that found the buffer full.',
            [0],
            ref('value'),
          ),
        }),
      ),
      uretprobes: at(
        'pending returns',
        'Pending return probes by thread.',
        [{ A: { depth: 0 } }],
        closed(
          { depth: property('depth', 'How many returns are pending.', [0], ref('value')) },
          { required: ['depth'], title: 'pending returns' },
        ),
      ),
      maps: at(
        'mappings',
        'Names that stand among the mappings, by process.',
        [{ main: ['[uprobes]'] }],
        listOf(property('mapping', 'Name of a mapping.', ['[uprobes]'], text)),
      ),
    }),
  },
}
