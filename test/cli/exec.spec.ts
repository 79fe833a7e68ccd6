// SPDX-License-Identifier: MIT
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { StandardInput } from '../../src/kernel/kernel.ts'
import { assemble } from '../../src/program/assembler/assemble.ts'
import { hasProgram } from '../engine/has-program.ts'
import { tool } from './tool.ts'

/** Reads its input, calls `work` with 7, writes what it has read, and exits with what `work` gave back, or is killed. */
const source = `
_start:
    xor  eax, eax
    xor  edi, edi
    lea  rsi, [rip + room]
    mov  edx, 64
    syscall
    mov  rbx, rax
    mov  edi, 7
    lea  rsi, [rip + name]
    call work
    mov  r12d, eax
    mov  eax, 1
    mov  edi, 1
    lea  rsi, [rip + room]
    mov  rdx, rbx
    syscall
    cmp  qword ptr [rsp], 1
    ja   faulty
    mov  edi, r12d
    mov  eax, 231
    syscall
faulty:
    mov  [0x10], eax
refused:
    hlt
work:
    lea  eax, [rdi + 35]
    ret
.data
name: .asciz "alpha"
.bss
room: .skip 64
`

describe('trapline exec', () => {
  let folder: string
  const input = async (): Promise<StandardInput> => ({ kind: 'pipe', bytes: Buffer.from('some input\n') })

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'trapline-exec-'))
    const origin = { file: { path: 'pool.s', text: source }, lineStarts: [] }
    const built = await assemble([{ text: source, origin }], { name: 'pool', pie: false })
    if (!built.ok) throw new Error(built.diagnostics[0]!.message)
    writeFileSync(join(folder, 'pool'), built.value.bytes)
    chmodSync(join(folder, 'pool'), 0o755)
  })

  after(() => rmSync(folder, { recursive: true }))

  it('passes on input, output and exit code, and prints the trace', async () => {
    const { code, out, err } = await tool(
      [
        'exec',
        '-e',
        'p:work pool:work item=%di:s32 name=+0(%si):string',
        '-e',
        'r:back pool:work $retval',
        '--',
        './pool',
      ],
      { folder, input },
    )
    expect({ code, out }).to.deep.equal({ code: 42, out: 'some input\n' })
    const lines = err.trimEnd().split('\n')
    expect(lines[0]).to.match(
      /^ +pool-100 +\[000\] \S+ +0\.000000: work: \(0x[0-9a-f]+\) item=7 name="alpha"$/,
    )
    expect(lines[1]).to.match(/: back: \(0x[0-9a-f]+ <- 0x[0-9a-f]+\) arg1=0x2a$/)
    expect(lines).to.have.length(2)
  })

  it('has one event at several places', async () => {
    const { err } = await tool(
      ['exec', '-e', 'p:place pool:_start', '-e', 'p:place pool:work', '--', './pool'],
      { folder, input },
    )
    expect(err.match(/ place: \(0x[0-9a-f]+\)\n/g)).to.have.length(2)
  })

  it('says what killed the program, and where', async () => {
    const { code, err } = await tool(['exec', '--', './pool', 'word'], { folder })
    expect(code).to.equal(128 + 11)
    expect(err).to.equal('trapline: killed by SIGSEGV at pool:faulty, address 0x10\n')
  })

  it('ends as the program of an exec does, whichever thread has called it', async () => {
    const text = `
_start:
    cmp  qword ptr [rsp], 1
    mov  edi, 4
    ja   leave
    mov  rbx, [rsp + 8]
    mov  eax, 56            # clone(VM | FS | FILES | SIGHAND | THREAD, 0)
    mov  edi, 0x10f00
    xor  esi, esi
    xor  edx, edx
    xor  r10d, r10d
    xor  r8d, r8d
    syscall
    test eax, eax
    jnz  pause
    mov  rdi, rbx           # execve(argv[0], {"a", "b"}, 0)
    lea  rsi, [rip + words]
    mov  eax, 59
    syscall
pause:
    mov  eax, 34
    syscall
leave:
    mov  eax, 231
    syscall
.data
a: .asciz "a"
words: .quad a, a, 0
`
    const origin = { file: { path: 'again.s', text }, lineStarts: [] }
    const built = await assemble([{ text, origin }], { name: 'again', pie: false })
    if (!built.ok) throw new Error(built.diagnostics[0]!.message)
    writeFileSync(join(folder, 'again'), built.value.bytes)
    chmodSync(join(folder, 'again'), 0o755)
    expect(await tool(['exec', '--', './again'], { folder })).to.include({ code: 4, err: '' })
  })

  it('prints system calls', async () => {
    const { err } = await tool(['exec', '--strace', '--', './pool'], { folder, input })
    expect(err.split('\n')).to.deep.equal([
      '[pool] read(0, "some input\\n", 64) = 11',
      '[pool] write(1, "some input\\n", 11) = 11',
      '[pool] exit_group(42) = ?',
      '[pool] +++ exited with 42 +++',
      '',
    ])
  })

  it('reports a system call that is not there once, with what it was asked', async () => {
    const text = `_start: mov ebx, 3
    again: mov eax, 248
    mov edi, 7
    mov esi, ebx
    xor edx, edx
    syscall
    mov r12, rax
    dec ebx
    jnz again
    mov edi, r12d
    neg edi
    mov eax, 231
    syscall`
    const built = await assemble([{ text, origin: { file: { path: 'a.s', text }, lineStarts: [] } }], {
      name: 'asks',
      pie: false,
    })
    if (!built.ok) throw new Error(built.diagnostics[0]!.message)
    writeFileSync(join(folder, 'asks'), built.value.bytes)
    // ENOSYS
    expect(await tool(['exec', '--', './asks'], { folder })).to.deep.equal({
      code: 38,
      out: '',
      err: 'trapline: kernel: the system call add_key(0x7, 0x3, 0x0, 0x0, 0x0, 0x0) is not supported: ENOSYS\n',
    })
  })

  for (const [definition, message, mark] of [
    ['p pool:wurk', 'binary `pool` has no symbol `wurk`', '       ^^^^ did you mean `work`?'],
    ['p pool:work item=%dj', 'the kernel refuses this probe: Invalid register name', '^^^ EINVAL'],
    ['p lake:work', 'no binary is named `lake`', '  ^^^^'],
    ['p /lib/lake:0x10', 'the kernel refuses this probe', '^'],
  ] as const) {
    it(`refuses ${definition} with a mark under it`, async () => {
      const { code, out, err } = await tool(['exec', '-e', definition, '--', './pool'], { folder, input })
      expect({ code, out }).to.deep.equal({ code: 3, out: '' })
      expect(err).to.include(message).and.include(`1 | ${definition}\n`)
      expect(err).to.include(mark)
    })
  }

  it('warns of a probe in the middle of an instruction', async () => {
    const { err } = await tool(['exec', '-e', 'p pool:work+1', '--', './pool'], { folder, input })
    expect(err).to.include('in the middle of an instruction')
  })

  it('warns of an instruction that the kernel refuses to probe', async () => {
    const { code, err } = await tool(['exec', '-e', 'p pool:refused', '--', './pool'], { folder, input })
    expect(code).to.equal(42)
    expect(err).to.include('warning[L010]: the kernel refuses to probe `hlt').and.include('^')
  })

  it('refuses what is no program', async () => {
    expect((await tool(['exec'], { folder })).code).to.equal(2)
    expect((await tool(['exec', '--', './nothing'], { folder })).err).to.equal(
      'trapline: there is no file `./nothing`\n',
    )
    expect((await tool(['exec', '--', 'ls'], { folder })).err).to.include('programs are named by their paths')
    expect((await tool(['exec', '--', '.'], { folder })).err).to.equal(
      'trapline: `.` is a folder, not a program\n',
    )
    expect((await tool(['exec', '--root', 'nowhere', '--', '/x'], { folder })).err).to.equal(
      'trapline: there is no folder `nowhere`\n',
    )
    writeFileSync(join(folder, 'script'), '#!/bin/sh\n')
    expect((await tool(['exec', '--', './script'], { folder })).err).to.include(
      '`script` is a script, and what executes it is not there',
    )
    writeFileSync(join(folder, 'text'), 'no program')
    expect((await tool(['exec', '--', './text'], { folder })).err).to.include(
      'does not start as an ELF file does',
    )
  })

  it('finds a program as a shell does, and starts it where it was called', async () => {
    const text = `_start: mov eax, 79
    lea rdi, [rip + room]
    mov esi, 64
    syscall
    mov edx, eax
    dec edx
    mov eax, 1
    mov edi, 1
    lea rsi, [rip + room]
    syscall
    xor edi, edi
    mov eax, 231
    syscall
    .bss
    room: .skip 64`
    const origin = { file: { path: 'where.s', text }, lineStarts: [] }
    const built = await assemble([{ text, origin }], { name: 'where', pie: false })
    if (!built.ok) throw new Error(built.diagnostics[0]!.message)
    mkdirSync(join(folder, 'place/bin'), { recursive: true })
    mkdirSync(join(folder, 'place/sub'))
    writeFileSync(join(folder, 'place/bin/where'), built.value.bytes)
    chmodSync(join(folder, 'place/bin/where'), 0o755)
    const environment = { PATH: '/nothing:/bin' }
    const run = async (from: string, ...words: string[]): Promise<string> => {
      const { out, err } = await tool(['exec', ...words], { folder: join(folder, from), environment })
      return out + err
    }
    expect(await run('place/sub', '--root', '..', '--', 'where')).to.equal('/sub')
    expect(await run('place/bin', '--root', '..', '--', './where')).to.equal('/bin')
    expect(await run('.', '--root', 'place', '--', 'bin/where')).to.equal('/')
    expect(await run('place', '--', 'bin/where')).to.equal(join(folder, 'place'))
    expect(await run('place/sub', '--', '../bin/where')).to.equal('/')
    expect(await run('place/sub', '--root', '..', '--', './where')).to.include('/sub/where cannot be started')
  })

  it('shows a folder as the whole tree: links stay inside, nothing is written', async function () {
    this.timeout(60_000)
    if (!hasProgram('cc')) this.skip()
    const { execa } = await import('execa')
    const tree = join(folder, 'tree')
    mkdirSync(join(tree, 'etc'), { recursive: true })
    writeFileSync(join(folder, 'secret'), 'secret')
    writeFileSync(join(tree, 'etc/real'), 'inside\n')
    symlinkSync('/etc/real', join(tree, 'etc/absolute'))
    symlinkSync('../../secret', join(tree, 'etc/climbs'))
    symlinkSync(join(folder, 'secret'), join(tree, 'etc/outside'))
    writeFileSync(
      join(folder, 'look.c'),
      `#include <errno.h>
      #include <stdio.h>
      int main(int count, char **words) {
        for (int at = 1; at < count; at++) {
          char line[40] = "";
          FILE *file = fopen(words[at], "r");
          printf("%s: %s", words[at], file && fgets(line, sizeof line, file) ? line : "no\\n");
        }
        FILE *file = fopen("/etc/real", "w");
        if (file || errno != EROFS) puts("written");
        file = fopen("/tmp/new", "w");
        return file && fputs("word", file) > 0 && fclose(file) == 0 ? 0 : 1;
      }`,
    )
    await execa('cc', ['-static', '-o', join(tree, 'look'), join(folder, 'look.c')])
    const paths = ['/etc/real', '/etc/absolute', '/etc/climbs', '/etc/outside', '/../secret']
    const { code, out } = await tool(['exec', '--root', 'tree', '--', '/look', ...paths], { folder })
    expect(code).to.equal(0)
    expect(out.split('\n')).to.deep.equal([
      '/etc/real: inside',
      '/etc/absolute: inside',
      '/etc/climbs: no',
      '/etc/outside: no',
      '/../secret: no',
      '',
    ])
    const { existsSync, readFileSync } = await import('node:fs')
    expect(readFileSync(join(tree, 'etc/real'), 'utf8')).to.equal('inside\n')
    expect(existsSync(join(tree, 'tmp'))).to.equal(false)
  })

  it('runs dynamically linked programs, with probes in their libraries', async function () {
    this.timeout(60_000)
    if (!hasProgram('cc') || process.platform !== 'linux' || process.arch !== 'x64') this.skip()
    const { execa } = await import('execa')
    const source =
      '#include <stdlib.h>\nint main(void) { void *volatile p = malloc(12345); free(p); return 7; }'
    await execa('cc', ['-x', 'c', '-', '-o', join(folder, 'linked')], { input: source })
    const { stdout } = await execa('ldd', [join(folder, 'linked')], { reject: false })
    const library = /(\S+) => (\/\S+)/.exec(stdout)
    if (!library) this.skip()
    const { code, err } = await tool(
      [
        'exec',
        '--root',
        '/',
        '-e',
        `p:byPath ${library[2]}:malloc size=%di:u64`,
        '-e',
        `p:byName ${library[1]}:free`,
        '--',
        join(folder, 'linked'),
      ],
      { folder },
    )
    expect(code).to.equal(7)
    expect(err).to.match(/ byPath: \(0x[0-9a-f]+\) size=12345\n/)
    expect(err).to.match(/ byName: \(0x[0-9a-f]+\)\n/)
  })
})
