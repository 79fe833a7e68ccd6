// SPDX-License-Identifier: MIT
/** How a field is written and compared: see `value.ts`. `name` is a word from the file (probe, task, binary). */
export type FieldType = 'integer' | 'text' | 'name' | 'address' | 'flag' | 'list' | 'map'
export type FieldDescription = { readonly type: FieldType; readonly doc: string }
export type KindDescription = {
  readonly doc: string
  /** The field that the value of the kind's own key names: `hit: add_in` is `probe: add_in`. */
  readonly subject: string
  /** In the order in which goldens print them; the subject comes first. */
  readonly fields: Readonly<Record<string, FieldDescription>>
}

const probe: FieldDescription = { type: 'name', doc: 'the probe, by its key in the file' }
const ip: FieldDescription = { type: 'address', doc: 'where the thread stands' }
const consumer: FieldDescription = {
  type: 'integer',
  doc: 'which consumer of the probe, from 0; only with `consumers:` above 1',
}

/** The one table of event kinds: it feeds the schema, the matcher, goldens, `until:` patterns, help and documentation. */
export const eventKinds = {
  attach: {
    doc: 'a probe has been registered',
    subject: 'probe',
    fields: {
      probe,
      errno: { type: 'text', doc: 'the errno name when the kernel refused; absent on success' },
    },
  },
  detach: { doc: 'a probe is gone and the bytes are restored', subject: 'probe', fields: { probe } },
  trap: {
    doc: 'a breakpoint trap that belongs to a probe has been claimed',
    subject: 'probe',
    fields: { probe, ip },
  },
  hit: {
    doc: 'an entry handler ran and recorded',
    subject: 'probe',
    fields: { probe, ip, args: { type: 'map', doc: 'fetch arguments by name' }, consumer },
  },
  ret: {
    doc: 'a return handler ran and recorded',
    subject: 'probe',
    fields: {
      probe,
      ip: { type: 'address', doc: 'where execution continues: the original return address' },
      func: { type: 'address', doc: 'the probed function' },
      args: { type: 'map', doc: 'fetch arguments by name' },
      consumer,
    },
  },
  step: {
    doc: 'the thread is about to execute the probed instruction in a single-step: its copy in a slot, or with `execute: inline` itself',
    subject: 'probe',
    fields: {
      probe,
      ip: { type: 'address', doc: 'the address in the slot, or of the probe' },
      slot: { type: 'integer', doc: 'number of the slot; absent where there is none' },
    },
  },
  stepped: {
    doc: 'the single-step is over and its effects are fixed up',
    subject: 'probe',
    fields: {
      probe,
      ip: { type: 'address', doc: 'where the thread continues' },
      slot: { type: 'integer', doc: 'number of the slot; absent where there is none' },
    },
  },
  boosted: {
    doc: 'the thread is about to execute the copy of the probed instruction, with a jump behind it and without a single-step',
    subject: 'probe',
    fields: {
      probe,
      ip: { type: 'address', doc: 'the address in the slot' },
      slot: { type: 'integer', doc: 'number of the slot' },
    },
  },
  emulating: {
    doc: 'the kernel has read the operands of the probed instruction, and has not written its results yet',
    subject: 'probe',
    fields: { probe, ip: { type: 'address', doc: 'the probe' } },
  },
  emulated: {
    doc: 'the kernel has done the probed instruction itself',
    subject: 'probe',
    fields: { probe, ip: { type: 'address', doc: 'where the thread continues' } },
  },
  switch: {
    doc: 'another task runs from here on',
    subject: 'to',
    fields: { to: { type: 'name', doc: 'the task that runs now' } },
  },
  syscall: {
    doc: 'a system call has been done; one that does not return is recorded at its entry, without result',
    subject: 'name',
    fields: {
      name: { type: 'name', doc: 'name of the call' },
      arguments: { type: 'list', doc: 'its arguments as 64-bit integers' },
      result: { type: 'integer', doc: 'what it returned, signed' },
    },
  },
  signal: {
    doc: 'a signal is delivered: to a handler, or with its default action',
    subject: 'signal',
    fields: {
      signal: { type: 'name', doc: 'SIGSEGV and so on' },
      ip,
      code: { type: 'integer', doc: 'si_code' },
      address: { type: 'address', doc: 'si_addr, for signals that faults raise' },
      action: { type: 'text', doc: '`handler`, `kill`, `stop` or `continue`' },
    },
  },
  fault: {
    doc: 'an exception that the kernel could not repair',
    subject: 'exception',
    fields: {
      exception: { type: 'name', doc: '`#PF`, `#GP`, `#UD`, `#DE`, `#BP`, `#DB`, …' },
      ip,
      address: { type: 'address', doc: 'the faulting address of a #PF' },
      error: { type: 'integer', doc: 'the error code' },
    },
  },
  fork: {
    doc: 'a task has been created',
    subject: 'child',
    fields: {
      child: { type: 'name', doc: 'name of the new task' },
      type: { type: 'text', doc: '`thread`, `process` or `vfork`' },
    },
  },
  exec: {
    doc: 'a task runs a new program',
    subject: 'path',
    fields: { path: { type: 'text', doc: 'path of the program' } },
  },
  mmap: {
    doc: 'a mapping has been made',
    subject: 'path',
    fields: {
      path: { type: 'text', doc: 'the mapped file, or empty for anonymous memory' },
      start: { type: 'address', doc: 'first byte' },
      length: { type: 'integer', doc: 'bytes' },
      rights: { type: 'text', doc: 'as in /proc/PID/maps: `r-xp`' },
    },
  },
  munmap: {
    doc: 'a range has been unmapped',
    subject: 'path',
    fields: {
      path: { type: 'text', doc: 'the file that was mapped there, or empty' },
      start: { type: 'address', doc: 'first byte' },
      length: { type: 'integer', doc: 'bytes' },
    },
  },
  exit: {
    doc: 'a task is gone',
    subject: 'thread',
    fields: {
      thread: { type: 'name', doc: 'the task' },
      value: {
        type: 'integer',
        doc: 'what the function returned (64 bits) for a thread started by `run:`; else the exit code',
      },
      code: { type: 'integer', doc: 'the exit code, 0 to 255' },
      signal: { type: 'name', doc: 'the signal that killed it' },
    },
  },
  log: {
    doc: 'a line of the kernel log',
    subject: 'text',
    fields: { text: { type: 'text', doc: 'the line' } },
  },
  bug: {
    doc: 'a known bug of the kernel shows at this point',
    subject: 'bug',
    fields: {
      bug: { type: 'name', doc: 'its number: `B4`' },
      probe,
      ip,
      note: { type: 'text', doc: 'what happens, in one sentence' },
    },
  },
  quiesce: {
    doc: 'all threads of a process are asked to stop, because a probe is to be put there or taken out (`insert: quiesce`)',
    subject: 'probe',
    fields: { probe, threads: { type: 'integer', doc: 'how many have to stop' } },
  },
  resumed: {
    doc: 'they go on; the byte has been written',
    subject: 'probe',
    fields: {
      probe,
      steps: { type: 'integer', doc: 'steps of all tasks since they were asked' },
      time: { type: 'integer', doc: 'nanoseconds of the virtual clock since then' },
    },
  },
} as const satisfies Record<string, KindDescription>

export type EventKind = keyof typeof eventKinds

export const allKinds = Object.keys(eventKinds) as readonly EventKind[]

/** The kinds in view unless a scenario says otherwise. */
export const defaultTrace: readonly EventKind[] = ['hit', 'ret', 'signal', 'fault', 'exit']

export function describeKind(kind: EventKind): KindDescription {
  return eventKinds[kind]
}
