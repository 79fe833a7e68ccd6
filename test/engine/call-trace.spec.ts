// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { CallTrace } from '../../src/engine/exec/calls/call-trace.ts'
import { quoteBytes } from '../../src/engine/exec/calls/quote-bytes.ts'
import type { Task } from '../../src/kernel/kernel.ts'

const here = BigInt.asUintN(64, -100n)

/** Memory from 0x1000 to 0x3000, of which a test fills the beginning. */
function taskWith(name: string, text = '', at = 0): Task {
  const memory = new Uint8Array(0x2000)
  memory.set(new TextEncoder().encode(text), at)
  const peek = (address: number, length: number): Uint8Array | undefined =>
    address < 0x1000 || address + length > 0x3000
      ? undefined
      : memory.subarray(address - 0x1000, address - 0x1000 + length)
  return { name, mm: { peek } } as unknown as Task
}

/** A line for one call. */
function line(task: Task, name: string, values: readonly bigint[], result: bigint): string {
  const lines: string[] = []
  const trace = new CallTrace(text => lines.push(text))
  trace.entered(task, name, values)
  trace.left(task, result)
  return lines.join('\n')
}

describe('lines about system calls', () => {
  it('have strings, paths in full and buffers up to 32 bytes', () => {
    const path = taskWith('a', `${'x'.repeat(50)}\0`)
    expect(line(path, 'openat', [here, 0x1000n, 0x80241n, 0o644n], 3n)).to.equal(
      `[a] openat(AT_FDCWD, "${'x'.repeat(50)}", O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC, 0644) = 3`,
    )
    expect(line(path, 'open', [0x1000n, 0n, 7n], -2n)).to.equal(
      `[a] open("${'x'.repeat(50)}", O_RDONLY) = -1 ENOENT`,
    )
    expect(line(path, 'write', [1n, 0x1000n, 40n], 40n)).to.equal(
      `[a] write(1, "${'x'.repeat(32)}"..., 40) = 40`,
    )
    expect(line(path, 'write', [1n, 0x1000n, 32n], 32n)).to.equal(
      `[a] write(1, "${'x'.repeat(32)}", 32) = 32`,
    )
    expect(line(path, 'read', [0n, 0x1000n, 4096n], 3n)).to.equal('[a] read(0, "xxx", 4096) = 3')
    expect(line(path, 'read', [0n, 0x1000n, 4096n], 0n)).to.equal('[a] read(0, "", 4096) = 0')
  })

  it('have addresses where strings cannot be read or were not written', () => {
    const task = taskWith('a', 'end', 0x1ffd)
    expect(line(task, 'read', [0n, 0x1000n, 64n], -9n)).to.equal('[a] read(0, 0x1000, 64) = -1 EBADF')
    expect(line(task, 'unlink', [0n], -14n)).to.equal('[a] unlink(NULL) = -1 EFAULT')
    expect(line(task, 'unlink', [0x2ffdn], -14n)).to.equal('[a] unlink(0x2ffd) = -1 EFAULT')
    expect(line(task, 'write', [1n, 0x2ffen, 3n], 2n)).to.equal('[a] write(1, 0x2ffe, 3) = 2')
  })

  it('read strings over the ends of pages', () => {
    const task = taskWith('a', `/tmp/${'y'.repeat(20)}\0`, 0xffa)
    expect(line(task, 'chdir', [0x1ffan], 0n)).to.equal(`[a] chdir("/tmp/${'y'.repeat(20)}") = 0`)
  })

  it('have results as numbers, addresses, errors, and what only the kernel sees', () => {
    const task = taskWith('a')
    expect(line(task, 'mmap', [0n, 4096n, 3n, 0x22n, BigInt.asUintN(64, -1n), 0n], 0x7000n)).to.equal(
      '[a] mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7000',
    )
    expect(line(task, 'wait4', [BigInt.asUintN(64, -1n), 0n, 0n, 0n], -512n)).to.equal(
      '[a] wait4(-1, 0, 0, 0) = ? ERESTARTSYS',
    )
    expect(line(task, 'kill', [5n, 9n], -3n)).to.equal('[a] kill(5, SIGKILL) = -1 ESRCH')
  })

  it('are ended where another task speaks, and resumed', () => {
    const lines: string[] = []
    const trace = new CallTrace(text => lines.push(text))
    const [a, b, c] = [taskWith('a', 'data'), taskWith('b'), taskWith('c')]
    trace.entered(a!, 'read', [0n, 0x1000n, 64n])
    trace.entered(b!, 'getpid', [])
    trace.left(b!, 100n)
    trace.entered(c!, 'pause', [])
    trace.left(a!, 4n)
    trace.event({ kind: 'signal', thread: 'c', fields: { signal: 'SIGTERM', code: 0n } })
    trace.event({ kind: 'exit', thread: 'c', fields: { signal: 'SIGTERM' } })
    trace.entered(a!, 'exit', [3n])
    trace.event({ kind: 'exit', thread: 'a', fields: { code: 3n } })
    trace.entered(b!, 'futex', [0x1000n, 0n])
    trace.finish()
    expect(lines).to.deep.equal([
      '[a] read(0,  <unfinished ...>',
      '[b] getpid() = 100',
      '[c] pause( <unfinished ...>',
      '[a] <... read resumed>"data", 64) = 4',
      '[c] --- SIGTERM {si_code=SI_USER} ---',
      '[c] <... pause resumed>) = ?',
      '[c] +++ killed by SIGTERM +++',
      '[a] exit(3) = ?',
      '[a] +++ exited with 3 +++',
      '[b] futex(4096, 0 <unfinished ...>',
    ])
  })

  it('quote bytes as C does', () => {
    const quoted = (...bytes: number[]): string => quoteBytes(Uint8Array.from(bytes), false)
    expect(quoted(0x22, 0x5c, 10, 9, 13, 0x7f)).to.equal('"\\"\\\\\\n\\t\\r\\177"')
    expect(quoted(0, 0x37, 0, 0x38, 0xff)).to.equal('"\\0007\\08\\377"')
    expect(quoteBytes(Uint8Array.of(65), true)).to.equal('"A"...')
  })
})
