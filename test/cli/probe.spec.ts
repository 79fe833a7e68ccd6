// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { parseDefinition } from '../../src/tracing/definition/parse-definition.ts'
import { imageOf } from '../program/assemble-text.ts'
import { expectGolden } from './expect-golden.ts'
import { startTool, tool } from './tool.ts'

const program = `
.intel_syntax noprefix
.globl main, tail
main:
    endbr64
    push rbp
    lea rax, [rip + table]
    call tail
    pop rbp
    ret
vexed:
    vpxor xmm0, xmm0, xmm0
    vpshufd xmm1, xmm0, 3
    ret
locked:
    lock inc dword ptr [rdi]
    ret
plain_nop:
    .byte 0x0f, 0x1f, 0x44, 0x00, 0x00
    ret
work.isra.0:
    xchg r8d, eax
    ret
work.cold:
    ud2
calls:
    syscall
    ret
.balign 4096
.skip 4093
tail:
    .byte 0x0f, 0x1f, 0x44, 0x00, 0x00
    ret
.data
table: .quad 1, 2
`

describe('trapline probe', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'trapline-'))
    writeFileSync(join(folder, 'calc'), imageOf(program).bytes)
    writeFileSync(join(folder, 'text'), 'no program')
  })
  after(() => rmSync(folder, { recursive: true }))

  const masked = (text: string): string => text.replaceAll(folder, '/srv')
  const probe = async (...argv: string[]) => {
    const { code, out, err } = await tool(['probe', ...argv], { folder })
    return { code, out: masked(out), err: masked(err) }
  }

  it('as a process lists what a program has, by name', async () => {
    const { stdout, stderr, exitCode } = await startTool(['probe', 'calc'], folder)
    expect({ stderr, exitCode }).to.deep.equal({ stderr: '', exitCode: 0 })
    expectGolden('probe-list', `${stdout}\n`)
  })

  it('tells of a place where it is, what is there, what the kernel does, and what to type', async () => {
    const { code, out, err } = await probe(
      'calc',
      ...[
        'main',
        'main+8',
        'vexed',
        'vexed+4',
        'locked',
        'plain_nop',
        'tail',
        'calls',
        'work.isra.0',
        '0x1004',
      ],
    )
    expect({ code, err }).to.deep.equal({ code: 1, err: '' })
    expectGolden('probe', out)
  })

  it('says what is wrong with a name or a number', async () => {
    const { code, out, err } = await probe(
      'calc',
      ...['mian', 'table', 'work', 'main+x', 'main+0x9000', '0x401000', '0x10', '0x10000000', 'q*'],
    )
    expect({ code, out }).to.deep.equal({ code: 3, out: '' })
    expectGolden('probe-errors', err)
  })

  it('says what is wrong with a file', async () => {
    const missing = await probe('nothing')
    expect(missing.code).to.equal(2)
    expect(missing.err).to.match(/^trapline: ENOENT/)
    expect((await probe('.')).err).to.equal('trapline: /srv is no file\n')
    const text = await probe('text')
    expect(text.code).to.equal(3)
    expect(text.err).to.match(
      /^error\[B010\]: `text` is no program that can be probed: it does not start as an ELF/,
    )
    expect((await probe()).code).to.equal(2)
  })

  it('takes a pattern for a list, with lines that can be pasted', async () => {
    const { code, out } = await probe('calc', '*a*n*')
    expect(code).to.equal(0)
    expect(out.split('\n').filter(line => /^[pr]:/.test(line))).to.deep.equal([
      'p:calc/main /srv/calc:0x1000',
      'r:calc/main_ret /srv/calc:0x1000 ret=$retval',
      'p:calc/plain_nop /srv/calc:0x1021',
      'r:calc/plain_nop_ret /srv/calc:0x1021 ret=$retval',
    ])
  })

  it('judges for another kernel', async () => {
    const kernels = await Promise.all(
      ['linux-6.18', 'linux-7.2'].map(name => probe('calc', 'work.isra.0', '--kernel', name)),
    )
    expect(kernels[0]!.out).to.include('does it itself: a nop').and.include('B18')
    expect(kernels[1]!.out).to.include('steps a copy').and.not.include('B18')
  })

  it('writes an object a place for programs', async () => {
    const { out } = await probe('calc', 'main', 'main+8', '--json')
    const [main, middle] = out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(main).to.deep.include({
      name: 'main',
      offset: '0x1000',
      address: '0x401000',
      boundary: { kind: 'start' },
    })
    expect(main.kernel).to.include({ how: 'stepped', traps: 2 })
    expect(main.instead).to.deep.equal({ address: '0x401004', text: 'push rbp', traps: 1 })
    expect(middle.boundary).to.include({ kind: 'middle' })
    expect(middle.definitions).to.deep.equal([])
    const list = (await probe('calc', '--json')).out.trim().split('\n')
    expect(list.map(line => JSON.parse(line).name)).to.include.members(['main', 'vexed'])
  })

  it('writes only definitions that the kernel takes, also for names and paths that it would not', async () => {
    symlinkSync(join(folder, 'calc'), join(folder, '9 lives#1'))
    symlinkSync(join(folder, 'calc'), join(folder, '9-lives.so.1'))
    expect((await probe('9 lives#1', 'main')).out).to.include('probe the file through a link')
    // The kernel takes the second byte of this letter, A0, for white space.
    symlinkSync(join(folder, 'calc'), join(folder, 'voilà'))
    expect((await probe('voilà', 'main')).out).to.include('probe the file through a link')
    const { out } = await probe('9-lives.so.1', '*', '--json')
    const lines = out
      .trim()
      .split('\n')
      .flatMap((line): string[] => JSON.parse(line).definitions)
    expect(lines).to.include('p:at_9_lives/work_isra_0 /srv/9-lives.so.1:0x1027')
    for (const line of lines)
      expect(parseDefinition(line, { resolvePath: () => ({ regular: true }) }).ok, line).to.equal(true)
    expect(new Set(lines.map(line => line.split(' ')[0])).size).to.equal(lines.length)
  })

  describe('compiled programs', () => {
    before(function () {
      if (spawnSync('cc', ['--version']).status !== 0) this.skip()
    })

    const compile = (name: string, source: string, ...flags: string[]): void => {
      writeFileSync(join(folder, `${name}.c`), source)
      const { status, stderr } = spawnSync('cc', [...flags, '-o', name, `${name}.c`], {
        cwd: folder,
        encoding: 'utf8',
      })
      expect(status, stderr).to.equal(0)
    }

    it('tells of inlined copies, under each DWARF version and packed', async () => {
      const source = `
        static inline __attribute__((always_inline)) int twice(int a) { return a * 2 + 1; }
        volatile int v;
        __attribute__((noinline)) int outer(int a) {
          return twice(a) + twice(v);
        }
        int main(void) { return outer(v) + twice(v); }`
      for (const flags of [['-gdwarf-5'], ['-gdwarf-4'], ['-gdwarf-5', '-gz=zlib']]) {
        compile('inlined', source, '-O2', ...flags)
        const { code, out } = await probe('inlined', 'twice')
        expect(code).to.equal(0)
        expect(out).to.match(/^twice has no code of its own/)
        const lines = out.match(/p:inlined\/twice \S+/g)!
        expect(new Set(lines).size).to.equal(3)
        expect(out).to.include('inlined/twice has several places')
      }
    })

    it('tells of copies beside the function itself', async () => {
      compile(
        'both',
        `int add(int a) { return a * 3; }
         int (*volatile pointer)(int) = add;
         int main(int c, char **v) { return add(c) + pointer(c); }`,
        ...['-O2', '-g'],
      )
      const { out } = await probe('both', 'add', '--json')
      const { inlined, inlinedDefinitions } = JSON.parse(out)
      expect(inlined).to.deep.include({ kind: 'read', known: true })
      expect(inlined.copies).to.have.lengthOf(1)
      expect(inlined.copies[0].line).to.equal(3)
      expect(inlinedDefinitions[0]).to.match(/^p:both\/add_inlined \/srv\/both:0x/)
    })

    it('tells static functions of one name apart, and falls back on exported names', async () => {
      writeFileSync(
        join(folder, 'other.c'),
        'static int twin(int a) { return a + 2; } int (*other)(int) = twin;',
      )
      compile(
        'twins',
        'static int twin(int a) { return a + 1; } int (*first)(int) = twin; int main() { return 0; }',
        'other.c',
      )
      const { out } = await probe('twins', 'twin')
      expect(out)
        .to.match(/local, of twins\.c\n/)
        .and.match(/local, of other\.c\n/)
      expect(out).to.include('p:twins/twin ').and.include('p:twins/twin_2 ')
      compile('stripped', 'int main(void) { return 0; }', '-s', '-static-pie')
      expect((await probe('stripped')).out).to.include('(the file is stripped: there are no names)')
    })

    it('knows indirect functions, versions and stubs', async () => {
      writeFileSync(
        join(folder, 'lib.map'),
        'V1 { global: twice; local: *; }; V2 { global: twice; pick; } V1;',
      )
      compile(
        'lib.so',
        `int puts(const char *);
         __asm__(".symver old_twice, twice@V1\\n.symver new_twice, twice@@V2");
         int old_twice(int a) { return puts("old") + a; }
         int new_twice(int a) { return puts("new") + a; }
         static int __pick_fast(int a) { return a; }
         static int (*choose(void))(int) { return __pick_fast; }
         int pick(int) __attribute__((ifunc("choose")));`,
        ...['-shared', '-fPIC', '-O1', '-Wl,--version-script=lib.map'],
      )
      const { out } = await probe('lib.so', 'twice', 'twice@V1', 'pick', 'puts@plt')
      expect(out)
        .to.match(/^twice {3}a function/m)
        .and.match(/^twice@V1 {3}a function/m)
      expect(out)
        .to.match(/^pick {3}an indirect function/m)
        .and.include('probe what it may choose: __pick_fast')
      expect(out).to.match(/^puts@plt {3}a stub/m)
      const { err } = await probe('lib.so', 'puts')
      expect(err).to.include('`puts` is not in `lib.so`').and.include('puts@plt')
    })

    it('translates the arguments of USDT probes', async () => {
      const note = (provider: string, name: string, semaphore: string, args: string) => `
        990: nop
        .pushsection .note.stapsdt, "", "note"
        .balign 4
        .4byte 992f - 991f, 994f - 993f, 3
        991: .asciz "stapsdt"
        992: .balign 4
        993: .8byte 990b, _.stapsdt.base, ${semaphore}
        .asciz "${provider}"
        .asciz "${name}"
        .asciz "${args}"
        994: .balign 4
        .popsection`
      writeFileSync(
        join(folder, 'usdt.s'),
        `.globl main, count
        main:
        ${note('app', 'work', 'gate', '-4@%edi 8@-16(%rbp) -4@$5 4@count(%rip) 1@%bh 8f@%xmm0 8@(%rax,%rcx,8) -2@%r13w')}
        ${note('app', 'done', '0', '')}
        ${note('app', 'done', '0', '')}
        ret
        .pushsection .stapsdt.base, "aG", "progbits", .stapsdt.base, comdat
        _.stapsdt.base: .space 1
        .popsection
        .section .probes, "aw"
        gate: .short 0
        .data
        count: .long 7
        .section .note.GNU-stack, ""
        `,
      )
      const { status, stderr } = spawnSync('cc', ['-no-pie', '-o', 'usdt', 'usdt.s'], {
        cwd: folder,
        encoding: 'utf8',
      })
      expect(status, stderr).to.equal(0)
      const { out } = await probe('usdt', 'app:*', '--json')
      const [work, ...done] = out
        .trim()
        .split('\n')
        .map(line => JSON.parse(line))
      expect(work.definitions[0]).to.match(
        /^p:app\/work \/srv\/usdt:0x[0-9a-f]+\(0x[0-9a-f]+\) arg1=%di:s32 arg2=-16\(%bp\):u64 arg3=\\5:s32 arg4=@\+0x[0-9a-f]+:u32 arg5=%bx:b8@8\/16 arg8=%r13:s16$/,
      )
      expect(done.map(({ definitions }) => definitions[0].split(' ')[0])).to.deep.equal([
        'p:app/done',
        'p:app/done',
      ])
      const text = (await probe('usdt', 'app:done', 'app:wrok')).err
      expect(text).to.include('has no USDT probe `app:wrok`').and.include('did you mean `app:work`?')
    })
  })
})
