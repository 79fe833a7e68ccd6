// SPDX-License-Identifier: MIT
/** The comment lines at the top of the `trace` file; the same over an empty buffer. */
export function traceHeader(entries: number, written: number, cpus: number): string {
  const counts = `# entries-in-buffer/entries-written: ${entries}/${written}   #P:${cpus}`
  return ['# tracer: nop', '#', counts, '#', ...columns, ''].join('\n')
}

const columns = [
  '#                                _-----=> irqs-off/BH-disabled',
  '#                               / _----=> need-resched',
  '#                              | / _---=> hardirq/softirq',
  '#                              || / _--=> preempt-depth',
  '#                              ||| / _-=> migrate-disable',
  '#                              |||| /     delay',
  '#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION',
  '#              | |         |   |||||     |         |',
]
