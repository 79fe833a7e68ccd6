// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { commandsToCome } from '../../src/cli/commands.ts'
import { options, optionsToCome } from '../../src/cli/options.ts'
import { parseArguments } from '../../src/cli/parse-arguments.ts'
import { splitWords } from '../../src/cli/split-words.ts'

const words = (line: string): string[] => line.split(' ').filter(word => word !== '')

/** What is said to a command line that is refused. */
function refusal(line: string, environment = ''): string {
  const invocation = parseArguments(words(line), words(environment))
  return invocation.kind === 'refused' ? invocation.message : `not refused: ${JSON.stringify(invocation)}`
}

function accepted(line: string, environment = ''): unknown {
  const { kind, ...rest } = parseArguments(words(line), words(environment))
  expect(kind).to.equal('command')
  return rest
}

describe('the command line', () => {
  it('means run when no command is named', () => {
    expect(accepted('')).to.deep.equal({ command: 'run', what: [], flags: {} })
    expect(accepted('race simple')).to.deep.equal({ command: 'run', what: ['race', 'simple'], flags: {} })
    expect(accepted('run race')).to.deep.equal({ command: 'run', what: ['race'], flags: {} })
  })

  it('takes flags before and behind the command', () => {
    expect(accepted('-q run race')).to.deep.equal({ command: 'run', what: ['race'], flags: { quiet: true } })
    expect(accepted('list --json')).to.deep.equal({ command: 'list', what: [], flags: { json: true } })
  })

  it('reads every kind of value', () => {
    const flags = { grep: 'a b', tag: ['xol', '!slow'], bail: 3, shuffle: 'default', update: 'missing' }
    const argv = ['--grep', 'a b', '-t', 'xol', '-t', '!slow', '--bail', '3', '--shuffle', '--update=missing']
    expect(parseArguments(argv)).to.deep.include({ flags })
    expect(accepted('--bail=2 --shuffle 7 race')).to.deep.include({
      what: ['race'],
      flags: { bail: 2, shuffle: 7 },
    })
    expect(accepted('--bail race')).to.deep.include({ what: ['race'], flags: { bail: 'default' } })
    expect(accepted('-u race')).to.deep.include({ what: ['race'], flags: { update: 'default' } })
    expect(accepted('-u=missing -g=-y')).to.deep.include({ flags: { update: 'missing', grep: '-y' } })
    expect(accepted('--shuffle 0')).to.deep.include({ flags: { shuffle: 0 } })
    expect(accepted('-- -u=missing')).to.deep.include({ what: ['-u=missing'] })
    expect(accepted('--no-forbid-only')).to.deep.include({ flags: { 'forbid-only': false } })
    expect(accepted('-g=-x --grep=-y')).to.deep.include({ flags: { grep: '-y' } })
  })

  it('takes everything behind -- as names', () => {
    expect(accepted('-- --bail 3')).to.deep.equal({ command: 'run', what: ['--bail', '3'], flags: {} })
  })

  it('puts what the environment says before what is typed, where the command knows it', () => {
    expect(accepted('-r json --color never', '-r lines --color=always')).to.deep.include({
      flags: { reporter: ['lines', 'json'], color: 'never' },
    })
    expect(accepted('list', '--bail')).to.deep.equal({ command: 'list', what: [], flags: {} })
    expect(refusal('', 'race')).to.equal('TRAPLINE_OPTS holds flags only, not `race`')
    expect(refusal('', '--bial')).to.equal('TRAPLINE_OPTS: there is no flag `--bial`; did you mean `--bail`?')
  })

  it('asks whether another flag was meant', () => {
    expect(refusal('--repoter lines')).to.equal('there is no flag `--repoter`; did you mean `--reporter`?')
    expect(refusal('--color allways')).to.equal('`--color` cannot be `allways`; did you mean `always`?')
    expect(refusal('--color red')).to.equal('`--color` cannot be `red`; it is one of auto, always, never')
    expect(refusal('-x')).to.equal('there is no flag `-x`')
  })

  it('says what is wrong with a value', () => {
    expect(refusal('--grep')).to.equal('`--grep` needs a value: --grep <text>')
    expect(refusal('--grep=')).to.equal('`--grep` needs a value: --grep <text>')
    expect(refusal('-g --bail')).to.match(/^`-g` needs a value: --grep <text> {3}\(or -g=--bail/)
    expect(refusal('--bail=x')).to.equal('`--bail` needs a number from 1 on, not `x`')
    expect(refusal('--bail 0')).to.equal('`--bail` needs a number from 1 on, not `0`')
    expect(refusal('--shuffle=x')).to.equal('`--shuffle` needs a number from 0 on, not `x`')
    expect(refusal('-u=foo')).to.equal('`--update` cannot be `foo`; it is one of changed, missing, all')
    expect(refusal('--quiet=yes')).to.equal('`--quiet` takes no value')
  })

  it('knows which command a flag belongs to', () => {
    expect(refusal('list --bail')).to.equal(
      '`trapline list` has no flag `--bail`; it belongs to `trapline run`',
    )
  })

  it('refuses by name what this version has not', () => {
    for (const command of commandsToCome) {
      expect(refusal(command)).to.equal(`\`trapline ${command}\` is not available in this version`)
      expect(refusal(`--help ${command}`)).to.equal(
        `\`trapline ${command}\` is not available in this version`,
      )
    }
    for (const flag of optionsToCome) {
      expect(refusal(`--${flag}`)).to.equal(`\`--${flag}\` is not available in this version`)
      expect(options).not.to.have.property(flag)
    }
  })

  it('gives help and the version wherever they are asked for', () => {
    expect(parseArguments(['--help'])).to.deep.equal({ kind: 'help' })
    expect(parseArguments(['help'])).to.deep.equal({ kind: 'help' })
    expect(parseArguments(['list', '-h'])).to.deep.equal({ kind: 'help', command: 'list' })
    expect(parseArguments(['--help', 'trace'])).to.deep.equal({ kind: 'help', command: 'trace' })
    expect(parseArguments(['help', 'trace'])).to.deep.equal({ kind: 'help', command: 'trace' })
    expect(refusal('--help trase')).to.equal('there is no command `trase`; did you mean `trace`?')
    expect(parseArguments(['run', '--version'])).to.deep.equal({ kind: 'version' })
  })
})

describe('TRAPLINE_OPTS', () => {
  it('is split as a shell would split it', () => {
    expect(splitWords('')).to.deep.equal([])
    expect(splitWords('  -q   -v ')).to.deep.equal(['-q', '-v'])
    expect(splitWords(`-g 'a b' "c \\" d"e f\\ g ''`)).to.deep.equal(['-g', 'a b', 'c " de', 'f g', ''])
    expect(splitWords(`-g 'a`)).to.equal(undefined)
    expect(splitWords('-g a\\')).to.equal(undefined)
  })
})
