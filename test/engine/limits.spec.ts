// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { startProgram } from '../../src/engine/exec/start-program.ts'
import type { KernelLimits } from '../../src/kernel/boot-options.ts'
import { reserveMemory } from '../../src/machine/memory/machine-memory.ts'
import { assembleProgram } from '../kernel/boot.ts'
import { runText } from './run-text.ts'

const memory = reserveMemory(4 * 2 ** 20)

/** What passes a limit when it is run for ever, the sentence that ends the run, and the limit. */
const programs: Readonly<Record<string, readonly [text: string, message: string, Partial<KernelLimits>]>> = {
  'forks for ever': ['bomb: mov eax, 57\nsyscall\njmp bomb', 'more than 40 tasks are alive', { tasks: 40 }],
  'makes threads for ever': [
    'bomb: mov edi, 0x10f00\nmov rsi, rsp\nmov eax, 56\nsyscall\njmp bomb',
    'more than 40 tasks are alive',
    { tasks: 40 },
  ],
  'eats memory': [
    'bomb: xor edi, edi\nmov esi, 0x40000000\nmov edx, 3\nmov r10d, 0x22\nmov r8, -1\nxor r9d, r9d\nmov eax, 9\nsyscall\n' +
      'next: mov [rax], rax\nadd rax, 4096\njmp next',
    'the memory of the machine is used up (limits: memory)',
    {},
  ],
  'fills files': [
    'bomb: lea rdi, [rip + path]\nmov esi, 0x42\nmov edx, 0x1ff\nmov eax, 2\nsyscall\nmov r12, rax\n' +
      'next: mov rdi, r12\nlea rsi, [rip + bomb]\nmov edx, 4096\nmov eax, 1\nsyscall\njmp next\n.data\npath: .asciz "/full"',
    'the files hold more than 65536 bytes',
    { files: 65_536 },
  ],
}

describe('a program that passes a limit', () => {
  for (const [name, [text, message, limits]] of Object.entries(programs))
    it(`${name}: the run ends and says where its tasks were`, async () => {
      const started = await startProgram({
        path: '/bomb',
        bytes: assembleProgram(`_start: jmp bomb\n${text}`).bytes,
        argv: ['bomb'],
        env: [],
        output: () => {},
        memory,
        limits,
      })
      if (!started.ok) throw new Error(started.diagnostics[0]?.message)
      const ending = started.value.advance(10_000_000)
      if (ending?.kind !== 'broken') throw new Error(`it is ${ending?.kind}`)
      expect(ending.message).to.equal(message)
      expect(ending.notes[0]).to.match(/^bomb is runnable at bomb:(bomb|next)/)
      expect(ending.notes.length).to.be.at.most(9)
      if (limits.tasks) expect(ending.notes.at(-1)).to.equal('and 32 more')
    })

  it('may go as far as the limit of open files, and is told EMFILE', async () => {
    const text =
      'mov edi, 1\nmov eax, 32\nsyscall\ntest eax, eax\njns _start\nneg eax\nmov edi, eax\nmov eax, 231\nsyscall'
    const started = await startProgram({
      path: '/dups',
      bytes: assembleProgram(`_start: ${text}`).bytes,
      argv: ['dups'],
      env: [],
      output: () => {},
      memory,
      limits: { openFiles: 50 },
    })
    if (!started.ok) throw new Error(started.diagnostics[0]?.message)
    expect(started.value.advance(10_000_000)).to.deep.equal({ kind: 'exited', code: 24 })
  })
})

describe('a scenario that passes a limit', () => {
  const scenario = (code: string, limits: string) => `title: bomb
binaries:
  app:
    asm: |
      bomb: ${code.split('\n').join('\n          ')}
threads:
  A: { run: app:bomb }
limits: ${limits}
expect:
  events: []
`

  for (const [name, code, limits, message] of [
    [
      'makes steps',
      'jmp bomb',
      '{ instructions: 3000 }',
      'T008 stopped after 3000 steps, the limit of this scenario',
    ],
    [
      'forks',
      'mov eax, 57\nsyscall\njmp bomb',
      '{ instructions: 10000000 }',
      'T012 more than 512 tasks are alive',
    ],
    [
      'writes',
      'mov edi, 1\nlea rsi, [rip + bomb]\nmov edx, 4096\nmov eax, 1\nsyscall\njmp bomb',
      '{ instructions: 10000000 }',
      'T012 the program has written more than 16777216 bytes',
    ],
    [
      'grows its stack',
      'sub rsp, 4096\nmov [rsp], rax\njmp bomb',
      '{ instructions: 10000000, memory: 1M }',
      'T012 the memory of the machine is used up (limits: memory)',
    ],
  ] as const)
    it(`${name} for ever: the run ends and says where its tasks were`, async () => {
      const { run, wrong } = await runText(scenario(code, limits))
      expect(wrong[0]).to.equal(message)
      expect(run.diagnostics[0]?.notes?.[0]).to.match(/^A(\/\d+)* is runnable at app:bomb/)
    })
})
