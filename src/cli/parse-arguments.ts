// SPDX-License-Identifier: MIT
import { parseArgs } from 'node:util'
import { suggest } from '../diagnostics/suggest.ts'
import { type CommandName, commands, commandsToCome } from './commands.ts'
import { type Flags, type Option, type OptionName, options, optionsToCome } from './options.ts'

export type Invocation =
  | {
      readonly kind: 'command'
      readonly command: CommandName
      readonly what: readonly string[]
      readonly flags: Flags
    }
  | { readonly kind: 'help'; readonly command?: CommandName }
  | { readonly kind: 'version' }
  /** Something that was typed cannot be meant: a sentence, and perhaps what to type instead. */
  | { readonly kind: 'refused'; readonly message: string }

type Given = { readonly name: OptionName; readonly value: string | number | boolean; readonly typed: string }
type Scan = {
  readonly given: readonly Given[]
  readonly words: readonly string[]
  readonly help: boolean
  readonly version: boolean
}

const table: Readonly<Record<string, Option>> = options

/**
 * What a person typed, behind what `TRAPLINE_OPTS` says. A flag in the variable holds for the commands that know it; a flag
 * that was typed must be one of the command's own.
 */
export function parseArguments(argv: readonly string[], fromEnvironment: readonly string[] = []): Invocation {
  const standing = scan(fromEnvironment)
  if (typeof standing === 'string') return refused(`TRAPLINE_OPTS: ${standing}`)
  if (standing.words[0] !== undefined) {
    return refused(`TRAPLINE_OPTS holds flags only, not ${quote(standing.words[0])}`)
  }
  const typed = scan(argv)
  if (typeof typed === 'string') return refused(typed)
  if (typed.version) return { kind: 'version' }

  const [first, ...rest] = typed.words
  if (first !== undefined && commandsToCome.includes(first)) return notYet(`trapline ${first}`)
  const named = first !== undefined && Object.hasOwn(commands, first) ? (first as CommandName) : undefined
  if (typed.help || first === 'help') return help(first === 'help' ? rest[0] : first)

  const command = named ?? 'run'
  const foreign = typed.given.find(({ name }) => !table[name]!.commands.includes(command))
  if (foreign) {
    const owners = table[foreign.name]!.commands.map(owner => `\`trapline ${owner}\``).join(', ')
    return refused(`\`trapline ${command}\` has no flag \`${foreign.typed}\`; it belongs to ${owners}`)
  }
  const applicable = standing.given.filter(({ name }) => table[name]!.commands.includes(command))
  return {
    kind: 'command',
    command,
    what: named ? rest : typed.words,
    flags: collect([...applicable, ...typed.given]),
  }
}

function help(word: string | undefined): Invocation {
  if (word === undefined) return { kind: 'help' }
  if (Object.hasOwn(commands, word)) return { kind: 'help', command: word as CommandName }
  if (commandsToCome.includes(word)) return notYet(`trapline ${word}`)
  return refused(`there is no command ${quote(word)}${didYouMean(word, Object.keys(commands))}`)
}

/** Tokens of one list of words, each checked against the table; a text is what is wrong with them. */
function scan(argv: readonly string[]): Scan | string {
  const given: Given[] = []
  const words: string[] = []
  const seen = { help: false, version: false }
  const { tokens } = parseArgs({
    args: spellOut(argv),
    options: parseArgsOptions(),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value)
    if (token.kind !== 'option') continue
    if (token.name === 'help' || token.name === 'version') seen[token.name] = true
    else {
      const option = readOption(token.name, token.rawName, token.value, token.inlineValue === true)
      if (typeof option === 'string') return option
      given.push(option)
    }
  }
  return { given, words, ...seen }
}

function parseArgsOptions() {
  const own = Object.entries(table).map(([name, { takes, short }]) => [
    name,
    { type: takes === 'value' ? 'string' : 'boolean', ...(short && { short }) },
  ])
  const common = { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'V' } }
  return { ...Object.fromEntries(own), ...common } as NonNullable<Parameters<typeof parseArgs>[0]>['options']
}

/** `--bail 3` as `--bail=3`, and `-u=missing` as `--update=missing`: parseArgs knows neither. */
function spellOut(argv: readonly string[]): string[] {
  const end = argv.indexOf('--')
  const before = end < 0 ? argv : argv.slice(0, end)
  const spelt: string[] = []
  for (const word of before) {
    const option = spelt.at(-1)
    const takes = option?.startsWith('--') ? table[option.slice(2)]?.takes : undefined
    if (takes === 'optional-number' && /^\d+$/.test(word)) spelt[spelt.length - 1] = `${option}=${word}`
    else spelt.push(longName(word))
  }
  return [...spelt, ...argv.slice(before.length)]
}

/** A short flag that is given its value with `=`, under its long name. */
function longName(word: string): string {
  const [, letter, value] = /^-([^-])=(.*)$/s.exec(word) ?? []
  const name = letter && Object.keys(table).find(candidate => table[candidate]!.short === letter)
  return name ? `--${name}=${value}` : word
}

function readOption(name: string, typed: string, value: string | undefined, inline: boolean): Given | string {
  const positive = name.startsWith('no-') && table[name.slice(3)]?.takes === 'nothing' ? name.slice(3) : name
  const option = Object.hasOwn(table, positive) ? table[positive] : undefined
  if (!option) {
    if (optionsToCome.includes(name)) return `\`--${name}\` is not available in this version`
    return `there is no flag \`${typed}\`${didYouMean(name, [...Object.keys(table), 'help', 'version'], '--')}`
  }
  const result = (read: string | number | boolean): Given => ({
    name: positive as OptionName,
    value: read,
    typed,
  })
  if (option.takes === 'nothing') {
    return value === undefined ? result(positive === name) : `\`${typed}\` takes no value`
  }
  const optional = option.takes === 'optional' || option.takes === 'optional-number'
  if (value === undefined && optional) return result('default')
  const example = `--${name}${optional ? '=' : ' '}<${option.value}>`
  if (value === undefined || value === '') return `\`${typed}\` needs a value: ${example}`
  if (!inline && /^-./.test(value)) {
    return `\`${typed}\` needs a value: ${example}   (or ${typed}=${value}, if that is the value)`
  }
  if (option.choices && !option.choices.includes(value)) {
    const hint = didYouMean(value, option.choices) || `; it is one of ${option.choices.join(', ')}`
    return `\`${typed}\` cannot be ${quote(value)}${hint}`
  }
  if (option.takes === 'optional-number') {
    const number = Number(value)
    const least = option.least ?? 0
    if (!/^\d+$/.test(value) || !Number.isSafeInteger(number) || number < least) {
      return `\`${typed}\` needs a number from ${least} on, not ${quote(value)}`
    }
    return result(number)
  }
  return result(value)
}

function collect(given: readonly Given[]): Flags {
  const flags: Record<string, unknown> = {}
  for (const { name, value } of given) {
    flags[name] = table[name]!.repeatable ? [...((flags[name] as string[] | undefined) ?? []), value] : value
  }
  return flags as Flags
}

function didYouMean(typed: string, names: readonly string[], prefix = ''): string {
  const name = suggest(typed, names)
  return name === undefined ? '' : `; did you mean \`${prefix}${name}\`?`
}

function quote(word: string): string {
  return `\`${word}\``
}

function notYet(what: string): Invocation {
  return refused(`\`${what}\` is not available in this version`)
}

function refused(message: string): Invocation {
  return { kind: 'refused', message }
}
