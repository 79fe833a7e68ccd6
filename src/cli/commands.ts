// SPDX-License-Identifier: MIT
import type { Flags } from './options.ts'
import type { Shell } from './shell.ts'

/** A command is given what was typed and the world around it, and returns its exit code. */
export type Command = (what: readonly string[], flags: Flags, shell: Shell) => Promise<number>

export type CommandName =
  | 'run'
  | 'check'
  | 'list'
  | 'explain'
  | 'trace'
  | 'build'
  | 'exec'
  | 'compare'
  | 'probe'

type CommandDescription = {
  readonly usage: string
  readonly text: string
  readonly load: () => Promise<Command>
}

/** Every command. Each is loaded when it is called, because what the others import would cost its start. */
export const commands: Readonly<Record<CommandName, CommandDescription>> = {
  run: {
    usage: '[what…]',
    text: 'run scenarios; the command when none is named',
    load: async () => (await import('./commands/run.ts')).run,
  },
  check: {
    usage: '[what…]',
    text: 'what needs no run: mistakes in files, orphan goldens',
    load: async () => (await import('./commands/check.ts')).check,
  },
  list: {
    usage: '[what…]',
    text: 'ids and titles of the tests, and why one would be skipped',
    load: async () => (await import('./commands/list.ts')).list,
  },
  explain: {
    usage: '<id|code|syscalls>',
    text: 'a scenario in words, an error code, or the system calls',
    load: async () => (await import('./commands/explain.ts')).explain,
  },
  trace: {
    usage: '<id>',
    text: 'run one test and print its events',
    load: async () => (await import('./commands/trace.ts')).trace,
  },
  build: {
    usage: '<what> -o <dir>',
    text: 'write the programs of scenarios as ordinary ELF files',
    load: async () => (await import('./commands/build.ts')).build,
  },
  exec: {
    usage: '[-e DEF]… [--root DIR] -- PROGRAM [ARGS]',
    text: 'run one program with probes; their trace is on standard error',
    load: async () => (await import('./commands/exec.ts')).exec,
  },
  probe: {
    usage: 'BINARY [SYMBOL…]',
    text: 'where and how a program can be probed, with lines to paste',
    load: async () => (await import('./commands/probe.ts')).probe,
  },
  compare: {
    usage: '<what> --over CHOICE=A,B…',
    text: 'run tests on kernels of other choices, side by side',
    load: async () => (await import('./commands/compare.ts')).compare,
  },
}

/** Commands that the command line is designed to have and this version does not: refused by name. */
export const commandsToCome: readonly string[] = [
  'accept',
  'completion',
  'doctor',
  'fmt',
  'init',
  'merge',
  'new',
  'reject',
  'replay',
  'review',
  'schema',
  'shrink',
  'watch',
]
