// SPDX-License-Identifier: MIT
import { traceFormatNames } from '../report/trace-format-texts.ts'
import { type ProfileName, profiles } from '../uprobes/profile.ts'
import type { CommandName } from './commands.ts'

/**
 * One flag. `takes` says what follows it: nothing, a value, or a value that may be left out (then it is written with `=`, or,
 * where it is a number, as the next word).
 */
export type Option = {
  readonly takes: 'nothing' | 'value' | 'optional' | 'optional-number'
  readonly short?: string
  /** The value's name in help. */
  readonly value?: string
  /** The least number that may be given; 0 where nothing is said. */
  readonly least?: number
  readonly repeatable?: true
  readonly choices?: readonly string[]
  readonly group: 'choose' | 'order' | 'goldens' | 'trust' | 'program' | 'output'
  readonly commands: readonly CommandName[]
  readonly text: string
}

const running: readonly CommandName[] = ['run']
const choosing: readonly CommandName[] = ['run', 'list', 'check']
const showing: readonly CommandName[] = [
  'run',
  'check',
  'explain',
  'trace',
  'build',
  'list',
  'exec',
  'compare',
  'probe',
]

/** Every flag of every command. Parsing, "did you mean" and help are made from this table. */
export const options = {
  grep: {
    takes: 'value',
    short: 'g',
    value: 'text',
    group: 'choose',
    commands: choosing,
    text: 'only tests whose id or title contains the text',
  },
  tag: {
    takes: 'value',
    short: 't',
    value: 't|!t',
    repeatable: true,
    group: 'choose',
    commands: choosing,
    text: 'only tests with one of the tags; !t: without that tag',
  },
  'last-failed': {
    takes: 'nothing',
    group: 'choose',
    commands: running,
    text: 'only what failed in the last run (.trapline/last-run.json)',
  },
  bail: {
    takes: 'optional-number',
    value: 'n',
    least: 1,
    group: 'order',
    commands: running,
    text: 'stop after n failures (1)',
  },
  shuffle: {
    takes: 'optional-number',
    value: 'seed',
    group: 'order',
    commands: running,
    text: 'run in another order; the seed is printed and repeats it',
  },
  update: {
    takes: 'optional',
    short: 'u',
    value: 'what',
    choices: ['changed', 'missing', 'all'],
    group: 'goldens',
    commands: running,
    text: 'write goldens that changed, are missing, or both (all)',
  },
  'forbid-only': {
    takes: 'nothing',
    group: 'trust',
    commands: running,
    text: 'a scenario with `only` fails; the default where CI is set',
  },
  'pass-with-no-tests': {
    takes: 'nothing',
    group: 'trust',
    commands: running,
    text: 'nothing selected is no error',
  },
  'verify-deterministic': {
    takes: 'nothing',
    group: 'trust',
    commands: running,
    text: 'run everything twice and compare',
  },
  event: {
    takes: 'value',
    short: 'e',
    value: 'def',
    repeatable: true,
    group: 'program',
    commands: ['exec'],
    text: 'a probe, as `p:work pool:work item=%di:s32`; repeatable',
  },
  root: {
    takes: 'value',
    value: 'dir',
    group: 'program',
    commands: ['exec'],
    text: 'the folder that the program sees as `/`, read-only but for /tmp',
  },
  strace: {
    takes: 'nothing',
    group: 'program',
    commands: ['exec'],
    text: 'system calls and signals on standard error, too, as strace prints them',
  },
  kernel: {
    takes: 'value',
    value: 'profile',
    choices: Object.keys(profiles) as ProfileName[],
    group: 'program',
    commands: ['probe'],
    text: 'whose probes: linux-6.18 (the default), linux-7.2, v2-2010 or v1-2010',
  },
  over: {
    takes: 'value',
    value: 'choice=a,b',
    repeatable: true,
    group: 'choose',
    commands: ['compare'],
    text: 'a choice of the kernel and its values; repeatable',
  },
  svg: {
    takes: 'value',
    value: 'file',
    group: 'output',
    commands: ['compare'],
    text: 'draw the share of executions that were seen, too',
  },
  reporter: {
    takes: 'value',
    short: 'r',
    value: 'name[:file]',
    repeatable: true,
    group: 'output',
    commands: running,
    text: 'how to report, and where to; repeatable',
  },
  trace: {
    takes: 'value',
    value: 'when',
    choices: ['on-fail', 'always', 'never'],
    group: 'output',
    commands: running,
    text: 'whose events are reported and kept (on-fail)',
  },
  color: {
    takes: 'value',
    value: 'when',
    choices: ['auto', 'always', 'never'],
    group: 'output',
    commands: showing,
    text: 'colours; auto: where a terminal reads and NO_COLOR is not set',
  },
  quiet: {
    takes: 'nothing',
    short: 'q',
    group: 'output',
    commands: running,
    text: 'only what went wrong, and the sum',
  },
  verbose: {
    takes: 'nothing',
    short: 'v',
    group: 'output',
    commands: running,
    text: 'titles too',
  },
  full: {
    takes: 'nothing',
    group: 'output',
    commands: running,
    text: 'do not hide the events that were as expected around a failure',
  },
  json: {
    takes: 'nothing',
    group: 'output',
    commands: ['list', 'compare', 'probe', 'explain'],
    text: 'one JSON object a line',
  },
  symbols: {
    takes: 'nothing',
    group: 'output',
    commands: ['explain'],
    text: 'every symbol of its programs instead',
  },
  format: {
    takes: 'value',
    value: 'name',
    choices: traceFormatNames,
    group: 'output',
    commands: ['trace'],
    text: 'how to write the events, see below',
  },
  out: {
    takes: 'value',
    value: 'file',
    group: 'output',
    commands: ['trace'],
    text: 'write there instead of standard output',
  },
  lanes: {
    takes: 'nothing',
    group: 'output',
    commands: ['trace'],
    text: 'a column for each task',
  },
  output: {
    takes: 'value',
    short: 'o',
    value: 'dir',
    group: 'output',
    commands: ['build'],
    text: 'folder for the programs; made where it is missing',
  },
} as const satisfies Record<string, Option>

export type OptionName = keyof typeof options

type ValueOf<O extends Option> = O extends { repeatable: true }
  ? readonly string[]
  : O extends { takes: 'nothing' }
    ? boolean
    : O extends { takes: 'optional-number' }
      ? number | 'default'
      :
          | (O extends { choices: readonly (infer Choice)[] } ? Choice : string)
          | (O extends { takes: 'optional' } ? 'default' : never)

/** What was given, by the option's long name. An optional value that was left out is `default`. */
export type Flags = { readonly [Name in OptionName]?: ValueOf<(typeof options)[Name]> }

/** Flags that the command line is designed to have and this version does not: refused by name. */
export const optionsToCome: readonly string[] = [
  'ci-update',
  'compare-unprobed',
  'fix',
  'jobs',
  'preemptions',
  'schedules',
  'seed',
  'shard',
  'watch',
  'write',
]
