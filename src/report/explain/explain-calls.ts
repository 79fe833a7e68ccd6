// SPDX-License-Identifier: MIT
import { didYouMean } from '../../diagnostics/suggest.ts'
import { type CallDescription, describeCalls } from '../../kernel/syscall/describe-calls.ts'

/** Calls that the kernel's probes bring along. */
const ofProbes: readonly CallDescription[] = [
  { number: 335, name: 'uretprobe', support: 'full', note: 'from the return trampoline only' },
  { number: 336, name: 'uprobe', support: 'full', note: 'from the trampolines of optimized probes only' },
]

const meanings = [
  ['full', 'all that programs use of it'],
  ['partial', 'but for what the note says'],
  ['stub', 'a fixed answer that programs accept'],
  ['none', 'answers ENOSYS, and is reported once with its arguments'],
] as const satisfies readonly (readonly [CallDescription['support'], string])[]

/** The system calls that words stand for (names or numbers; all where there are none), or what is wrong with a word. */
export function callsNamed(words: readonly string[]): readonly CallDescription[] | string {
  const calls = [...describeCalls(), ...ofProbes].sort((a, b) => a.number - b.number)
  if (words.length === 0) return calls
  const found: CallDescription[] = []
  for (const word of words) {
    const call = calls.find(({ name, number }) => word === name || word === String(number))
    if (!call) {
      const near = didYouMean(
        word,
        calls.map(({ name }) => name),
      )
      return `Linux has no system call \`${word}\`${near ? `; ${near}` : ''}`
    }
    found.push(call)
  }
  return found
}

/** A line for each call: number, name, level, note. With `legend` the levels are explained and counted. */
export function explainCalls(calls: readonly CallDescription[], legend: boolean): string {
  const width = Math.max(...calls.map(({ name }) => name.length))
  const lines = calls.map(({ number, name, support, note = '' }) =>
    `${String(number).padStart(3)}  ${name.padEnd(width)}  ${support.padEnd(7)}  ${note}`.trimEnd(),
  )
  const counts = meanings.map(([level, text]) => {
    const count = calls.filter(({ support }) => support === level).length
    return `${String(count).padStart(3)} ${level.padEnd(7)}  ${text}`
  })
  return `${[...lines, ...(legend ? ['', ...counts] : [])].join('\n')}\n`
}
