// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { Errno } from '../../src/kernel/kernel.ts'
import { type KernelProfile, profiles } from '../../src/uprobes/profile.ts'
import { boot } from './boot.ts'

type Choices = Partial<KernelProfile>
const { xol } = profiles['linux-6.18']

function started(program: string, choices: Choices, ...labels: string[]) {
  const app = boot(`.globl _start\n_start:\n${program}`, choices)
  for (const label of labels) expect(app.attach(label, app.consumer(label)), label).to.equal(0)
  return { app, task: app.start() }
}

/** What comes of a program whose second line is probed, as `_start+…`: exit code, or the signal that killed it. */
function ending(program: string, choices: Choices, ...labels: string[]): number | undefined {
  const { app, task } = started(program, choices, ...labels)
  app.finish(task)
  const end = app.kernel.ending(task)
  return end?.signal ?? end?.code
}

function installs(instruction: string, choices: Choices): number {
  const app = boot(`.globl _start\n_start: ${instruction}\nnop\nnop\n`, choices)
  app.start()
  return app.attach('_start', app.consumer('p'))
}

const exit = '\nmov eax, 231\nsyscall\n'

describe('execution in place', () => {
  const inline: Choices = { execute: 'inline' }

  it('takes what no slot takes', () => {
    for (const instruction of [
      'lock inc dword ptr [rax]',
      'hlt',
      'int 0x80',
      'mov ss, eax',
      'notrack jmp rax',
    ])
      expect(installs(instruction, inline), instruction).to.equal(0)
    expect(installs('int3', inline)).to.equal(-Errno.ENOTSUPP)
  })

  it('puts the byte back for one instruction, and needs no slot', () => {
    const { app, task } = started(`xor edi, edi\nwork: add edi, 7${exit}`, inline, 'work')
    app.until(task, 'step')
    expect(app.bytes(task, 'work', 1)).to.equal('83')
    expect(app.uprobes.inspect().activeSlot(task)).to.equal(undefined)
    app.until(task, 'stepped')
    expect(app.bytes(task, 'work', 1)).to.equal('cc')
    expect(app.register(task, 'rflags') & 0x100n).to.equal(0n)
    app.finish(task)
    expect(app.kernel.ending(task)?.code).to.equal(7)
    expect(task.mm).to.equal(undefined)
  })

  it('puts the breakpoint back after a fault, too', () => {
    const { app, task } = started('xor edi, edi\nwork: mov eax, [rdi]\n', inline, 'work')
    app.until(task, 'fault')
    expect(app.bytes(task, 'work', 1)).to.equal('8b')
    app.until(task, 'signal')
    expect(app.bytes(task, 'work', 1)).to.equal('cc')
  })

  it('never lets an optimised call take the place of what it is about to execute', () => {
    // A nop of five bytes that the kernel does not do itself.
    const nop = '.byte 0x0f, 0x1f, 0x44, 0x08, 0x7f'
    const program = `mov ecx, 3\nxor edi, edi\nwork: ${nop}\ninc edi\nloop work${exit}`
    const { app, task } = started(program, inline, 'work')
    app.finish(task)
    expect(app.kernel.ending(task)?.code).to.equal(3)
    expect(app.hits).to.have.length(3)
    expect(app.events('emulated')).to.deep.equal([])
  })

  it('keeps the flags that the instruction pops', () => {
    const program = 'push 0x246\nwork: popfq\nmov edi, 1\njz done\nxor edi, edi\ndone:'
    expect(ending(`${program}${exit}`, inline, 'work')).to.equal(1)
  })
})

describe('execution in software', () => {
  const emulate: Choices = { execute: 'emulate', emulated: 'none' }

  it('refuses what it does not know with the errno of the profile', () => {
    for (const instruction of [
      'addps xmm0, xmm1',
      'fld1',
      'rep movsb',
      'cpuid',
      'syscall',
      'popcnt eax, ecx',
    ]) {
      expect(installs(instruction, emulate), instruction).to.equal(-Errno.ENOTSUPP)
      expect(installs(instruction, { ...emulate, 'refusal-errno': 'EPERM' })).to.equal(-Errno.EPERM)
    }
    for (const instruction of ['lock xadd [rax], ecx', 'movsb', 'endbr64', 'cmpxchg16b [rax]'])
      expect(installs(instruction, emulate), instruction).to.equal(0)
  })

  it('shows nothing of the results until they are all written', () => {
    const program = `mov eax, 5\nwork: xadd [rip + sum], eax\nmov edi, eax${exit}.data\nsum: .long 37\n`
    const { app, task } = started(program, emulate, 'work')
    app.until(task, 'emulating')
    expect([app.bytes(task, 'sum', 4), app.register(task, 'rax')]).to.deep.equal(['25 00 00 00', 5n])
    expect(app.register(task, 'rip')).to.equal(app.address('work'))
    app.until(task, 'emulated')
    expect([app.bytes(task, 'sum', 4), app.register(task, 'rax')]).to.deep.equal(['2a 00 00 00', 37n])
  })

  it('raises what the instruction would have raised, at its own address', () => {
    expect(ending('xor edi, edi\nwork: div edi\n', emulate, 'work')).to.equal(8)
    const { app, task } = started('xor edi, edi\nwork: mov [rdi], eax\n', emulate, 'work')
    app.finish(task)
    expect(app.events('fault')).to.deep.equal([`fault 0x${app.address('work').toString(16)}`])
    expect(app.kernel.events.find(({ kind }) => kind === 'fault')!.fields['error']).to.equal(6n)
    expect(app.kernel.ending(task)?.signal).to.equal(11)
  })

  it('makes the stack grow, and crosses pages', () => {
    const deep = 'sub rsp, 0x9000\nand rsp, -4096\nadd rsp, 4\nwork: push 42\npop rdi'
    expect(ending(`${deep}${exit}`, emulate, 'work')).to.equal(42)
  })

  it('sends the program its own single-step trap', () => {
    const program = 'pushfq\nor dword ptr [rsp], 0x100\npopfq\nwork: inc eax\nnop\n'
    expect(ending(program, emulate, 'work')).to.equal(5)
  })
})

describe('boosted execution', () => {
  const boost: Choices = { execute: 'boost', emulated: 'none' }
  const kinds = (instruction: string, choices: Choices = boost): string[] => {
    const { app, task } = started(
      `lea rax, [rip + data]\nwork: ${instruction}${exit}.data\ndata: .quad 0\n`,
      choices,
      'work',
    )
    app.until(task, 'trap')
    app.step(task)
    return app.kernel.events.map(({ kind }) => kind).filter(kind => kind === 'boosted' || kind === 'step')
  }

  it('is for what needs nothing to be put right, and is not relative to its address', () => {
    for (const instruction of ['inc dword ptr [rax]', 'movaps xmm0, xmm1', 'pushfq', 'nop', 'rep stosb'])
      expect(kinds(instruction), instruction).to.deep.equal(['boosted'])
    for (const instruction of ['jz work', 'loop work', 'jmp work', 'call work', 'inc dword ptr [rip + data]'])
      expect(kinds(instruction), instruction).to.deep.equal(['step'])
    for (const instruction of ['popfq', 'syscall', 'call [rax]'])
      expect(kinds(instruction), instruction).to.deep.equal(['step'])
  })

  it('leaves the flag of a step out of what is pushed', () => {
    const program = `pushfq\nwork: pushfq\npop rax\nshr eax, 8\nand eax, 1\nmov edi, eax${exit}`
    expect(ending(program, boost, 'work')).to.equal(0)
    expect(ending(program, { emulated: 'none' }, 'work')).to.equal(1)
  })
})

describe('slots that threads own', () => {
  const owned: Choices = { xol: { ...xol, owner: 'thread' }, 'return-trampoline': 'none', emulated: 'none' }

  it('stay with the thread until it ends, in a mapping of the time', () => {
    const { app, task } = started(`one: inc eax\ntwo: inc eax${exit}`, owned, 'one', 'two')
    app.until(task, 'stepped')
    expect(app.uprobes.inspect().slotsInUse(task.mm!)).to.equal(1)
    expect(app.kernel.maps(task)).to.match(/--xp 00000000 00:00 0 +\/uprobes\/xol \(deleted\)\n/)
    app.until(task, 'stepped')
    const slots = app.kernel.events.flatMap(({ fields: { slot } }) => (slot === undefined ? [] : [slot]))
    expect(slots).to.deep.equal([0n, 0n, 0n, 0n])
    app.finish(task)
    expect(app.kernel.ending(task)?.code).to.equal(0)
  })
})

describe('a page of slots that only the kernel may execute', () => {
  it('is not there for the program, and every step is the fault of a fetch', () => {
    const { app, task } = started(`inc eax\nwork: inc eax${exit}`, { execute: 'rings' }, 'work')
    const before = app.kernel.maps(task)
    app.until(task, 'fault')
    expect(app.kernel.maps(task)).to.equal(before)
    const { fields } = app.kernel.events.at(-1)!
    expect([fields['exception'], fields['error']]).to.deep.equal(['#PF', 0x15n])
    const area = app.uprobes.inspect().slotArea(task.mm!)!
    expect((fields['address'] as { address: bigint }).address).to.equal(BigInt(area.start) + 128n)
    app.finish(task)
    expect(app.kernel.ending(task)?.signal).to.equal(11)
  })
})

describe('the instructions of 2010', () => {
  const old: Choices = { instructions: '2010', 'refusal-errno': 'EPERM', optimize: 'none' }

  it('were looked up behind 0F too, and had no vectors', () => {
    for (const instruction of [
      'syscall',
      'ud2',
      'sysenter',
      'wrmsr',
      'vzeroupper',
      'pshufb xmm0, xmm1',
      'lock inc dword ptr [rax]',
    ])
      expect(installs(instruction, old), instruction).to.equal(-Errno.EPERM)
    for (const instruction of ['cmovz eax, ecx', 'movaps xmm0, xmm1', 'cpuid', 'movzx eax, cl', 'bswap eax'])
      expect(installs(instruction, old), instruction).to.equal(0)
  })

  it('were not probed where a breakpoint stood, in the file or in the process', () => {
    expect(installs('int3', old)).to.equal(-Errno.EEXIST)
    const app = boot('.globl _start\n_start: nop\nnop\n', old)
    const task = app.start()
    const frame = task.mm!.page(Number(app.address('_start')), 'write', true)
    app.kernel.machine.memory.write(frame, Number(app.address('_start')) % 4096, Uint8Array.of(0xcc))
    expect(app.attach('_start', app.consumer('p'))).to.equal(-Errno.EEXIST)
    expect(app.attach('_start', app.consumer('p'))).to.equal(-Errno.EEXIST)
  })

  it('had operands relative to rip in rax, or in rcx where rax is named', () => {
    const { app, task } = started(
      `work: mov eax, [rip + number]\nmore: mov ebx, [rip + number]\nlea edi, [rax + rbx]${exit}.data\nnumber: .long 21\n`,
      old,
      'work',
      'more',
    )
    const area = () => app.uprobes.inspect().slotArea(task.mm!)!.start
    const slot = (length: number) => {
      const frame = task.mm!.vmaAt(area())!.specialPages![0]!
      return Buffer.from(app.kernel.machine.memory.bytes(frame).subarray(128, 128 + length)).toString('hex')
    }
    app.until(task, 'step')
    expect(slot(2)).to.equal('8b01')
    app.until(task, 'stepped')
    app.until(task, 'step')
    expect(slot(2)).to.equal('8b18')
    app.finish(task)
    expect(app.kernel.ending(task)?.code).to.equal(42)
  })
})
