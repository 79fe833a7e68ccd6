// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import type { StandardInput } from '../../src/kernel/kernel.ts'
import type { KernelTask } from '../../src/kernel/task/kernel-task.ts'
import { Register } from '../../src/machine/machine.ts'
import { boot } from './boot.ts'

const call = (number: number, ...values: (string | number)[]) =>
  [
    ...values.map((value, index) => `mov ${['rdi', 'rsi', 'rdx', 'r10', 'r8', 'r9'][index]}, ${value}`),
    `mov eax, ${number}`,
    'syscall',
  ].join('\n')
const address = (register: string, symbol: string) => `lea ${register}, [rip + ${symbol}]\n`
/** open(path, 0), then everything in it to descriptor 1. */
const show = `
    xor esi, esi
    mov eax, 2
    syscall
    mov ebx, eax
  more:
    ${address('rsi', 'buffer')}
    ${call(0, 'rbx', 'rsi', 4096)}
    test rax, rax
    jle done
    mov rdx, rax
    ${address('rsi', 'buffer')}
    ${call(1, 1, 'rsi', 'rdx')}
    jmp more
  done:
    ${call(231, 0)}`
const buffer = '.bss\n.balign 4096\nbuffer: .zero 4096\n'

function run(text: string, files: Readonly<Record<string, string>> = {}, stdin?: string): string {
  const encoder = new TextEncoder()
  const guest = boot(text, {
    spawn: stdin === undefined ? {} : { stdin: { kind: 'pipe', bytes: encoder.encode(stdin) } },
  })
  for (const [path, content] of Object.entries(files)) guest.kernel.createFile(path, encoder.encode(content))
  guest.finish()
  expect(guest.kernel.ending(guest.task)).to.deep.equal({ code: 0 })
  return guest.output()
}

describe('files', () => {
  it('of the tree are read to their end, through links and relative paths', () => {
    const text = `_start:
      ${address('rdi', 'target')}${address('rsi', 'link')}
      mov eax, 88
      syscall
      ${address('rdi', 'path')}${show}
      target: .asciz "sub/../long"
      link: .asciz "/dir/link"
      path: .asciz "dir/./link"
    ${buffer}`
    const long = 'line of text\n'.repeat(1000)
    expect(run(text, { '/dir/long': long, '/dir/sub/x': '' })).to.equal(long)
  })

  it('/proc/self/maps is what Linux would write, with names from column 73', () => {
    const lines = run(
      `_start:\n ${address('rdi', 'path')}${show}\n path: .asciz "/proc/self/maps"\n${buffer}`,
    )
      .trimEnd()
      .split('\n')
    expect(lines.map(line => line.replace(/ +/g, ' '))).to.deep.equal([
      '00400000-00401000 r--p 00000000 00:00 13 /prog',
      '00401000-00402000 r-xp 00001000 00:00 13 /prog',
      '00402000-00403000 rw-p 00000000 00:00 0 ',
      '7ffff7ff7000-7ffff7ffb000 r--p 00000000 00:00 0 [vvar]',
      '7ffff7ffb000-7ffff7ffd000 r--p 00000000 00:00 0 [vvar_vclock]',
      '7ffff7ffd000-7ffff7fff000 r-xp 00000000 00:00 0 [vdso]',
      '7ffffffde000-7ffffffff000 rw-p 00000000 00:00 0 [stack]',
      'ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]',
    ])
    expect(lines[0]!.indexOf('/prog')).to.equal(73)
    expect(lines[7]!.indexOf('[vsyscall]')).to.equal(73)
  })

  it('/proc/self/exe is the program itself', () => {
    const text = `_start:
      ${address('rdi', 'path')}${address('rsi', 'buffer')}
      ${call(89, 'rdi', 'rsi', 4096)}
      mov rdx, rax
      ${address('rsi', 'buffer')}
      ${call(1, 1, 'rsi', 'rdx')}
      ${call(231, 0)}
      path: .asciz "/proc/self/exe"
    ${buffer}`
    expect(run(text)).to.equal('/prog')
  })

  it('descriptor 0 is the input, and what dup2 puts at 1 takes the output', () => {
    const text = `_start:
      ${address('rdi', 'path')}
      ${call(2, 'rdi', '0x42', '0x1a4')}
      ${call(33, 1, 9)}
      ${call(33, 3, 1)}
      ${address('rsi', 'buffer')}
      ${call(0, 0, 'rsi', 100)}
      mov r12, rax
      ${address('rsi', 'buffer')}
      ${call(1, 1, 'rsi', 'r12')}
      ${call(33, 9, 1)}
      ${address('rdi', 'path')}${show}
      path: .asciz "/made"
    ${buffer}`
    expect(run(text, {}, 'from outside')).to.equal('from outside')
  })

  it('descriptors 0 to 2 are pipes, a file or /dev/null, and no two of them the same', () => {
    const stats = [0, 1, 2].map(
      (fd, index) => `${address('rsi', 'buffer')} add rsi, ${index * 144}\n ${call(5, fd)}`,
    )
    const text = `_start: ${stats.join('\n')}\n ${call(8, 0, 2, 0)}\n mov edi, eax\n mov eax, 231\n syscall\n${buffer}`
    const see = (stdin?: StandardInput) => {
      const { kernel, task, finish } = boot(text, { spawn: stdin ? { stdin } : {} })
      let bytes: Uint8Array | undefined
      kernel.hooks.releaseMm.push(mm => void (bytes = mm.peek(0x402000, 3 * 144)?.slice()))
      finish()
      const view = new DataView(bytes!.buffer)
      const word = (fd: number, offset: number) => Number(view.getBigUint64(fd * 144 + offset, true))
      const types = [0, 1, 2].map(fd => view.getUint32(fd * 144 + 24, true).toString(8))
      const devices = [0, 1, 2].map(fd => word(fd, 40))
      expect(new Set([0, 1, 2].map(fd => word(fd, 8))).size).to.equal(3)
      return { types, devices, size: word(0, 48), seek: kernel.ending(task)?.code }
    }
    const bytes = new TextEncoder().encode('seven\n')
    const pipe = '10600'
    const seen = { types: [pipe, pipe, pipe], devices: [0, 0, 0] }
    expect(see({ kind: 'pipe', bytes })).to.deep.equal({ ...seen, size: 0, seek: 256 - 29 })
    expect(see({ kind: 'file', bytes })).to.deep.equal({
      ...{ types: ['100600', pipe, pipe], devices: [0, 0, 0] },
      ...{ size: 6, seek: 2 },
    })
    expect(see()).to.deep.equal({ types: ['20666', pipe, pipe], devices: [0x103, 0, 0], size: 0, seek: 2 })
  })

  it('pipes carry bytes from a child, and end when its last writer is gone', () => {
    const text = `_start:
      ${address('rdi', 'ends')}
      ${call(22, 'rdi')}
      ${call(57)}
      test eax, eax
      jz child
      mov edi, [rip + ends + 4]
      ${call(3, 'rdi')}
    again:
      mov edi, [rip + ends]
      ${address('rsi', 'buffer')}
      ${call(0, 'rdi', 'rsi', 4096)}
      test eax, eax
      jz end
      mov rdx, rax
      ${address('rsi', 'buffer')}
      ${call(1, 1, 'rsi', 'rdx')}
      jmp again
    end:
      ${call(231, 0)}
    child:
      mov ebx, 20
    next:
      mov edi, [rip + ends + 4]
      ${address('rsi', 'buffer')}
      ${call(1, 'rdi', 'rsi', 4096)}
      dec ebx
      jnz next
      ${call(231, 0)}
      .data
      ends: .quad 0
    ${buffer}`
    const guest = boot(text)
    guest.finish()
    expect(guest.kernel.tasks.map(task => guest.kernel.ending(task))).to.deep.equal([
      { code: 0 },
      { code: 0 },
    ])
    expect(guest.output()).to.have.lengthOf(20 * 4096)
  })

  it('F_GETPIPE_SZ tells the capacity of a pipe, and is no call for other files', () => {
    const text = `_start:
      ${address('rdi', 'ends')}
      ${call(22, 'rdi')}
      mov edi, [rip + ends]
      ${call(72, 'rdi', 1032)}
      mov ebx, eax
      shr ebx, 16
      ${call(72, 1, 1032)}
      cmp rax, -9            # EBADF
      jne end
      inc ebx
    end:
      ${call(231, 'rbx')}
      .data
      ends: .quad 0`
    const guest = boot(text)
    guest.finish()
    expect(guest.kernel.ending(guest.task)).to.deep.equal({ code: 2 })
  })

  it('a read into memory that ends early gives what fits, and EFAULT when nothing does', () => {
    const text = `_start:
      ${address('rdi', 'path')}
      ${call(2, 'rdi', 0, 0)}
      ${address('rsi', 'buffer')}
      add rsi, 4000
      ${call(0, 3, 'rsi', 1000)}
      mov r12, rax
      ${call(0, 3, '0x10', 10)}
      mov r13, rax
      ${address('rsi', 'buffer')}
      ${call(0, 3, 'rsi', 1000)}
      mov r14, rax
    end:
      hlt
      path: .asciz "/data"
    ${buffer}`
    const guest = boot(text)
    guest.kernel.createFile('/data', new Uint8Array(200))
    guest.stepTo('end')
    const results = [Register.r12, Register.r13, Register.r14].map(at =>
      BigInt.asIntN(64, guest.task.registers[at]!),
    )
    expect(results).to.deep.equal([96n, -14n, 104n])
  })

  it('a call that does not exist is said once, with its arguments, and answers ENOSYS', () => {
    const guest = boot(
      `_start:\n${call(156, 1, 2)}\n mov r12, rax\n${call(156, 3)}\n xor ecx, ecx\n mov eax, 162\n int 0x80\n${call(999)}\n${call(231, 0)}`,
      {
        kinds: ['log'],
      },
    )
    guest.finish()
    const task = guest.task as KernelTask
    expect(BigInt.asIntN(64, task.registers[Register.r12]!)).to.equal(-38n)
    expect(guest.kernel.events.map(({ fields }) => fields.text)).to.deep.equal([
      'the system call _sysctl(0x1, 0x2, 0x0, 0x0, 0x0, 0x0) is not supported: ENOSYS',
      'the system call int80_162(0x0, 0x0, 0x0, 0x2, 0x3, 0x0) is not supported: ENOSYS',
      'the system call syscall_999(0x3, 0x2, 0x0, 0x0, 0x0, 0x0) is not supported: ENOSYS',
    ])
  })
})
