// SPDX-License-Identifier: MIT
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { execa } from 'execa'
import { readElf } from '../../src/program/elf/read-elf.ts'
import type { Image } from '../../src/program/image.ts'
import { withStartStub } from '../../src/program/start-stub.ts'
import type { EntryThread } from '../../src/program/start-thread.ts'
import { fileOffsetOf, findSymbol, symbolise } from '../../src/program/symbols.ts'
import { brief, imageOf, unwrap } from './assemble-text.ts'

type Wanted = { name: string; run: string; args?: readonly bigint[]; regs?: Readonly<Record<string, bigint>> }

/** Threads as a scenario file would name them, one a line. */
function threads(...wanted: readonly Wanted[]): EntryThread[] {
  const text = wanted.map(({ run }) => `${run}\n`).join('')
  const file = { path: 'a.yaml', text }
  return wanted.map(({ name, run, args = [], regs = {} }) => {
    const start = text.indexOf(`${run}\n`)
    const located = <T>(value: T) => ({ value, span: { file, start, end: start + run.length } })
    return {
      name: located(name),
      run: located(run),
      args: args.map(located),
      regs: new Map(Object.entries(regs).map(([register, value]) => [register, located(value)])),
    }
  })
}

function started(text: string, ...wanted: readonly Wanted[]): Image {
  return unwrap(withStartStub(imageOf(text), threads(...wanted)))
}

function errors(text: string, ...wanted: readonly Wanted[]): string[] {
  const result = withStartStub(imageOf(text), threads(...wanted))
  return result.ok ? [] : result.diagnostics.map(brief)
}

const program = 'main: mov eax, 5\nret\nworker: lea rax, [rdi + 1]\nret\n.data\ncount: .quad 0\n'

describe('the start stub', () => {
  it('lies behind the program, which keeps its bytes and places', () => {
    const plain = imageOf(program)
    const image = started(program, { name: 'A', run: 'a:main' }, { name: 'B', run: 'a:worker' })
    expect(image.segments.slice(0, 3)).to.deep.equal(plain.segments)
    expect(image.bytes.subarray(0x1000, 0x2008)).to.deep.equal(plain.bytes.subarray(0x1000, 0x2008))
    expect(findSymbol(image, 'worker')).to.deep.equal(findSymbol(plain, 'worker'))
    const [stub, stacks] = image.segments.slice(3)
    expect(stub).to.include({ address: 0x403000n, read: true, write: false, execute: true })
    expect(stacks).to.include({ fileSize: 0, read: true, write: true, execute: false })
    expect(image.entry).to.equal(image.startStub!.start)
    expect(unwrap(readElf(image.bytes, 'a')).segments).to.deep.equal(image.segments)
  })

  it('tells where each thread starts, returns to, leaves its result and has its stack', () => {
    const { startStub, symbols, segments } = started(
      program,
      { name: 'A', run: 'a:main' },
      { name: 'B', run: 'a:worker' },
      { name: 'C', run: 'a:worker' },
    )
    const [a, b, c] = startStub!.threads
    expect(startStub!.threads.map(({ name, symbol, address }) => [name, symbol, address])).to.deep.equal([
      ['A', 'main', 0x401000n],
      ['B', 'worker', 0x401006n],
      ['C', 'worker', 0x401006n],
    ])
    expect(a!.stack).to.equal(undefined)
    expect(b!.stack!.high - b!.stack!.low).to.equal(65536n)
    expect(b!.stack!.high <= c!.stack!.low).to.equal(true)
    expect(c!.stack!.high).to.equal(segments.at(-1)!.address + BigInt(segments.at(-1)!.memorySize))
    for (const { name, resultAddress, returnAddress } of startStub!.threads) {
      const symbol = symbols.find(other => other.name === `__trapline_result_${name}`)
      expect(symbol).to.include({ address: resultAddress, size: 8, type: 'object' })
      expect(returnAddress > startStub!.start && returnAddress < startStub!.end).to.equal(true)
    }
  })

  it('is named in the symbol table, and is the same each time', () => {
    const image = started(program, { name: 'A', run: 'a:main' })
    expect(symbolise(image, image.entry)).to.equal('__trapline_start')
    expect(image.bytes).to.deep.equal(started(program, { name: 'A', run: 'a:main' }).bytes)
    // The call of the symbol is just before the place that it returns to.
    const call = fileOffsetOf(image, image.startStub!.threads[0]!.returnAddress - 5n)!
    expect(image.bytes[call]).to.equal(0xe8)
  })

  it('refuses what it cannot start', () => {
    expect(errors(program, { name: 'A', run: 'a:wroker' })).to.deep.equal([
      '1:3 R002: binary `a` has no symbol `wroker`',
    ])
    expect(errors(program, { name: 'A', run: 'a:count' })).to.deep.equal([
      '1:3 B012: a thread cannot start at `count`: it is no code',
    ])
    expect(errors(program, { name: 'A', run: 'a:main', args: [1n, 2n, 3n, 4n, 5n, 6n, 7n] })).to.deep.equal([
      '1:1 B012: thread `A` has 7 arguments; registers take six',
    ])
    expect(errors(program, { name: 'A', run: 'a:main', args: [1n << 64n] })[0]).to.include(
      'does not fit in 64 bits',
    )
    expect(errors(program, { name: 'A', run: 'a:main', regs: { rsp: 1n } })[0]).to.include(
      'cannot start with `rsp` set',
    )
    expect(errors(program, { name: 'A', run: 'a:main', regs: { rflags: 0x100n } })[0]).to.include(
      'bits 0x100 set',
    )
    expect(errors(program, { name: 'A', run: 'a:x' }, { name: 'B', run: 'a:y' })).to.have.lengthOf(2)
  })
})

describe('a started program on this computer', () => {
  before(function () {
    if (process.platform !== 'linux' || process.arch !== 'x64') this.skip()
  })

  /** The exit code, within ten seconds. */
  async function exitCode(image: Image): Promise<number | undefined> {
    const folder = await mkdtemp(join(tmpdir(), 'start-stub-'))
    try {
      await writeFile(join(folder, 'program'), image.bytes, { mode: 0o755 })
      const { exitCode: code } = await execa(join(folder, 'program'), { reject: false, timeout: 10_000 })
      return code
    } finally {
      await rm(folder, { recursive: true })
    }
  }

  it('exits with the low byte of what its function returns', async () => {
    expect(await exitCode(started('main: mov eax, 0x1234\nret\n', { name: 'A', run: 'a:main' }))).to.equal(
      0x34,
    )
  })

  it('gets its arguments, negative and wide ones too', async () => {
    const text = `
      main:
        mov eax, 1
        cmp rdi, -2
        jne 1f
        mov rbx, 0x1122334455667788
        cmp rsi, rbx
        jne 1f
        cmp rdx, 3
        jne 1f
        cmp rcx, 4
        jne 1f
        cmp r8, 5
        jne 1f
        mov rbx, 0xffffffffffffffff
        cmp r9, rbx
        jne 1f
        mov eax, 42
      1: ret`
    const args = [-2n, 0x1122334455667788n, 3n, 4n, 5n, 0xffffffffffffffffn]
    expect(await exitCode(started(text, { name: 'A', run: 'a:main', args }))).to.equal(42)
  })

  /** Returns 42 when every register but those named is zero, rsp ≡ 8 mod 16 and rflags is that of a fresh process. */
  const pristine = (named: string, good = 'mov eax, 42'): string => `
    check:
      pushfq
      ${'rax rbx rcx rdx rsi rdi rbp r8 r9 r10 r11 r12 r13 r14 r15'
        .split(' ')
        .filter(register => register !== named)
        .map(register => `test ${register}, ${register}\n      jnz bad`)
        .join('\n      ')}
      pop rcx
      push rcx
      cmp rcx, 0x202
      jne bad
      mov rcx, rsp
      and ecx, 15
      jnz bad
      pop rcx
      ${good}
      ret
    bad:
      pop rcx
      mov eax, 1
      ret
  `

  it('starts with empty registers and an aligned stack', async () => {
    expect(await exitCode(started(pristine(''), { name: 'A', run: 'a:check' }))).to.equal(42)
    const regs = { r12: -7n }
    expect(await exitCode(started(pristine('r12'), { name: 'A', run: 'a:check', regs }))).to.equal(42)
    expect(await exitCode(started(pristine(''), { name: 'A', run: 'a:check', regs }))).to.equal(1)
  })

  it('starts with the flags that it names', async () => {
    const text = 'main: pushfq\npop rax\nand eax, 0x40\nsetc cl\nret\n'
    expect(await exitCode(started(text, { name: 'A', run: 'a:main', regs: { rflags: 0x40n } }))).to.equal(
      0x40,
    )
    expect(await exitCode(started(text, { name: 'A', run: 'a:main' }))).to.equal(0)
  })

  it('starts further threads, each as clean as the first and with a stack of its own', async () => {
    const text = `${pristine('', 'lock inc dword ptr [rip + clean]')}
      waiter:                     # ends the process when both others are through
        mov eax, [rip + clean]
        cmp eax, 2
        jne waiter
        mov edi, 9
        mov eax, 231
        syscall
      .data
      clean: .long 0
    `
    const others = ['B', 'C'].map(name => ({ name, run: 'a:check' }))
    expect(await exitCode(started(text, { name: 'A', run: 'a:waiter' }, ...others))).to.equal(9)
  })

  it('leaves all 64 bits of the result in the slot', async () => {
    const text = `
      main:
        mov rax, 0x1122334455667788
        ret
      reader:                     # rdi is the result slot of A
        mov rax, [rdi]
        test rax, rax
        jz reader
        mov rbx, 0x1122334455667788
        xor edi, edi
        cmp rax, rbx
        sete dil
        mov eax, 231
        syscall
    `
    const build = (slot: bigint): Image =>
      started(text, { name: 'A', run: 'a:main' }, { name: 'B', run: 'a:reader', args: [slot] })
    // The address does not depend on the arguments as long as their width is the same.
    const slot = build(0x400000n).startStub!.threads[0]!.resultAddress
    expect(await exitCode(build(slot))).to.equal(1)
  })

  it('runs wherever it is loaded', async () => {
    const text = 'main: lea rax, [rip + count]\nmov eax, [rax]\nret\n.data\ncount: .long 77\n'
    const image = unwrap(withStartStub(imageOf(text, { pie: true }), threads({ name: 'A', run: 'a:main' })))
    expect(await exitCode(image)).to.equal(77)
  })
})
