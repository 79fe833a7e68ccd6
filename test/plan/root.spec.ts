// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { renderDiagnostics } from '../../src/diagnostics/render.ts'
import { runEmulator } from '../../src/engine/run-emulator.ts'
import type { Address } from '../../src/events/value.ts'
import { judge } from '../../src/expect/judge.ts'
import type { OpenFolder } from '../../src/plan/host-folder.ts'
import { makePlan } from '../../src/plan/make-plan.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { explainPlan } from '../../src/report/explain/explain-plan.ts'
import { loadText, scenarioText } from '../scenario/load-text.ts'
import { interpretedProgram, rootFolder, type TreeInWords } from './root-folder.ts'

const linker = '/lib64/ld.so.2'

/** Writes a word, tries to make a file, and exits with what the kernel answered. */
const loader = `
_start:
    mov  eax, 1
    mov  edi, 1
    lea  rsi, [rip + word]
    mov  edx, 7
    syscall
    lea  rdi, [rip + path]
    mov  esi, 0x41
    mov  eax, 2
    syscall
    neg  eax
    mov  edi, eax
    mov  eax, 231
    syscall
word: .ascii "loaded\\n"
path: .asciz "/new"
`

const scenarioWith = (root: string, more = ''): string => `title: a program with an interpreter
${root}
binaries:
  app: { elf: app }
processes:
  app: { exec: app${more} }
expect:
  output: "loaded\\n"
`

describe('a root folder', () => {
  let app: Uint8Array
  let ld: Uint8Array

  before(async () => {
    app = await interpretedProgram('_start: hlt', linker)
    ld = await interpretedProgram(loader)
  })

  async function planOf(
    text: string,
    folders: Readonly<Record<string, TreeInWords | 'no-folder' | 'unreadable'>>,
  ): Promise<{ readonly plan?: Plan; readonly told: string }> {
    const { scenarios, diagnostics } = await loadText(text)
    const openFolder: OpenFolder = path => {
      const found = folders[path]
      return typeof found === 'object' ? rootFolder(found) : (found ?? 'missing')
    }
    if (!scenarios[0]) return { told: renderDiagnostics(diagnostics, { color: false }) }
    const result = await makePlan(scenarios[0], {
      cacheFolder: '/nonexistent',
      readFile: async () => app,
      openFolder,
    })
    const told = renderDiagnostics(result.ok ? (result.warnings ?? []) : result.diagnostics, { color: false })
    return result.ok ? { plan: result.value, told } : { told }
  }

  it('is where programs find their dynamic linker, and cannot be written', async () => {
    const tree = { lib64: '-> usr/lib', usr: { lib: { 'ld.so.2': '-> /usr/lib/ld-3.so', 'ld-3.so': ld } } }
    const { plan, told } = await planOf(scenarioWith('root: tree'), { '/here/tree': tree })
    expect(told).to.equal('')
    const runs = [1, 2].map(() => runEmulator(plan!))
    for (const run of runs) {
      expect(run.output).to.equal('loaded\n')
      expect(run.diagnostics).to.deep.equal([])
      // EROFS
      expect(run.events.at(-1)!.fields).to.include({ code: 30n })
    }
    expect(runs[0]!.events).to.deep.equal(runs[1]!.events)
  })

  it('is a path from the folder of the file, or an absolute one', async () => {
    const tree = { lib64: { 'ld.so.2': ld } }
    for (const [root, path] of [
      ['sub/tree', '/here/sub/tree'],
      ['../tree', '/tree'],
      ['/', '/'],
      ['/srv/root', '/srv/root'],
    ] as const)
      expect((await planOf(scenarioWith(`root: ${root}`), { [path]: tree })).told).to.equal('')
  })

  const told: Readonly<Record<string, readonly [string, Parameters<typeof planOf>[1], readonly string[]]>> = {
    'is not there': [
      'root: trea',
      { '/here': { tree: {}, file: 'x' } },
      [
        'error[R019]: the root folder `trea` is not there',
        '2 | root: trea\n',
        '    ^^^^ did you mean `tree`?',
      ],
    ],
    'is a file': [
      'root: pool.c',
      { '/here/pool.c': 'no-folder' },
      ['R019]: `pool.c` is no folder', '^^^^^^'],
    ],
    'cannot be read': [
      'root: /root',
      { '/root': 'unreadable' },
      ['R019]: the root folder `/root` cannot be read', '^^^^^'],
    ],
    'is not given': [
      '',
      {},
      [
        'error[R020]: program `app` is dynamically linked, and the scenario has no root folder with /lib64/ld.so.2',
        '6 |   app: { exec: app }\n  |                ^^^',
        'help: name the folder that has it',
      ],
    ],
    'has no dynamic linker': [
      'root: tree',
      { '/here/tree': { lib64: {} } },
      [
        'R020]: /lib64/ld.so.2, the dynamic linker of `app`, is not in the root folder',
        '2 | root: tree\n  |       ^^^^',
        '--- `app` is started here',
      ],
    ],
    'has a link to what is only outside': [
      'root: tree',
      { '/here/tree': { lib64: '-> /usr/lib64' } },
      ['R020]', 'note: /lib64 is a link to /usr/lib64, and links are followed inside the folder'],
    ],
    'has a link that leaves it': [
      'root: tree',
      { '/here/tree': { lib64: '=> ../../lib64' } },
      [
        'error[R021]: /lib64/ld.so.2, the dynamic linker of `app`, lies behind a link that leaves the root folder',
        'note: /lib64 is a link to ../../lib64',
        'help: nothing outside the folder is read',
      ],
    ],
    'has a circle of links': [
      'root: tree',
      { '/here/tree': { lib64: '-> a', a: '-> lib64' } },
      ['R020]', 'lies behind links that go round in a circle'],
    ],
    'has a folder where the linker should be': [
      'root: tree',
      { '/here/tree': { lib64: { 'ld.so.2': {} } } },
      ['R020]', 'is a folder in the root folder'],
    ],
    'has a linker that cannot be executed': [
      'root: tree',
      { '/here/tree': { lib64: { 'ld.so.2': 'not executable' } } },
      ['R020]', 'cannot be executed'],
    ],
    'has a file where its folder should be': [
      'root: tree',
      { '/here/tree': { lib64: 'file' } },
      ['R020]', 'is not in the root folder'],
    ],
  }
  for (const [name, [root, folders, parts]] of Object.entries(told)) {
    it(`that ${name} is told as such`, async () => {
      const { told: text } = await planOf(scenarioWith(root), folders)
      for (const part of parts) expect(text).to.include(part)
      expect(text.match(/^error/gm)).to.have.length(1)
    })
  }

  it('holds libraries, whose places are named by path or by name alone', async () => {
    const tree = { lib64: '-> usr/lib64', usr: { lib64: { 'ld.so.2': '-> real.so', 'real.so': ld } } }
    const text = scenarioWith('root: tree').replace(
      'expect:\n',
      `probes:
  short: p ld.so.2:_start+5 first=%ax
  long: p /usr/lib64/real.so:_start+10
schedule:
  - run: app
    until: { at: "/lib64/ld.so.2:_start+0xa" }
  - check: { text: { "ld.so.2:_start+5": breakpoint, "ld.so.2:_start": original } }
  - run: app
expect:
  events:
    - { hit: short, ip: "/lib64/ld.so.2:_start+5", args: { first: 1 } }
    - { hit: long, ip: ld.so.2:_start+10 }
    - { exit: app }
`,
    )
    const { plan, told: text2 } = await planOf(text, { '/here/tree': tree })
    expect(text2).to.equal('')
    const run = runEmulator(plan!)
    expect(run.diagnostics).to.deep.equal([])
    expect(judge(plan!, run, { read: () => undefined }).diagnostics).to.deep.equal([])
    const hits = run.events.filter(({ kind }) => kind === 'hit')
    expect(hits.map(({ fields }) => (fields['ip'] as Address).at)).to.deep.equal([
      'ld.so.2:_start+0x5',
      'ld.so.2:_start+0xa',
    ])
    expect(explainPlan(plan!)).to.include('in /usr/lib64/real.so of the root folder')
  })

  it('is asked for where a library is named without one', async () => {
    const text = scenarioText({ probes: 'probes:\n  add_in: p libc.so.6:malloc' })
    expect((await planOf(text, {})).told)
      .to.include('R005')
      .and.include('root: /')
    const rooted = scenarioText({
      title: 'title: a claim\nroot: tree',
      probes: 'probes:\n  add_in: p libc.so.6:malloc',
    })
    expect((await planOf(rooted, { '/here/tree': {} })).told).to.include('no binary is named `libc.so.6`')
    const wrong = rooted.replace('libc.so.6:malloc', 'ld.so.2:start')
    const { told: text3 } = await planOf(wrong, { '/here/tree': { lib: { 'ld.so.2': ld } } })
    expect(text3).to.include('binary `ld.so.2` has no symbol `start`').and.include('did you mean `_start`?')
  })

  it('is not hidden by binaries and files of the scenario', async () => {
    const lib64 = { 'ld.so.2': ld }
    const clash = await planOf(scenarioWith('root: tree'), { '/here/tree': { lib64, app: 'file' } })
    expect(clash.told).to.include(
      'error[R022]: binary `app` lies at /app, and the root folder has a file of this name',
    )
    const own = scenarioWith('root: tree').replaceAll('app', 'proc')
    expect((await planOf(own, { '/here/tree': { lib64 } })).told).to.include(
      'R022]: binary `proc` lies at /proc',
    )
    for (const [path, reason] of [
      ['/lib64', 'the root folder has a folder there'],
      ['/etc/passwd/x', '/etc/passwd is a file'],
      ['/out/x', '/out is a link to ../x'],
    ] as const) {
      const files = scenarioWith('root: tree', `, files: { ${path}: text }`)
      const { told: text } = await planOf(files, {
        '/here/tree': { lib64, etc: { passwd: 'x' }, out: '=> ../x' },
      })
      expect(text).to.include(`R022]: file \`${path}\` of process \`app\` cannot be made: ${reason}`)
    }
  })

  it('may have files put over it, through its links', async () => {
    const reader = loader
      .replace('mov  esi, 0x41', 'xor esi, esi')
      .replace('neg  eax', 'nop')
      .replace('/new', '/usr/lib/conf')
    const tree = {
      lib64: { 'ld.so.2': await interpretedProgram(reader) },
      lib: '-> usr/lib',
      usr: { lib: { conf: 'old' } },
    }
    const text = scenarioWith('root: tree', ', files: { /lib/conf: new, /made/here/x: "" }')
    const { plan, told: text2 } = await planOf(text, { '/here/tree': tree })
    expect(text2).to.equal('')
    expect(runEmulator(plan!).events.at(-1)!.fields).to.include({ code: 3n })
  })
})
