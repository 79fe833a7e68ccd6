// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { type CompileRequest, compile } from '../../src/program/compile.ts'
import { compilerWords } from '../../src/program/compiler-words.ts'
import { withStartStub } from '../../src/program/start-stub.ts'
import { findSymbol } from '../../src/program/symbols.ts'
import { brief, errorsOf, programText, unwrap } from './assemble-text.ts'

const source = programText('int add(int a, int b) {\n  return a + b;\n}\n', 'a.yaml')
const span = { file: source.origin.file, start: 0, end: 3 }

describe('words of a C compiler', () => {
  const read = (words: string): string[] => compilerWords(words, source, span).map(brief)

  it('point at the line and column', () => {
    expect(read("<stdin>:2:10: error: 'q' undeclared (first use in this function)\n")).to.deep.equal([
      "2:10 B020: the C compiler says: 'q' undeclared (first use in this function)",
    ])
    expect(read('<stdin>:2: error: no column\n')).to.deep.equal(['2:3 B020: the C compiler says: no column'])
    expect(read('<stdin>:99:99: error: beyond the end\n')).to.have.lengthOf(1)
  })

  it('of other files are told with their place', () => {
    expect(read('t.h:3:1: fatal error: bad\n')).to.deep.equal(['1:1 B020: the C compiler says of t.h:3: bad'])
  })

  it('notes belong to what stands before them', () => {
    const [first] = compilerWords('<stdin>:1:5: warning: w\n<stdin>:1:1: note: n\n', source, span)
    expect(first)
      .to.include({ severity: 'warning' })
      .and.deep.include({ notes: ['n'] })
    expect(read('<stdin>:1:1: note: alone\n')).to.deep.equal([])
  })

  it('of the linker point at the name', () => {
    expect(
      read("ld: x.o: in function `f':\n<stdin>:(.text+0x5): undefined reference to `add'\n"),
    ).to.deep.equal(['1:5 B020: the linker finds no `add`'])
  })
})

describe('C programs', () => {
  let folder: string

  before(async function () {
    if (spawnSync('cc', ['--version']).status !== 0) this.skip()
    folder = await mkdtemp(join(tmpdir(), 'compile-'))
  })

  after(async () => {
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  const request = (text: string, more: Partial<CompileRequest> = {}): CompileRequest => ({
    name: 'calc',
    source: programText(text, 'a.yaml'),
    flags: [],
    pie: false,
    hosted: false,
    folder,
    cacheFolder: join(folder, 'cache'),
    span,
    ...more,
  })

  it('become static programs with symbols', async () => {
    const image = unwrap(await compile(request(source.text)))
    expect(image).to.include({ name: 'calc', positionIndependent: false })
    expect(image.interpreter).to.equal(undefined)
    expect(findSymbol(image, 'add')).to.include({ type: 'function' })
  }).timeout(30_000)

  it('are started by the same stub as assembly', async () => {
    const image = unwrap(await compile(request('static long x;\nlong worker(long n) { return x + n; }\n')))
    const file = { path: 'a.yaml', text: 'calc:worker' }
    const located = <T>(value: T) => ({ value, span: { file, start: 0, end: 11 } })
    const thread = { name: located('A'), run: located('calc:worker'), args: [], regs: new Map() }
    const started = unwrap(withStartStub(image, [thread]))
    expect(started.startStub!.threads[0]!.address).to.equal(findSymbol(image, 'worker')!.address)
    expect(started.symbols.length).to.equal(image.symbols.length + 2)
  }).timeout(30_000)

  it('are compiled once, until their text, flags or included files change', async () => {
    const cacheFolder = join(folder, 'other-cache')
    const entries = async (): Promise<number> => (await readdir(cacheFolder)).length
    await writeFile(join(folder, 'value.h'), '#define VALUE 5\n')
    const text = '#include "value.h"\nint value(void) { return VALUE; }\n'
    const first = unwrap(await compile(request(text, { cacheFolder })))
    // Without a compiler, only what is kept can answer.
    const path = process.env['PATH']
    process.env['PATH'] = folder
    try {
      expect(unwrap(await compile(request(text, { cacheFolder }))).bytes).to.deep.equal(first.bytes)
      expect(errorsOf(await compile(request(`${text}\n`, { cacheFolder })))[0]).to.include(
        'B021: no C compiler',
      )
    } finally {
      process.env['PATH'] = path
    }
    expect(await entries()).to.equal(1)
    await compile(request(text, { cacheFolder, flags: ['-O2'] }))
    expect(await entries()).to.equal(2)
    await writeFile(join(folder, 'value.h'), '#define VALUE 6\n')
    expect(unwrap(await compile(request(text, { cacheFolder }))).bytes).to.not.deep.equal(first.bytes)
    expect(await entries()).to.equal(2)
  }).timeout(60_000)

  it('with errors say where', async () => {
    expect(errorsOf(await compile(request('int f(void) {\n  return nowhere;\n}\n')))[0]).to.match(
      /^2:10 B020: .*nowhere/,
    )
    expect(errorsOf(await compile(request('int g(int);\nint f(void) { return g(1); }\n')))).to.deep.equal([
      '1:5 B020: the linker finds no `g`',
    ])
    const unknown = await compile(request(source.text, { flags: ['-lnosuchlibrary'] }))
    expect(errorsOf(unknown)).to.deep.equal(['1:1 B020: `cc` failed on binary `calc`'])
  }).timeout(30_000)

  it('bring their warnings, also from the cache', async () => {
    for (const _ of ['compiled', 'kept']) {
      const result = await compile(request('int f(void) { int unused; return 0; }\n', { flags: ['-Wall'] }))
      expect(result.ok && result.warnings?.map(brief)).to.deep.equal([
        "1:19 B020: the C compiler says: unused variable 'unused' [-Wunused-variable]",
      ])
    }
  }).timeout(30_000)

  it('may use the C library', async () => {
    const image = unwrap(
      await compile(
        request('#include <stdio.h>\nint main(void) { puts("x"); return 0; }\n', { hosted: true }),
      ),
    )
    expect(findSymbol(image, 'puts')).to.not.equal(undefined)
    expect(image.interpreter).to.equal(undefined)
  }).timeout(30_000)

  it('may be loaded anywhere', async () => {
    expect(unwrap(await compile(request(source.text, { pie: true })))).to.include({
      positionIndependent: true,
    })
  }).timeout(30_000)

  it('that take too long are given up, with the processes that were started for them', async () => {
    const bin = join(folder, 'bin')
    await mkdir(bin)
    await writeFile(join(bin, 'cc'), '#!/bin/sh\nsleep 20 &\nwait\n', { mode: 0o755 })
    const path = process.env['PATH']
    process.env['PATH'] = `${bin}:${path}`
    try {
      const late = await compile(request('int slow;\n', { timeout: 300 }))
      expect(errorsOf(late)).to.deep.equal(['1:1 B021: the C compiler did not end within 300 ms'])
    } finally {
      process.env['PATH'] = path
    }
  }).timeout(10_000)
})
