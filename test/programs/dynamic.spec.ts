// SPDX-License-Identifier: MIT
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect } from 'chai'
import { execa } from 'execa'
import { libraryImage } from '../../src/plan/library-image.ts'
import { findSymbol, symbolise } from '../../src/program/symbols.ts'
import { hasProgram } from '../engine/has-program.ts'
import { type Emulated, emulate } from './emulate.ts'
import { natively } from './natively.ts'

const sources = join(import.meta.dirname, 'dynamic')

/** Programs of this computer that look at nothing but their arguments and input; each is left out where it is missing. */
const installed: Readonly<
  Record<string, readonly [program: string, words: readonly string[], input?: string]>
> = {
  sort: ['/usr/bin/sort', ['-k2', '-n'], 'a 10\nb 9\nc 100\n'],
  ls: ['/bin/ls', ['-d', '/usr/bin', '/etc/ld.so.cache', '/no/such/file']],
  sed: ['/bin/sed', ['-E', 's/(a+)(b*)/<\\2\\1>/g'], 'aabb ab b\n'],
  awk: ['/usr/bin/awk', ['{ n[$1] += $2 } END { for (k in n) print k, n[k] | "sort" }'], 'x 1\ny 2\nx 3\n'],
  bash: [
    '/bin/bash',
    [
      '--norc',
      '-c',
      'a=(3 1 2); for x in "${a[@]}"; do echo $x; done | sort; cat <(echo sub); [[ abc =~ b(.) ]] && echo ${BASH_REMATCH[1]}; (exit 3) || echo $?; trap "echo bye" EXIT; kill -TERM $$; echo not here',
    ],
  ],
  dash: [
    '/bin/dash',
    [
      '-c',
      'x=$(echo a | tr a b); echo "$x" > /tmp/trapline-x; cat < /tmp/trapline-x; rm /tmp/trapline-x; exit 4',
    ],
  ],
  perl: [
    '/usr/bin/perl',
    [
      '-e',
      'my %h = (b => 2, a => 1); print map { "$_=$h{$_}\n" } sort keys %h; printf "%.9g\n", atan2(1, 1) * 4; print `echo sub`; die "end\n"',
    ],
  ],
  'busybox sh': ['/bin/busybox', ['sh', '-c', 'echo $((6 * 7)) | busybox cat; busybox printf "%s\\n" a b']],
}

describe('dynamically linked programs do in the emulator what they do on this computer', () => {
  let folder: string
  const inRoot = (
    path: string,
    words: readonly string[] = [],
    input = '',
    env?: readonly string[],
  ): Promise<Emulated> => emulate(path, words, Buffer.from(input), env, '/')

  before(function () {
    if (process.platform !== 'linux' || process.arch !== 'x64') this.skip()
    folder = mkdtempSync(join(tmpdir(), 'trapline-dynamic-'))
  })

  after(() => {
    if (folder) rmSync(folder, { recursive: true })
  })

  async function build(source: string, flags: readonly string[]): Promise<string> {
    const program = join(folder, `${source}${flags.join('')}`.replaceAll('/', '_'))
    const compiler = source.endsWith('.cc') ? 'c++' : 'cc'
    await execa(compiler, [join(sources, source), '-o', program, ...flags, '-pthread', '-lm', '-ldl'], {
      timeout: 50_000,
    })
    return program
  }

  async function compare(
    path: string,
    words: readonly string[] = [],
    input = '',
    env: readonly string[] = [],
  ): Promise<void> {
    const { said, ...emulated } = await inRoot(path, words, input, ['LC_ALL=C', 'PATH=/usr/bin:/bin', ...env])
    expect(emulated, said.join('\n')).to.deep.equal(await natively(path, words, Buffer.from(input), env))
  }

  for (const source of ['hello.c', 'threads.cc'])
    for (const flags of [['-O0'], ['-O2', '-fpie', '-pie'], ['-O2', '-no-pie'], ['-O2', '-Wl,-z,now']])
      for (const env of [[], ['LD_BIND_NOW=1']])
        it([source, ...flags, ...env].join(' '), async function () {
          this.timeout(120_000)
          if (!hasProgram(source.endsWith('.cc') ? 'c++' : 'cc')) this.skip()
          await compare(await build(source, flags), ['word'], '', env)
        })

  it('dlopen', async function () {
    this.timeout(120_000)
    if (!hasProgram('cc')) this.skip()
    const plugin = await build('plugin.c', ['-shared', '-fpic', '-O1'])
    await compare(await build('loads.c', ['-O1']), [plugin])
  })

  it('a root folder of its own, with links as distributions have them', async function () {
    this.timeout(120_000)
    if (!hasProgram('cc')) this.skip()
    const program = await build('hello.c', ['-O1'])
    const { stdout } = await execa('ldd', [program])
    const libraries = [...stdout.matchAll(/(\/\S+)/g)].map(match => match[1]!)
    const root = join(folder, 'root')
    mkdirSync(join(root, 'usr/lib64'), { recursive: true })
    mkdirSync(join(root, 'etc/alternatives'), { recursive: true })
    symlinkSync('usr/lib64', join(root, 'lib64'))
    symlinkSync('/usr/lib64', join(root, 'lib'))
    symlinkSync('../../usr/lib64/hello', join(root, 'etc/alternatives/hello'))
    symlinkSync('/etc/alternatives/hello', join(root, 'hello'))
    const { cpSync } = await import('node:fs')
    for (const library of libraries) cpSync(realpathSync(library), join(root, 'usr/lib64', basename(library)))
    cpSync(program, join(root, 'usr/lib64/hello'))
    const { end, out } = await emulate('/hello', ['word'], undefined, undefined, root)
    expect({ end, out }).to.deep.equal({ end: 'exit 3', out: (await natively(program, ['word'])).out })
  })

  it('versions and indirect functions of the C library', async function () {
    this.timeout(120_000)
    const library = ['/lib/x86_64-linux-gnu/libc.so.6', '/lib64/libc.so.6'].find(existsSync)
    if (!library) this.skip()
    const image = libraryImage(new Uint8Array(readFileSync(library)), 'libc.so.6')!
    const address = (name: string): bigint | undefined => findSymbol(image, name)?.address
    expect(address('memcpy')).to.equal(address('memcpy@GLIBC_2.14')).and.equal(address('memcpy@@GLIBC_2.14'))
    expect(address('memcpy@GLIBC_2.2.5')).to.be.a('bigint').and.not.equal(address('memcpy'))
    expect(address('memcpy@@GLIBC_2.2.5')).to.equal(undefined)
    expect(symbolise(image, address('memcpy')!)).to.equal('memcpy')
    expect(findSymbol(image, 'malloc'))
      .to.deep.include({ type: 'function' })
      .and.not.have.property('indirect')
    expect(findSymbol(image, 'strlen')).to.deep.include({ type: 'function', indirect: true })
  })

  for (const [name, [program, words, input]] of Object.entries(installed)) {
    it(name, async function () {
      this.timeout(120_000)
      if (!existsSync(program)) this.skip()
      await compare(program, words, input)
    })
  }
})
