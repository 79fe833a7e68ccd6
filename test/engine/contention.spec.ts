// SPDX-License-Identifier: MIT
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { runEmulator } from '../../src/engine/run-emulator.ts'
import { makePlan } from '../../src/plan/make-plan.ts'
import { loadScenarios } from '../../src/scenario/load-scenarios.ts'
import { hasProgram } from './has-program.ts'

const seeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]

/** Three threads that take one lock (a futex word: 0 free, 1 taken, 2 with waiters) and print their letter in it, three times each. */
const assembly = (seed: number) => `title: threads that compete for a lock
binaries:
  app:
    asm: |
      work:
          push rbx
          push r12
          mov  ebx, edi
          mov  r12d, 3
      again:
          xor  eax, eax
          mov  ecx, 1
          lock cmpxchg [rip + word], ecx
          jz   taken
      wait:
          mov  eax, 2
          xchg [rip + word], eax
          test eax, eax
          jz   taken
          lea  rdi, [rip + word]
          xor  esi, esi
          mov  edx, 2
          xor  r10d, r10d
          mov  eax, 202
          syscall
          jmp  wait
      taken:
          mov  [rip + letter], bl
          mov  edi, 1
          lea  rsi, [rip + letter]
          mov  edx, 1
          mov  eax, 1
          syscall
          xor  eax, eax
          xchg [rip + word], eax
          cmp  eax, 2
          jne  free
          lea  rdi, [rip + word]
          mov  esi, 1
          mov  edx, 1
          mov  eax, 202
          syscall
      free:
          dec  r12d
          jnz  again
          xor  eax, eax
          pop  r12
          pop  rbx
          ret
      .data
      word: .long 0
      letter: .byte 0
threads:
  A: { run: app:work, args: [65] }
  B: { run: app:work, args: [66] }
  C: { run: app:work, args: [67] }
schedule: { random: { seed: ${seed}, switch: 0.2 } }
limits: { instructions: 100000 }
expect:
  events: []
`

const compiled = (seed: number) => `title: pthreads that compete for a mutex
binaries:
  app:
    flags: [-static, -pthread, -O1]
    c: |
      #include <pthread.h>
      #include <unistd.h>
      static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
      static pthread_barrier_t start;
      static void *work(void *name) {
        pthread_barrier_wait(&start);
        for (int n = 0; n < 3; n++) {
          pthread_mutex_lock(&lock);
          write(1, name, 1);
          pthread_mutex_unlock(&lock);
        }
        return 0;
      }
      int main(void) {
        pthread_t all[3];
        pthread_barrier_init(&start, 0, 3);
        for (int n = 0; n < 3; n++) pthread_create(&all[n], 0, work, &"ABC"[n]);
        for (int n = 0; n < 3; n++) pthread_join(all[n], 0);
        return 0;
      }
processes:
  app: { exec: app }
schedule: { random: { seed: ${seed}, switch: 0.1 } }
limits: { instructions: 1000000 }
expect:
  events: []
`

describe('threads that compete under a random schedule', () => {
  let folder: string

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'trapline-contention-'))
  })

  after(() => rmSync(folder, { recursive: true }))

  async function outcome(text: string): Promise<{ output: string; steps: number }> {
    writeFileSync(join(folder, 'test.yaml'), text)
    const { scenarios } = await loadScenarios('test.yaml', { cwd: folder })
    const plan = await makePlan(scenarios[0]!, { cacheFolder: join(folder, 'cache') })
    if (!plan.ok) throw new Error(plan.diagnostics[0]?.message)
    const { output, steps, diagnostics } = runEmulator(plan.value)
    expect(diagnostics.map(({ message }) => message)).to.deep.equal([])
    expect([...output].sort().join(''), output).to.equal('AAABBBCCC')
    return { output, steps }
  }

  for (const [name, text, tools] of [
    ['in assembly', assembly, []],
    ['compiled from C', compiled, ['cc']],
  ] as const)
    it(`${name}: the same for a seed, different for others`, async function () {
      this.timeout(60_000)
      if (!tools.every(hasProgram)) this.skip()
      const outputs = new Set<string>()
      for (const seed of seeds) {
        const first = await outcome(text(seed))
        if (seed <= 3) expect(await outcome(text(seed)), `seed ${seed}`).to.deep.equal(first)
        outputs.add(first.output)
      }
      expect(outputs.size, [...outputs].join(' ')).to.be.at.least(3)
    })
})
