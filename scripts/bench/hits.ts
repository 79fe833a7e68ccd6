// SPDX-License-Identifier: MIT
import type { Task } from '../../src/kernel/kernel.ts'
import type { Consumer } from '../../src/uprobes/uprobes.ts'
import { bestOf } from './best-of.ts'
import { type BootedProgram, bootProgram, buildProgram } from './boot-program.ts'

/** What is probed at `site`, in a loop of three instructions. */
const cases: readonly {
  readonly name: string
  readonly site: string
  readonly returns?: boolean
  readonly optimize?: 'none'
}[] = [
  { name: 'nop, emulated', site: 'nop', optimize: 'none' },
  { name: 'push, emulated', site: 'push rax\npop rax', optimize: 'none' },
  { name: 'lea, out of line', site: 'lea eax, [rdi+rsi]' },
  { name: 'nop5, optimised', site: '.byte 0x0f, 0x1f, 0x44, 0, 0' },
  { name: 'return', site: 'call f', returns: true },
]

const rounds = 300_000
/** Steps of a turn, where two threads take turns. */
const quantum = 100

/** Million hits a second of a counting consumer, by one thread and by two that take turns; no event is recorded. */
export function benchHits(): void {
  for (const probed of cases) {
    const rates = [1, 2].map(threads => {
      const time = bestOf(
        () => prepare(probed, threads),
        ({ app, tasks, hits }) => {
          finish(app, tasks)
          const expected = threads * rounds
          if (hits.count !== expected) throw new Error(`${hits.count} hits instead of ${expected}`)
        },
      )
      return (threads * rounds) / time / 1e6
    })
    const [one, two] = rates.map(rate => rate.toFixed(2))
    console.log(`${probed.name.padEnd(18)} ${one} million hits a second, ${two} in turns of two threads`)
  }
}

function prepare(probed: (typeof cases)[number], threads: number) {
  const app = bootProgram(buildProgram(loop(probed.site, threads)), {
    ...(probed.optimize && { optimize: probed.optimize }),
  })
  const hits = { count: 0 }
  const symbol = probed.returns ? 'f' : 'site'
  app.perform(
    app.uprobes.register(app.inode, app.offset(symbol), 0n, counting(hits, probed.returns ?? false)),
  )
  const first = app.start('app')
  while (app.kernel.tasks.length < threads) app.kernel.run(first, { steps: 1, stopAtEvents: false })
  return { app, tasks: app.kernel.tasks, hits }
}

function counting(hits: { count: number }, returns: boolean): Consumer {
  if (returns)
    return {
      probe: 'p',
      returnHandler() {
        hits.count++
        return undefined
      },
    }
  return {
    probe: 'p',
    handler() {
      hits.count++
      return 0
    },
  }
}

function finish({ kernel }: BootedProgram, tasks: readonly Task[]): void {
  const steps = tasks.length === 1 ? Number.MAX_SAFE_INTEGER : quantum
  while (tasks.some(task => task.state !== 'dead'))
    for (const task of tasks) {
      if (task.state === 'dead') continue
      const { stop } = kernel.run(task, { steps, stopAtEvents: false })
      if (stop.kind === 'broken') throw new Error(stop.message)
    }
}

/** A second thread is made by clone with the memory shared (flags CLONE_VM, FS, FILES, SIGHAND, THREAD). */
function loop(site: string, threads: number): string {
  const second = `
        mov eax, 56
        mov edi, 0x10f00
        lea rsi, [stack+4096]
        xor edx, edx
        syscall`
  return `
.globl _start
_start: ${threads === 2 ? second : ''}
        mov ecx, ${rounds}
site:   ${site}
        dec ecx
        jnz site
        mov eax, 60
        syscall
f:      ret
.bss
stack:  .skip 4096
`
}
