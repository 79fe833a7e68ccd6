// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { Diagnostic, Label } from '../../src/diagnostics/diagnostic.ts'
import { renderDiagnostic, renderDiagnostics } from '../../src/diagnostics/render.ts'
import type { SourceFile } from '../../src/diagnostics/source-file.ts'

const bad: SourceFile = {
  path: 'scenarios/bad.yaml',
  text: 'title: x\nbinaries: {}\nthreads:\n  main:\n    runs: add      # typo\n    args: [1, "2"]\n',
}
const simple: SourceFile = {
  path: 'scenarios/simple.yaml',
  text: `${'\n'.repeat(11)}      add:\n${'\n'.repeat(7)}  add_in: uprobe:calc:ad\n`,
}

function label(file: SourceFile, text: string, words?: string): Label {
  const start = file.text.indexOf(text)
  return { span: { file, start, end: start + text.length }, ...(words !== undefined && { text: words }) }
}

function plain(diagnostic: Omit<Diagnostic, 'severity'> & { severity?: 'warning' }): string[] {
  return renderDiagnostic({ severity: 'error', ...diagnostic }, { color: false }).split('\n')
}

describe('a diagnostic as text', () => {
  it('shows the line before, the place and what was meant', () => {
    const text = plain({
      code: 'S002',
      message: 'unknown key `runs` in threads.main',
      labels: [label(bad, 'runs', 'did you mean `run`?')],
      help: ['keys allowed here: run, args'],
    })
    expect(text).to.deep.equal([
      'error[S002]: unknown key `runs` in threads.main',
      ' --> scenarios/bad.yaml:5:5',
      '  |',
      '4 |   main:',
      '5 |     runs: add      # typo',
      '  |     ^^^^ did you mean `run`?',
      '  |',
      '  = help: keys allowed here: run, args',
    ])
  })

  it('needs neither words nor help', () => {
    expect(plain({ code: 'S004', message: 'm', labels: [label(bad, '"2"')] })).to.deep.equal([
      'error[S004]: m',
      ' --> scenarios/bad.yaml:6:15',
      '  |',
      '5 |     runs: add      # typo',
      '6 |     args: [1, "2"]',
      '  |               ^^^',
      '  |',
    ])
  })

  it('shows the other half of the story below the first', () => {
    const text = plain({
      code: 'R002',
      message: 'binary `calc` has no symbol `ad`',
      labels: [
        {
          span: { file: simple, start: simple.text.length - 3, end: simple.text.length - 1 },
          text: 'did you mean `add`?',
        },
        label(simple, 'add', '`add` is here, at 0x401010'),
      ],
      help: ['symbols in calc: main 0x401000, add 0x401010'],
    })
    expect(text).to.deep.equal([
      'error[R002]: binary `calc` has no symbol `ad`',
      '  --> scenarios/simple.yaml:20:23',
      '   |',
      '20 |   add_in: uprobe:calc:ad',
      '   |                       ^^ did you mean `add`?',
      '   |',
      '  ::: scenarios/simple.yaml:12:7',
      '12 |       add:',
      '   |       --- `add` is here, at 0x401010',
      '   |',
      '   = help: symbols in calc: main 0x401000, add 0x401010',
    ])
  })

  it('lists instructions between the place and the notes', () => {
    const text = plain({
      code: 'L007',
      severity: 'warning',
      message: 'm',
      labels: [label(bad, 'runs')],
      listing: [
        '0x401010  8d 04 37   lea eax, [rdi+rsi]     ← add+0',
        '0x401013  c3         ret                    ← add+3',
      ],
      notes: ['n'],
    })
    expect(text.slice(4)).to.deep.equal([
      '  |     ^^^^',
      '  |',
      '  |  0x401010  8d 04 37   lea eax, [rdi+rsi]     ← add+0',
      '  |  0x401013  c3         ret                    ← add+3',
      '  |',
      '  = note: n',
    ])
  })

  it('sets further lines of help under the first', () => {
    const text = plain({ code: 'T001', message: 'm', labels: [label(bad, 'runs')], help: ['one\ntwo'] })
    expect(text.slice(-2)).to.deep.equal(['  = help: one', '          two'])
  })

  it('can do without a place', () => {
    expect(plain({ code: 'R001', message: 'x cannot be read', labels: [] })).to.deep.equal([
      'error[R001]: x cannot be read',
    ])
  })

  it('marks only the first line of what goes on over several, and at least one character', () => {
    const long = { span: { file: bad, start: bad.text.indexOf('main:'), end: bad.text.length } }
    const end = { span: { file: bad, start: bad.text.length, end: bad.text.length } }
    expect(plain({ code: 'T001', message: 'm', labels: [long] }).at(-1)).to.equal('  |   ^^^^^')
    expect(plain({ code: 'T001', message: 'm', labels: [end] }).at(-1)).to.equal('  | ^')
  })

  it('keeps tabs in front of the mark', () => {
    const file = { path: 'f', text: '\tfoo bar' }
    expect(plain({ code: 'T001', message: 'm', labels: [label(file, 'bar')] }).at(-1)).to.equal(
      '  | \t    ^^^',
    )
  })

  it('says the same with colour as without', () => {
    const diagnostic: Diagnostic = {
      code: 'S002',
      severity: 'warning',
      message: 'm',
      labels: [label(bad, 'runs', 'words'), label(bad, 'args')],
      notes: ['n'],
      help: ['h'],
    }
    const coloured = renderDiagnostics([diagnostic, diagnostic], { color: true })
    expect(coloured).to.include('\x1b[1;33mwarning[S002]\x1b[0m')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is removed
    const stripped = coloured.replace(/\x1b\[[\d;]*m/g, '')
    expect(stripped).to.equal(renderDiagnostics([diagnostic, diagnostic], { color: false }))
    expect(stripped.split('\n\n')).to.have.lengthOf(2)
  })
})
