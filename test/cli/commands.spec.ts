// SPDX-License-Identifier: MIT
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { root } from '../source-files.ts'
import { expectGolden } from './expect-golden.ts'
import { type Said, tool } from './tool.ts'

/** A copy of the scenarios in test/cli/data, to run the tool in. */
let folder: string
const trapline = (line: string, environment: Record<string, string> = {}): Promise<Said> =>
  tool(line.split(' ').filter(Boolean), {
    folder,
    environment: { PATH: process.env['PATH'], ...environment },
  })

/** Everything that was said, with the exit code, as goldens keep it. */
function transcript(line: string, { out, err, code }: Said): string {
  return `$ trapline ${line}\n${out}--- standard error\n${err}--- exit code ${code}\n`
}

async function expectTranscript(name: string, line: string): Promise<void> {
  const said = await trapline(line)
  expect(said.code, said.err).not.to.equal(70)
  expectGolden(name, transcript(line, said))
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trapline-'))
  cpSync(join(root, 'test/cli/data'), folder, { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('trapline list', () => {
  it('lists every test and why one would not just run', () => expectTranscript('list', 'list'))

  it('gives JSON, one object a line', async () => {
    const { out, code } = await trapline('list passes unsupported --json')
    expect(code).to.equal(0)
    const [passes, unsupported] = out
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(passes).to.deep.equal({
      id: 'passes',
      file: 'scenarios/passes.yaml',
      line: 1,
      title: 'add() is called once with 2 and 3',
      tags: ['calls'],
      only: false,
      requires: [],
      missing: [],
    })
    expect(unsupported).to.deep.include({ requires: ['no-such-program'], missing: ['no-such-program'] })
  })

  it('has the exit codes of a choice', async () => {
    expect(await trapline('list --tag nobody passes')).to.deep.equal({
      code: 4,
      out: '0 tests in 0 files\n',
      err: '',
    })
    expect((await trapline('list passes')).code).to.equal(0)
    expect((await trapline('list')).code).to.equal(3)
    expect((await trapline('list nothing')).code).to.equal(2)
  })
})

describe('trapline check', () => {
  it('tells every mistake that needs no run', () => expectTranscript('check', 'check'))

  it('finds goldens that no test writes', async () => {
    for (const name of ['golden.consumers=1.trace', 'golden.consumers=3.trace', 'gone.trace']) {
      writeFileSync(join(folder, 'scenarios', name), '# golden\n')
    }
    const { out, code } = await trapline('check golden passes')
    expect(out.split('\n').filter(line => line.startsWith('error'))).to.deep.equal([
      'error[L021]: no test compares itself with scenarios/golden.consumers=3.trace',
      'error[L021]: no test compares itself with scenarios/gone.trace',
    ])
    expect(code).to.equal(3)
    expect((await trapline('check golden[insn=push,consumers=2]')).out).to.equal(
      '1 test, 0 errors, 0 warnings\n',
    )
  })

  it('is content with what is right', async () => {
    expect(await trapline('check passes')).to.deep.equal({
      code: 0,
      out: '1 test, 0 errors, 0 warnings\n',
      err: '',
    })
  })
})

describe('trapline explain', () => {
  it('says what a scenario does', () => expectTranscript('explain', 'explain golden[insn=push,consumers=2]'))

  it('says what a known bug of the kernel is', async () => {
    const { out } = await trapline('explain B18')
    expect(out).to.equal('B18  an exchange of registers is taken for a nop, and lost\n')
    expect((await trapline('explain B3')).out).to.match(/; the kernel crashes\n$/)
    expect(await trapline('explain B99')).to.deep.include({
      code: 2,
      err: 'trapline: there is no known bug B99\n',
    })
  })

  it('asks which variant is meant', async () => {
    const { err, code } = await trapline('explain golden')
    expect(err).to.match(
      /^trapline: `golden` stands for 4 tests; name one of them:\n {2}golden\[insn=push,consumers=1\]\n/,
    )
    expect(code).to.equal(2)
  })

  it('lists symbols, whatever else is wrong', async () => {
    expect(await trapline('explain no-such-symbol --symbols')).to.deep.equal({
      code: 0,
      out: '0x401000  calc:main\n0x401010  calc:add\n',
      err: '',
    })
    expect((await trapline('explain no-such-symbol')).code).to.equal(3)
  })

  it('lists every system call of Linux with how far it is supported', async () => {
    const { code, out } = await trapline('explain syscalls')
    expect(code).to.equal(0)
    const lines = out.split('\n')
    expect(lines[0]).to.match(/^ {2}0 {2}read +full$/)
    expect(
      lines.filter(line => /^ *(202|336|469) /.test(line)).map(line => line.split(/ {2,}/)),
    ).to.deep.equal([
      ['202', 'futex', 'partial', 'priorities have no effect; no FUTEX_WAIT_REQUEUE_PI'],
      ['336', 'uprobe', 'full', 'from the trampolines of optimized probes only'],
      ['469', 'file_setattr', 'none'],
    ])
    // What is not all there says what is missing.
    expect(lines.filter(line => /^ *\d+ {2}\w+ +partial$/.test(line))).to.deep.equal([])
    const numbers = lines.flatMap(line => /^ *(\d+) {2}/.exec(line)?.[1] ?? []).map(Number)
    expect(numbers).to.deep.equal([...new Set(numbers)].sort((a, b) => a - b))
    expect(lines.slice(-5, -1).map(line => line.trim().split(/ +/)[1])).to.deep.equal([
      'full',
      'partial',
      'stub',
      'none',
    ])
  })

  it('says of single system calls how far they are supported', async () => {
    expect((await trapline('explain syscalls ptrace 1')).out).to.equal(
      '101  ptrace  stub     refused with EPERM\n  1  write   full\n',
    )
    expect((await trapline('explain syscalls --json 248')).out).to.equal(
      '{"number":248,"name":"add_key","support":"none"}\n',
    )
    expect(await trapline('explain syscalls futxe')).to.deep.equal({
      code: 2,
      out: '',
      err: 'trapline: Linux has no system call `futxe`; did you mean `futex`?\n',
    })
  })
})

describe('trapline build', () => {
  it('writes programs that can be executed', async () => {
    expect(await trapline('build passes -o out/programs')).to.deep.equal({
      code: 0,
      out: 'out/programs/calc\n',
      err: '',
    })
    const path = join(folder, 'out/programs/calc')
    expect(statSync(path).mode & 0o777).to.equal(0o755)
    expect(readFileSync(path).subarray(0, 4).toString('latin1')).to.equal('\x7fELF')
  })

  it('keeps the programs of several tests apart', async () => {
    const { code } = await trapline('build golden passes -o out')
    expect(code).to.equal(0)
    expect(readdirSync(join(folder, 'out')).sort())
      .to.have.lengthOf(5)
      .and.include('golden[insn=nop,consumers=1]')
  })

  it('builds what it can', async () => {
    const { code, out, err } = await trapline('build passes invalid -o out')
    expect(code).to.equal(3)
    expect(out).to.equal('out/passes/calc\n')
    expect(err).to.match(/^error\[S002\]/)
    expect(existsSync(join(folder, 'out/invalid'))).to.equal(false)
    expect((await trapline('build passes')).code).to.equal(2)
  })
})

describe('trapline trace', () => {
  it('prints every event as a golden would', () => expectTranscript('trace', 'trace passes'))
  it('prints a column for each task', () => expectTranscript('trace-lanes', 'trace passes --lanes'))

  it('prints the kernel’s own text', () => expectTranscript('trace-ftrace', 'trace passes --format ftrace'))

  it('writes into a file', async () => {
    for (const format of ['ftrace', 'lines', 'perfetto']) {
      const { code, out, err } = await trapline(`trace passes --format ${format} --out trace.out`)
      expect([code, out, err]).to.deep.equal([0, '', ''])
      const printed = (await trapline(`trace passes --format ${format}`)).out
      expect(readFileSync(join(folder, 'trace.out'), 'utf8')).to.equal(printed)
    }
    const { code, err } = await trapline('trace passes --out no/such/folder/trace.out')
    expect([code, err]).to.match(/^2,trapline: ENOENT: no such file or directory, open/)
  })

  it('prints JSON', async () => {
    const { out } = await trapline('trace passes --format json')
    const events = out
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(events.map(({ kind }) => kind)).to.include.members(['attach', 'trap', 'hit', 'exit'])
    expect(events.find(({ kind }) => kind === 'hit').fields.args).to.deep.equal({ a: '2', b: '3' })
    for (const format of ['json', 'lines']) {
      const { code, err } = await trapline(`trace passes --format ${format} --lanes`)
      expect(code).to.equal(2)
      expect(err).to.equal(`trapline: \`--lanes\` and \`--format ${format}\` exclude each other\n`)
    }
  })
})

describe('trapline run', () => {
  it('reports on every kind of result', async () => {
    writeFileSync(join(folder, 'scenarios/golden.consumers=1.trace'), '# golden, consumers=1\n')
    await expectTranscript('run', 'run')
    expect(readdirSync(join(folder, '.trapline')).sort()).to.include.members([
      'last-run.json',
      'unexpected',
      'wrong-field',
    ])
  })

  it('is the command when none is named', () => expectTranscript('run-one', 'passes'))
  it('says more on request', () => expectTranscript('run-pretty', '-v -r pretty passes skipped wrong-field'))

  it('gives nothing but NDJSON with -r json', async () => {
    const { out } = await trapline('-r json passes wrong-field --trace always')
    const messages = out
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(new Set(messages.map(({ type }) => type))).to.deep.equal(
      new Set(['run', 'scenario', 'event', 'result', 'summary']),
    )
    expect(messages.filter(({ type }) => type === 'result')).to.have.lengthOf(2)
    expect(readFileSync(join(folder, '.trapline/passes/trace.txt'), 'utf8')).to.equal(
      (await trapline('trace passes')).out,
    )
  })

  it('has an exit code for what the caller must know first', async () => {
    const codes = {
      passes: 0,
      'passes skipped unsupported known-failure': 0,
      surprise: 1,
      'wrong-field passes': 1,
      'invalid wrong-field passes': 3,
      'no-such-symbol': 3,
      '--grep nobody': 4,
      '--grep nobody --pass-with-no-tests': 0,
      'nobody invalid': 2,
    }
    for (const [line, code] of Object.entries(codes)) expect((await trapline(line)).code, line).to.equal(code)
  })

  it('runs again what failed', async () => {
    expect((await trapline('--last-failed')).code).to.equal(2)
    await trapline('passes wrong-field surprise')
    const again = await trapline('--last-failed')
    expect(again.out)
      .to.match(/^FAIL wrong-field .*\nFAIL surprise /)
      .and.not.include('PASS')
    await trapline('passes')
    expect(await trapline('--last-failed')).to.deep.equal({
      code: 0,
      out: '',
      err: 'trapline: nothing failed in the last run\n',
    })
  })

  it('says with a failure what is doubtful in its scenario', async () => {
    const path = join(folder, 'scenarios/wrong-field.yaml')
    writeFileSync(path, readFileSync(path, 'utf8').replace('p calc:add ', 'p calc:add+1 '))
    const { out } = await trapline('wrong-field')
    expect(out).to.match(/^FAIL wrong-field .* T001/)
    expect(out.match(/^warning\[L007\]: 0x401011 is in the middle of an instruction$/gm)).to.have.lengthOf(1)
  })

  it('compares two runs on request', async () => {
    expect((await trapline('passes --verify-deterministic')).out).to.match(/^PASS passes/)
  })

  it('shuffles with a seed that repeats it', async () => {
    const first = await trapline('--shuffle skipped passes unsupported')
    const seed = /seed (\d+)/.exec(first.out)![1]
    expect((await trapline(`--shuffle ${seed} skipped passes unsupported`)).out).to.equal(first.out)
  })

  it('heeds CI', async () => {
    const focused = readFileSync(join(folder, 'scenarios/passes.yaml'), 'utf8').replace(
      'tags: [calls]',
      'only: true',
    )
    writeFileSync(join(folder, 'scenarios/focused.yaml'), focused)
    const line = 'passes focused'
    expect(await trapline(line)).to.deep.include({
      code: 0,
      err: 'trapline: not run because others have `only`: 1\n',
    })
    expect((await trapline(line, { CI: 'true' })).out).to.match(/^PASS passes 0ms\nFAIL focused 0ms L020/)
    expect((await trapline(line, { CI: 'false' })).code).to.equal(0)
    expect((await trapline(`${line} --forbid-only`)).code).to.equal(1)
    expect((await trapline(`${line} --no-forbid-only`, { CI: '1' })).code).to.equal(0)
    expect(await trapline('-u golden', { CI: '1' })).to.deep.include({ code: 2, out: '' })
  })
})

describe('trapline run --update', () => {
  const golden = (consumers: number): string => join(folder, `scenarios/golden.consumers=${consumers}.trace`)

  it('writes what is missing and changes what differs', async () => {
    expect((await trapline('golden')).code).to.equal(1)
    const first = await trapline('-u golden')
    expect(first).to.deep.include({ code: 0 })
    expect(first.err).to.match(/^trapline: wrote scenarios\/golden\.consumers=1\.trace: \d+ events\n/)
    const text = readFileSync(golden(1), 'utf8')
    expect((await trapline('golden')).code).to.equal(0)
    expect((await trapline('-u golden')).err).to.equal('')

    writeFileSync(golden(1), text.replace('v=5', 'v=6'))
    expect((await trapline('--update=missing golden')).code).to.equal(1)
    const second = await trapline('--update=changed golden')
    expect(second.err).to.match(
      /changed scenarios\/golden\.consumers=1\.trace: 1 of \d+ events\n {4}- ret .*v=6.*\n {4}\+ ret .*v=5/,
    )
    expect(readFileSync(golden(1), 'utf8')).to.equal(text)
  })

  it('asks all variants that share a golden, also those that were not selected', async () => {
    const path = join(folder, 'scenarios/golden.yaml')
    // With `nop`, the function returns something else.
    writeFileSync(path, readFileSync(path, 'utf8').replace('code: nop,', 'code: inc edi,'))
    const { code, err, out } = await trapline('-u golden[insn=push,consumers=1]')
    expect(code).to.equal(1)
    expect(out).to.match(/^FAIL golden\[insn=push,consumers=1\] 0ms T005/)
    expect(err).to.include('left alone: scenarios/golden.consumers=1.trace, because its variants disagree')
    expect(existsSync(golden(1))).to.equal(false)
  })

  it('blesses nothing from a run that has something else wrong with it', async () => {
    const path = join(folder, 'scenarios/golden.yaml')
    writeFileSync(path, readFileSync(path, 'utf8').replace('fault: _', 'exit: main'))
    const { code, err } = await trapline('-u golden')
    expect(code).to.equal(1)
    expect(err).to.include('not blessed: golden[insn=push,consumers=1] (T003: ')
    expect(existsSync(golden(1))).to.equal(false)
  })

  it('puts what was seen into plain values of the file, and nothing else', async () => {
    const path = join(folder, 'scenarios/wrong-field.yaml')
    const before = readFileSync(path, 'utf8')
    const { code, err } = await trapline('-u wrong-field')
    expect(code).to.equal(0)
    expect(err).to.equal('trapline: changed scenarios/wrong-field.yaml\ntrapline:   line 21: 4 is now 3\n')
    expect(readFileSync(path, 'utf8')).to.equal(before.replace('b: 4', 'b: 3'))
  })

  it('blesses no expected failure', async () => {
    const path = join(folder, 'scenarios/known-failure.yaml')
    const before = readFileSync(path, 'utf8')
    expect((await trapline('-u known-failure')).code).to.equal(0)
    expect(readFileSync(path, 'utf8')).to.equal(before)
  })
})

describe('trapline compare', () => {
  it('puts kernels side by side', () =>
    expectTranscript('compare', 'compare passes --over emulated=none,branches-and-push'))

  it('says what is missing, and which choice was meant', async () => {
    expect((await trapline('compare passes')).err).to.contain('trapline compare <what> --over')
    const { err, code } = await trapline('compare passes --over exekute=xol')
    expect(code).to.equal(2)
    expect(err).to.contain('did you mean `execute`?')
  })

  it('takes a mistake of the file for no refusal by a kernel', async () => {
    const { out, err, code } = await trapline(
      'compare no-such-symbol passes --over execute=xol,inline --json',
    )
    expect(code).to.equal(3)
    expect(err).to.contain('error[R002]').and.contain('scenarios/no-such-symbol.yaml:')
    expect(out.split('\n').map(line => line.slice(0, 14))).to.deep.equal([
      '{"id":"passes"',
      '{"id":"passes"',
      '',
    ])
  })

  it('names what this computer has not', async () => {
    expect(await trapline('compare unsupported --over execute=xol')).to.deep.equal({
      code: 0,
      out: '',
      err: 'trapline: unsupported is not compared: needs no-such-program\n',
    })
  })
})
