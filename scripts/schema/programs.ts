// SPDX-License-Identifier: MIT
import { anyText, closed, listOf, named, property, ref, type Schema, text } from './property.ts'

const textOrFile = (title: string, doc: string, examples: readonly unknown[]) =>
  property(
    title,
    doc,
    examples,
    closed(
      {
        file: property(
          'file',
          'Path of a file with the text, from the folder of this one.',
          ['calc.s'],
          text,
        ),
      },
      { type: ['string', 'object'], required: ['file'] },
    ),
  )

/** Binaries, threads, processes and probes: what `use:` brings in as well. */
export const programDefinitions: Readonly<Record<string, Schema>> = {
  binary: {
    title: 'binary',
    markdownDescription: 'A program: exactly one of `asm`, `c` and `elf`.',
    examples: [{ asm: 'main:\n    ret\n' }],
    ...closed({
      asm: textOrFile('assembly text', 'Assembly, Intel syntax as of GNU `as` without prefixes.', [
        'main:\n    ret\n',
      ]),
      c: textOrFile('C text', 'C, compiled with the `cc` of this machine.', [{ file: 'pool.c' }]),
      elf: property('ELF file', 'Path of a program that is ready to run.', ['./pool'], text),
      base: property(
        'base address',
        'Of `asm:`: the link-time address of the file’s first byte, a multiple of 4096. Text starts one page behind it.',
        [0x400000],
        ref('u64'),
      ),
      pie: property('position independence', 'Whether it may be loaded anywhere.', [true], {
        type: 'boolean',
      }),
      flags: property(
        'compiler flags',
        'Flags for the C compiler.',
        [['-O2', '-static']],
        listOf(property('compiler flag', 'A flag for the C compiler.', ['-O2'], text)),
      ),
    }),
  },
  thread: {
    title: 'thread',
    markdownDescription: 'A thread that starts at a symbol.',
    examples: [{ run: 'calc:main', args: [2, 3] }],
    ...closed(
      {
        run: property('start', 'Where it starts: `binary:symbol`.', ['calc:main'], text),
        args: property(
          'arguments',
          'Integer arguments, in the usual registers.',
          [[2, 3]],
          listOf(property('argument', 'An integer argument.', [2], ref('u64'))),
        ),
        regs: property(
          'registers',
          'Registers at the start; those not named are zero.',
          [{ rbx: 7 }],
          named(property('register', 'Value of a register.', [7], ref('u64'))),
        ),
        process: property(
          'process',
          'Threads of one process share an address space. All of them share one unless named otherwise.',
          ['first'],
          text,
        ),
      },
      { required: ['run'] },
    ),
  },
  process: {
    title: 'process',
    markdownDescription: 'A whole program, started at its entry.',
    examples: [{ exec: 'pool', argv: ['pool', '3'] }],
    ...closed(
      {
        exec: property('binary', 'The binary that it runs.', ['pool'], text),
        argv: property(
          'arguments',
          'Its arguments; the first is its own name.',
          [['pool', '3']],
          listOf(property('argument', 'An argument; a number needs quotes.', ['3'], anyText)),
        ),
        env: property(
          'environment',
          'Environment variables.',
          [{ LANG: 'C' }],
          named(property('variable', 'Value of the variable.', ['C'], anyText)),
        ),
        stdin: property('standard input', 'What it reads from descriptor 0.', ['3\n'], anyText),
        files: property(
          'files',
          'Files that it finds, by absolute path.',
          [{ '/etc/pool.conf': 'size=3\n' }],
          named(property('file text', 'Contents of the file.', ['size=3\n'], anyText)),
        ),
      },
      { required: ['exec'] },
    ),
  },
  probe: {
    title: 'probe',
    markdownDescription:
      'A definition: an `uprobe_events` line in which a binary’s name stands for its path (`p calc:add a=%di:s32`), or `uprobe:calc:add`, `uretprobe:calc:add`; or a map with options.',
    examples: [
      'p calc:add a=%di:s32',
      'uprobe:calc:add',
      { define: 'r calc:add v=$retval:s32', consumers: 2 },
    ],
    ...closed(
      {
        define: property('definition', 'The definition.', ['p calc:add a=%di:s32'], text),
        attach: property(
          'time of attaching',
          '`start` (default): before the first exec. `entry`: when every thread stands at its symbol. `later`: by the schedule only.',
          ['later'],
          { enum: ['start', 'entry', 'later'] },
        ),
        consumers: property('number of consumers', 'How many consumers listen, each recording.', [2], {
          type: 'integer',
          minimum: 1,
          maximum: 64,
        }),
        filter: property('filter', 'An event filter in the kernel’s language.', ['a > 2'], text),
        triggers: property(
          'triggers',
          'Triggers in the kernel’s language: `traceon`, `traceoff`, `stacktrace`, `enable_event`, `disable_event`.',
          [['traceoff:1 if a > 2'], ['enable_event:uprobes:other']],
          listOf(property('trigger', 'A line as for the file `trigger`.', ['stacktrace:3'], text)),
        ),
        handler: property(
          'handler actions',
          'What the consumer does beside recording.',
          [['remove'], [{ 'set-ip': 'calc:other' }]],
          listOf(ref('handlerAction')),
        ),
        only: property(
          'tasks',
          'Breakpoints only in the address spaces of these tasks.',
          [['A']],
          listOf(property('task', 'A task.', ['A'], text)),
        ),
        refused: ref('refusal'),
      },
      { type: ['string', 'object'], required: ['define'] },
    ),
  },
  refusal: property(
    'refusal',
    'The kernel refuses this definition: an errno name, its message, or both and the column.',
    ['EINVAL', 'Unknown register name', { errno: 'EINVAL', error: 'Bad register name', caret: 14 }],
    closed(
      {
        errno: property('errno name', 'Name of the errno.', ['EINVAL'], text),
        error: property('error message', 'The message in the error log.', ['Bad register name'], text),
        caret: property('column', 'Where the caret stands, from 0.', [14], {
          type: 'integer',
          minimum: 0,
        }),
      },
      { type: ['string', 'object'] },
    ),
  ),
  handlerAction: {
    title: 'handler action',
    markdownDescription: 'One thing that the consumer does: `remove`, or a map with exactly one key.',
    examples: ['remove', { sleep: 1000 }],
    ...closed(
      {
        sleep: property('time', 'Sleeps so many nanoseconds of the virtual clock.', [1000], ref('u64')),
        remove: property('remove', 'Asks for its own removal from this address space.', [true], {
          enum: [true],
        }),
        'set-ip': property('place', 'Moves the thread there.', ['calc:other'], text),
        fault: property('address', 'Reads this user address.', [0], ref('u64')),
        detach: property('probe', 'Detaches a probe.', ['add_in'], text),
        attach: property('probe', 'Attaches a probe.', ['add_in'], text),
      },
      { type: ['string', 'object'] },
    ),
  },
}
