// SPDX-License-Identifier: MIT
import { bootKernel } from '../../src/kernel/boot-kernel.ts'
import { createMachine } from '../../src/machine/create-machine.ts'
import { KernelTrace } from '../../src/tracing/buffer/kernel-trace.ts'
import { traceFile } from '../../src/tracing/text/trace-file.ts'
import { TraceEvents } from '../../src/tracing/trace-events.ts'
import { installUprobes } from '../../src/uprobes/install-uprobes.ts'
import { profiles } from '../../src/uprobes/profile.ts'
import { assembleText, unwrap } from '../../test/program/assemble-text.ts'

const hits = 1_000_000
const limit = 300

/** A million hits into a trace buffer that keeps them all, then as text; fails above 300 MB. */
export function recordMillion(): void {
  // The probe is on the nop, at the third byte of the program.
  const image = unwrap(
    assembleText(
      `main: xor ebx, ebx\nloop: nop\n inc ebx\n cmp ebx, ${hits}\n jne loop\n mov eax, 60\n xor edi, edi\n syscall`,
    ),
  )
  const kernel = bootKernel(createMachine({ memory: 16 * 2 ** 20 }), { record: new Set() })
  const trace = new KernelTrace(() => kernel.now)
  const events = new TraceEvents(kernel, installUprobes(kernel, profiles['linux-6.18']), {
    records: trace,
    *sink() {},
  })
  kernel.createFile('/prog', image.bytes, 0o755)
  const refusal = events.define('p:loop /prog:0x1002 n=%bx:u32 m=%bx:x64')
  if (refusal) throw new Error(refusal.errno)
  kernel.perform(events.enable('loop'), false)
  const task = kernel.spawn({ name: 'prog', path: '/prog', argv: ['/prog'], env: [] })
  if (typeof task === 'number') throw new Error(`the program does not start: ${task}`)

  const before = process.cpuUsage()
  while (task.state !== 'dead') kernel.run(task, { steps: 100_000, stopAtEvents: false })
  const { user, system } = process.cpuUsage(before)
  const { entries } = trace.counts
  if (entries !== hits) throw new Error(`${entries} records of ${hits} hits`)
  let bytes = 0
  for (const line of traceFile(trace)) bytes += line.length
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024)
  console.log(
    `events       ${hits / 1e6} million in ${((user + system) / 1e6).toFixed(1)} s, ${Math.round(bytes / 2 ** 20)} MiB as text, ${megabytes} MB at most`,
  )
  if (megabytes > limit) {
    console.error(`more than ${limit} MB`)
    process.exitCode = 1
  }
}
