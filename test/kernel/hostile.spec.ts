// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { bootKernel } from '../../src/kernel/boot-kernel.ts'
import { Errno } from '../../src/kernel/errno.ts'
import { createMachine } from '../../src/machine/create-machine.ts'
import { reserveMemory } from '../../src/machine/memory/machine-memory.ts'
import { elfHeader, programType, viewOf } from '../../src/program/elf/elf-format.ts'
import { checkMemory } from '../fuzz/check-memory.ts'
import { drive, endingText, killAll } from '../fuzz/drive.ts'
import { assembleProgram } from './boot.ts'

const memory = reserveMemory(4 * 1024 * 1024)

/** Runs a program to its end: how that was, with the exceptions and signals before it. */
function end(text: string, { steps = 200_000, limits = {} } = {}): string {
  const machine = createMachine({ memory: 4 * 1024 * 1024, reserved: memory })
  const kernel = bootKernel(machine, { record: new Set(['signal']), limits: { tasks: 64, ...limits } })
  const inode = kernel.createFile('/prog', assembleProgram(text).bytes, 0o755)
  const task = kernel.spawn({ name: 'T', path: '/prog', argv: ['/prog'], env: [] })
  if (typeof task === 'number') return `errno ${-task}`
  const ending = drive(kernel, steps)
  checkMemory(kernel)
  if (ending.kind !== 'broken') {
    killAll(kernel)
    expect(machine.memory.used - kernel.ownPages - inode.cachedPages, 'pages that are kept').to.equal(0)
  }
  const last = kernel.events.at(-1)
  if (ending.kind !== 'dead' || last?.kind !== 'signal') return endingText(ending)
  const { signal, code, address } = last.fields
  const where = address !== null && typeof address === 'object' && 'at' in address ? ` ${address.at}` : ''
  return `${endingText(ending)}: ${signal} ${code}${where}`
}

const call = (number: number, ...args: (number | string)[]) =>
  `${args.map((value, index) => `mov ${['rdi', 'rsi', 'rdx', 'r10', 'r8', 'r9'][index]}, ${value}\n`).join('')}
   mov eax, ${number}
   syscall`
const exit = call(231, 7)
/** A handler that stays set while it runs (SA_NODEFER), on no other stack. */
const handle = (signal: number, handler: string) => `
  lea rax, [rip + ${handler}]
  mov [rip + act], rax
  ${call(13, signal, 'offset act', 0, 8)}`
const actData = `
.data
.balign 8
act: .quad 0, 0x44000004, restorer, 0
.text
restorer:
  mov eax, 15
  syscall
`

describe('hostile programs', () => {
  for (const [name, text, ending] of [
    ['jumps to 0', 'xor eax, eax\njmp rax', 'signal 11: SIGSEGV 1 0x0'],
    ['jumps to where no address is canonical', 'mov rax, 0x800000000000\njmp rax', 'signal 11: SIGSEGV 128'],
    [
      'jumps to the upper half',
      'mov rax, 0xffffffff81000000\njmp rax',
      'signal 11: SIGSEGV 1 0xffffffff81000000',
    ],
    [
      'jumps into data',
      'lea rax, [rip + word]\njmp rax\n.data\nword: .quad 0x90',
      'signal 11: SIGSEGV 2 0x402000',
    ],
    ['returns to an odd stack', 'mov rsp, 0x8000000000000000\nret', 'signal 7: SIGBUS 128'],
    ['stops the processor', 'hlt', 'signal 11: SIGSEGV 128'],
    ['runs off the end of its code', '.skip 4096 - 1, 0x90\nnop', 'signal 11: SIGSEGV 1 0x402000'],
  ] as const)
    it(`${name}: ${ending}`, () => {
      expect(end(`_start:\n${text}`)).to.equal(ending)
    })

  it('unmaps its own stack, and pushes', () => {
    const unmap = call(11, '0x7fffff000000', '0xfff000')
    expect(end(`_start: ${unmap}\nmov r15, rax\npush rax\n${exit}`)).to.match(
      /^signal 11: SIGSEGV 1 0x7ffffff/,
    )
  })

  it('unmaps its own stack, and has a handler for what comes of it', () => {
    const unmap = call(11, '0x7fffff000000', '0xfff000')
    const text = `_start: ${handle(11, 'handler')}\n${unmap}\npush rax\nhandler: ${exit}${actData}`
    expect(end(text)).to.match(/^signal 11: SIGSEGV/)
  })

  it('unmaps the page that it executes', () => {
    expect(end(`_start: ${call(11, '0x401000', 4096)}\n${exit}`)).to.match(/^signal 11: SIGSEGV 1 0x4010/)
  })

  it('unmaps everything', () => {
    expect(end(`_start: ${call(11, 0, '0x7ffffffff000')}\n${exit}`)).to.match(/^signal 11: SIGSEGV 1 0x4010/)
  })

  it('touches more memory than there is', () => {
    const text = `_start: ${call(9, 0, '0x40000000', 3, '0x22', -1, 0)}
      next: mov [rax], rax
      add rax, 4096
      jmp next`
    expect(end(text)).to.equal('broken: the memory of the machine is used up (limits: memory)')
  })

  it('maps without end', () => {
    const text = `_start: ${call(9, 0, '0x10000000000', 3, '0x22', -1, 0)}
      cmp rax, -12
      jne _start
      ${exit}`
    expect(end(text)).to.equal('exit 7')
  })

  it('maps single pages that cannot be merged, up to the limit', () => {
    const text = `_start:
      xor r12d, r12d
      next: mov edx, r12d
      and edx, 1
      lea edx, [edx + edx + 1]
      inc r12d
      xor edi, edi
      mov esi, 4096
      mov r10d, 0x22
      mov r8, -1
      xor r9d, r9d
      mov eax, 9
      syscall
      cmp r12d, 500
      jb next
      ${exit}`
    expect(end(text)).to.equal('exit 7')
  })

  it('forks for ever', () => {
    expect(end(`_start: ${call(57)}\njmp _start`)).to.equal('broken: more than 64 tasks are alive')
  })

  it('makes threads for ever, all on one stack', () => {
    expect(end(`_start: ${call(56, '0x10f00', 'rsp', 0, 0, 0)}\njmp _start`)).to.equal(
      'broken: more than 64 tasks are alive',
    )
  })

  it('makes a vfork child of each vfork child', () => {
    expect(end(`_start: ${call(58)}\njmp _start`)).to.equal('broken: more than 64 tasks are alive')
  })

  it('executes itself for ever', () => {
    const text = `_start: ${call(59, 'offset path', 0, 0)}\n${exit}\n.data\npath: .asciz "/prog"`
    expect(end(text, { steps: 400 })).to.equal('steps')
  })

  it('executes itself with more arguments than fit, and lives on with E2BIG', () => {
    const text = `_start: mov ecx, 3000
      lea rdi, [rip + argv]
      lea rax, [rip + long]
      rep stosq
      ${call(59, 'offset path', 'offset argv', 0)}
      cmp rax, -7
      jne _start
      ${exit}
      .data
      path: .asciz "/prog"
      long: .fill 1000, 1, 65
      .byte 0
      .bss
      argv: .zero 32768`
    expect(end(text)).to.equal('exit 7')
  })

  it('recurses until the stack is used up', () => {
    // RLIMIT_STACK is 8 MiB, more than the machine has.
    const text = '_start: sub rsp, 0x10000\ncall _start'
    expect(end(text)).to.match(/^signal 11: SIGSEGV 1 0x7fffff7/)
  })

  it('faults in the handler of the fault until the stack is used up', () => {
    const text = `_start: ${handle(11, 'handler')}
      mov rax, [0]
      handler: sub rsp, 0x8000
      mov rax, [0]${actData}`
    expect(end(text)).to.match(/^signal 11: SIGSEGV 128$/)
  })

  it('sends itself signals in their handler until the stack is used up', () => {
    const text = `_start: ${handle(10, 'handler')}
      handler: sub rsp, 0x8000
      ${call(39)}
      mov rdi, rax
      mov esi, 10
      mov eax, 62
      syscall
      ud2${actData}`
    expect(end(text)).to.match(/^signal 11: SIGSEGV/)
  })

  it('returns from a signal that never was', () => {
    expect(end(`_start: ${call(15)}\n${exit}`)).to.match(/^signal 11: SIGSEGV/)
  })

  it('returns from a signal to registers of its choice', () => {
    const text = `_start: ${handle(10, 'handler')}
      ${call(39)}
      mov rdi, rax
      mov esi, 10
      mov eax, 62
      syscall
      ${exit}
      handler:
      mov rax, -1
      mov [rdx + 168], rax           # rip
      mov [rdx + 176], rax           # eflags
      mov [rdx + 184], rax           # segments
      mov [rdx + 224], rax           # the address of the extended state
      ret${actData}`
    expect(end(text)).to.match(/^signal 11: SIGSEGV/)
  })

  it('writes over the instruction that is next', () => {
    const text = `_start: ${call(10, '0x401000', 4096, 7)}
      mov byte ptr [rip + victim], 0xcc
      victim: nop
      ${exit}`
    expect(end(text)).to.match(/^signal 5: SIGTRAP 128/)
  })

  it('writes over its code without the right to', () => {
    expect(end('_start: mov byte ptr [rip + _start], 0')).to.equal('signal 11: SIGSEGV 2 0x401000')
  })

  it('waits for what never comes', () => {
    expect(end(`_start: ${call(34)}`)).to.equal('asleep')
  })

  it('writes for ever', () => {
    const text = `_start: ${call(1, 1, '0x401000', 4096)}\njmp _start`
    expect(end(text, { limits: { output: 65536 } })).to.equal(
      'broken: the program has written more than 65536 bytes',
    )
  })

  it('fills the tree of files', () => {
    const text = `_start: ${call(2, 'offset path', '0x42', '0x1ff')}
      mov r12, rax
      next: ${call(1, 'r12', '0x401000', 4096)}
      jmp next
      .data
      path: .asciz "/full"`
    expect(end(text, { limits: { files: 1 << 20 } })).to.equal(
      'broken: the files hold more than 1048576 bytes',
    )
  })

  it('has a segment where the stack is', () => {
    for (const address of [0x7fff_ffff_d000n, 0x7fff_fffe_0000n, 0x7fff_ffff_e000n]) {
      const bytes = moved(address)
      const machine = createMachine({ memory: 4 * 1024 * 1024, reserved: memory })
      const kernel = bootKernel(machine, { record: new Set() })
      kernel.createFile('/prog', bytes, 0o755)
      const task = kernel.spawn({ name: 'T', path: '/prog', argv: ['/prog'], env: [] })
      if (typeof task === 'number') expect(task).to.equal(-Errno.EEXIST)
      checkMemory(kernel)
    }
  })
})

describe('a program that cannot be started', () => {
  it('leaves no page behind, when what was loaded of it has been touched already', () => {
    const bytes = assembleProgram('_start: ud2\n.data\nname: .asciz "/loader"\n.bss\n.zero 64').bytes.slice()
    const view = viewOf(bytes)
    const count = view.getUint16(56, true)
    const at = elfHeader.size + (count - 1) * elfHeader.programHeaderSize
    expect(view.getUint32(at, true)).to.not.equal(programType.load)
    view.setUint32(at, programType.interpreter, true)
    view.setBigUint64(at + 8, BigInt(Buffer.from(bytes).indexOf('/loader')), true)
    view.setBigUint64(at + 32, 8n, true)
    const machine = createMachine({ memory: 4 * 1024 * 1024, reserved: memory })
    const kernel = bootKernel(machine, { record: new Set() })
    const inodes = [kernel.createFile('/prog', bytes, 0o755)]
    // The loader wants to be where the program is already.
    inodes.push(kernel.createFile('/loader', assembleProgram('_start: ud2').bytes, 0o755))
    expect(kernel.spawn({ name: 'T', path: '/prog', argv: ['/prog'], env: [] })).to.equal(-Errno.EEXIST)
    const cached = inodes.reduce((sum, { cachedPages }) => sum + cachedPages, 0)
    expect(cached).to.be.greaterThan(0)
    expect(machine.memory.used - kernel.ownPages - cached).to.equal(0)
    expect(kernel.tasks).to.deep.equal([])
    checkMemory(kernel)
  })
})

/** A program whose only segment is at an address. */
function moved(address: bigint): Uint8Array {
  const bytes = assembleProgram('_start: ud2').bytes.slice()
  const view = viewOf(bytes)
  const loads = Array.from(
    { length: view.getUint16(56, true) },
    (_, index) => elfHeader.size + index * elfHeader.programHeaderSize,
  ).filter(at => view.getUint32(at, true) === programType.load)
  for (const at of loads.slice(1)) view.setUint32(at, 0, true)
  view.setBigUint64(loads[0]! + 16, address, true)
  return bytes
}
