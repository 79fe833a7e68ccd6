// SPDX-License-Identifier: MIT
import { runEmulator } from '../../src/engine/run-emulator.ts'
import { judge } from '../../src/expect/judge.ts'
import { reserveMemory } from '../../src/machine/memory/machine-memory.ts'
import { goodPlan } from '../../test/plan/plan-of.ts'
import { bestOf } from './best-of.ts'

const hits = 40_000
const memory = reserveMemory(64 << 20)

/** Microseconds that a hit takes in a scenario, with all that is recorded, checked after each event and judged at the end. */
export async function benchScenario(): Promise<void> {
  for (const [name, instruction] of [
    ['emulated', 'nop'],
    ['out of line', 'lea  eax, [rdi + rsi]'],
  ] as const) {
    const plan = await goodPlan(text(instruction))
    const time = bestOf(
      () => plan,
      () => {
        const run = runEmulator(plan, { memory })
        const { diagnostics } = judge(plan, run, { read: () => undefined })
        if (diagnostics.length > 0) throw new Error(diagnostics[0]!.message)
      },
    )
    console.log(`scenario, ${name.padEnd(12)} ${((time / hits) * 1e6).toFixed(1)} µs a hit`)
  }
}

function text(instruction: string): string {
  return `title: a loop over a probe
binaries:
  loop:
    asm: |
      main:
          ${instruction}
          dec  edi
          jnz  main
          ret
threads:
  main: { run: loop:main, args: [${hits}] }
probes:
  main: p loop:main left=%di:u32
expect:
  count:
    - { hit: main, times: ${hits} }
`
}
