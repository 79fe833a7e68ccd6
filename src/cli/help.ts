// SPDX-License-Identifier: MIT

import { reporterTexts } from '../report/reporter-texts.ts'
import { traceFormatTexts } from '../report/trace-format-texts.ts'
import { type CommandName, commands } from './commands.ts'
import { type Option, options } from './options.ts'
import { probeWords } from './probe-words.ts'

/** Help for the tool, or for one command; 100 columns at most, no colours. */
export function help(command?: CommandName): string {
  return command === undefined ? overview() : commandHelp(command)
}

function overview(): string {
  const rows = Object.entries(commands).map(
    ([name, { usage, text }]) => [`trapline ${name === 'run' ? '[run]' : name} ${usage}`, text] as const,
  )
  return [
    'trapline runs scenarios of user-space probes: programs, probes, a schedule, and what must be seen.',
    '',
    ...columns(rows),
    '',
    ...columns([
      ['trapline --help [command]', 'this, or the flags of one command'],
      ['trapline --version', 'the version'],
    ]),
    '',
    'what   a file, a folder, a glob, the id of a test, or file:line; without one, the folder scenarios/',
    '',
    'Flags in TRAPLINE_OPTS are put before those that are typed. NO_COLOR, FORCE_COLOR and CI are heeded.',
    'Exit codes: 0 all passed, 1 some failed, 2 wrong usage, 3 some scenario is invalid,',
    '4 nothing selected, 70 a bug in trapline, 130 interrupted.',
    '',
  ].join('\n')
}

const groups: Readonly<Record<Option['group'], string>> = {
  choose: 'Which tests',
  order: 'In which order',
  goldens: 'Goldens',
  trust: 'Trust',
  program: 'The program',
  output: 'Output',
}

function commandHelp(command: CommandName): string {
  const { usage, text } = commands[command]
  const parts = [`trapline ${command === 'run' ? '[run]' : command} ${usage} [flags]`, '', `  ${text}`, '']
  const own = Object.entries(options as Readonly<Record<string, Option>>)
    .filter(([, option]) => option.commands.includes(command))
    .map(([name, option]) => ({ group: option.group, left: spelling(name, option), right: option.text }))
  const width = Math.max(...own.map(({ left }) => left.length))
  for (const [group, heading] of Object.entries(groups)) {
    const rows = own.filter(row => row.group === group).map(({ left, right }) => [left, right] as const)
    if (rows.length > 0) parts.push(heading, ...columns(rows, width), '')
  }
  if (command === 'run') parts.push('Reporters', ...columns(Object.entries(reporterTexts), width), '')
  if (command === 'probe') parts.push('SYMBOL', ...columns(Object.entries(probeWords), width), '')
  if (command === 'trace') parts.push('Formats', ...columns(Object.entries(traceFormatTexts), width), '')
  return parts.join('\n')
}

/** Longer lists of values would push all texts to the right; they stand in the text, or below the flags. */
const longestChoices = 28

function spelling(name: string, { short, takes, value, choices }: Option): string {
  const list = choices?.join('|') ?? ''
  const placeholder = list !== '' && list.length <= longestChoices ? list : `<${value}>`
  const argument = {
    nothing: '',
    value: ` ${placeholder}`,
    optional: `[=${placeholder}]`,
    'optional-number': ` [${value}]`,
  }
  return `${short ? `-${short}, ` : '    '}--${name}${argument[takes]}`
}

/** Two columns; where the left one is too long, the right one begins on a line of its own. */
function columns(rows: readonly (readonly [string, string])[], width = widest(rows)): string[] {
  return rows.map(([left, right]) =>
    left.length > width
      ? `  ${left}\n  ${' '.repeat(width)}   ${right}`
      : `  ${left.padEnd(width)}   ${right}`,
  )
}

function widest(rows: readonly (readonly [string, string])[]): number {
  return Math.min(36, Math.max(...rows.map(([left]) => left.length)))
}
