// SPDX-License-Identifier: MIT
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { globToRegExp, isGlob } from '../../src/cli/glob.ts'
import { scenarioId } from '../../src/cli/scenario-id.ts'
import { selectFiles } from '../../src/cli/select-files.ts'

describe('what words stand for', () => {
  let folder: string

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'trapline-'))
    const files = [
      'scenarios/simple.yaml',
      'scenarios/golden.yml',
      'scenarios/races/a.yaml',
      'scenarios/races/b.yaml',
      'scenarios/races/notes.txt',
      'scenarios/.hidden/x.yaml',
      'scenarios/node_modules/x.yaml',
      'elsewhere/c.yaml',
    ]
    for (const file of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), 'title: t\nwhy: w\n')
    }
  })
  after(() => rmSync(folder, { recursive: true }))

  /** Ids of what the words select, or why they select nothing. */
  function ids(...words: string[]): string {
    const selection = selectFiles(words, folder)
    if (!selection.ok) return selection.message
    return selection.files
      .map(({ id, variants }) => (variants === 'all' ? id : `${id}[${variants.join(' or ')}]`))
      .join(' ')
  }

  it('no word: everything in scenarios/ but node_modules and what is hidden', () => {
    expect(ids()).to.equal('golden races/a races/b simple')
  })

  it('a file, a folder, a folder by its id', () => {
    expect(ids('scenarios/simple.yaml')).to.equal('simple')
    expect(ids('scenarios/races/')).to.equal('races/a races/b')
    expect(ids('races')).to.equal('races/a races/b')
    expect(ids('elsewhere')).to.equal('elsewhere/c')
    expect(ids(join(folder, 'scenarios/races/a.yaml'))).to.equal('races/a')
  })

  it('an id, with all its variants or some', () => {
    expect(ids('races/b', 'simple')).to.equal('races/b simple')
    expect(ids('golden[insn=sub,consumers=1]')).to.equal('golden[insn=sub,consumers=1]')
    expect(ids('golden[insn=sub]', 'golden[insn=nop]')).to.equal('golden[insn=sub or insn=nop]')
    expect(ids('golden[insn=sub]', 'golden')).to.equal('golden')
  })

  it('a place in a file, as failures print it', () => {
    expect(ids('scenarios/simple.yaml:2')).to.equal('simple')
    expect(ids('scenarios/simple.yaml:2:5')).to.equal('simple')
    expect(ids('scenarios/simple.yaml:0')).to.equal('scenarios/simple.yaml:0: lines count from 1')
    expect(ids('scenarios/simple.yaml:3')).to.equal(
      'scenarios/simple.yaml:3: scenarios/simple.yaml has only 2 lines',
    )
  })

  it('a glob over paths or ids', () => {
    expect(ids('scenarios/**/*.yaml')).to.equal('races/a races/b simple')
    expect(ids('races/*')).to.equal('races/a races/b')
    expect(ids('./elsewhere/?.{yaml,yml}')).to.equal('elsewhere/c')
    expect(ids('nothing/*')).to.equal('')
  })

  it('each file once', () => {
    expect(ids('races', 'races/a', 'scenarios/races/*.yaml')).to.equal('races/a races/b')
  })

  it('nothing: a question whether something near was meant', () => {
    const unknown = 'is neither a command nor a file, a folder or the id of a test'
    expect(ids('races/c')).to.match(/; did you mean `races\/[ab]`\?$/)
    expect(ids('simpel')).to.equal(`\`simpel\` ${unknown}; did you mean \`simple\`?`)
    expect(ids('whatever')).to.equal(`\`whatever\` ${unknown}`)
    expect(ids('chekc')).to.equal(`\`chekc\` ${unknown}; did you mean \`check\`?`)
    expect(selectFiles([], join(folder, 'elsewhere'))).to.have.property('ok', false)
  })
})

describe('the id of a file', () => {
  it('is its path below the nearest folder named scenarios, wherever the tool was started', () => {
    expect(scenarioId('/p/scenarios/races/a.yaml', '/p')).to.equal('races/a')
    expect(scenarioId('/p/scenarios/old/scenarios/a.yml', '/q')).to.equal('a')
    expect(scenarioId('/p/scenarios.yaml', '/p')).to.equal('scenarios')
  })

  it('is else its path below the folder where the tool was started, or its name', () => {
    expect(scenarioId('/p/test/data/a.yaml', '/p')).to.equal('test/data/a')
    expect(scenarioId('/p/test/data/a.yaml', '/q')).to.equal('a')
    expect(scenarioId('/p/a.b.yaml', '/p')).to.equal('a.b')
  })
})

describe('a glob', () => {
  const matches = (pattern: string, path: string): boolean => globToRegExp(pattern).test(path)

  it('keeps * and ? within a folder, and lets ** cross any number of them', () => {
    expect(matches('a/*.yaml', 'a/b.yaml')).to.equal(true)
    expect(matches('a/*.yaml', 'a/b/c.yaml')).to.equal(false)
    expect(matches('a/**/c.yaml', 'a/c.yaml')).to.equal(true)
    expect(matches('a/**/c.yaml', 'a/x/y/c.yaml')).to.equal(true)
    expect(matches('a/**', 'a/x/y')).to.equal(true)
    expect(matches('?.yaml', '/.yaml')).to.equal(false)
  })

  it('knows sets and alternatives, and takes everything else as it stands', () => {
    expect(matches('[ab].{yaml,y?l}', 'b.yml')).to.equal(true)
    expect(matches('[!ab].yaml', 'a.yaml')).to.equal(false)
    expect(matches('a+(b).yaml', 'a+(b).yaml')).to.equal(true)
    expect(matches('a.yaml', 'axyaml')).to.equal(false)
  })

  it('is not what the brackets of a variant make', () => {
    expect(isGlob('golden[insn=push,consumers=1]')).to.equal(false)
    expect(isGlob('races/*')).to.equal(true)
  })
})
