// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Located, Scenario, ThreadSource } from '../scenario/scenario.ts'
import { spanWithin } from '../scenario/span-within.ts'
import { usesLibrary } from './build-images.ts'
import { isDiagnostic, type Places } from './places.ts'
import type { PlannedProcess, PlannedThread } from './plan.ts'

type NamedThread = ThreadSource & { readonly name: Located<string> }

/** Threads that share an address space, in file order; the first is the initial task. */
export function threadGroups({ threads }: Scenario): readonly (readonly [NamedThread, ...NamedThread[]])[] {
  const groups = new Map<string | undefined, [NamedThread, ...NamedThread[]]>()
  for (const thread of threads.values()) {
    const group = groups.get(thread.process?.value)
    if (group) group.push(thread)
    else groups.set(thread.process?.value, [thread])
  }
  return [...groups.values()]
}

/** The processes of a boot: those of the threads that `run:` starts, then the whole programs. */
export function planProcesses(
  scenario: Scenario,
  places: Places,
): { readonly processes: readonly PlannedProcess[]; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const processes: PlannedProcess[] = []
  for (const [first, ...others] of threadGroups(scenario)) {
    const binary = binaryOf(first)
    const threads = [first, ...others].flatMap(thread => planThread(thread, places, diagnostics) ?? [])
    processes.push({
      name: first.name.value,
      binary,
      path: pathOf(binary),
      argv: [pathOf(binary)],
      env: [],
      stdin: '',
      files: new Map(),
      threads,
    })
  }
  for (const { name, exec, argv, env, stdin, files } of scenario.processes.values()) {
    processes.push({
      name: name.value,
      binary: exec.value,
      path: pathOf(exec.value),
      argv: argv ?? [pathOf(exec.value)],
      env: [...env].map(([key, value]) => `${key}=${value}`),
      stdin,
      files,
      threads: [],
    })
  }
  return { processes, diagnostics }
}

/** Where a binary lies in the guest's tree. */
export function pathOf(binary: string): string {
  return `/${binary}`
}

/** The binary's name of `binary:symbol`. */
export function binaryOf({ run }: ThreadSource): string {
  return run.value.slice(0, run.value.indexOf(':'))
}

function planThread(
  { name, run }: NamedThread,
  places: Places,
  diagnostics: Diagnostic[],
): PlannedThread | undefined {
  const place = places.resolve(run.value, (from, to) => spanWithin(run, from, to))
  if (isDiagnostic(place)) {
    diagnostics.push(place)
    return undefined
  }
  return { name: name.value, symbol: run.value.slice(run.value.indexOf(':') + 1), address: place.address }
}

/** What the format refuses about `run:` before anything is built (scenario format §2). */
export function checkThreads(scenario: Scenario): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  for (const [first, ...others] of threadGroups(scenario)) {
    for (const other of others) {
      if (binaryOf(other) === binaryOf(first)) continue
      diagnostics.push({
        code: 'R013',
        severity: 'error',
        message: `threads \`${first.name.value}\` and \`${other.name.value}\` share a process, but run different binaries`,
        labels: [{ span: other.run.span }, { span: first.run.span, text: 'the other one is here' }],
        help: ['name one binary, or give one of them another   process:'],
      })
    }
  }
  diagnostics.push(...checkStarts(scenario))
  for (const thread of scenario.threads.values()) diagnostics.push(...checkRunnable(thread, scenario))
  return diagnostics
}

/** The code that starts threads is part of the binary, so a binary is started in one way only. */
function checkStarts(scenario: Scenario): readonly Diagnostic[] {
  const groups = threadGroups(scenario)
  const starts = new Map(groups.map(([thread]) => [binaryOf(thread), thread.run.span]))
  const again = [
    ...groups
      .filter(([thread]) => starts.get(binaryOf(thread)) !== thread.run.span)
      .map(([thread]) => ({
        binary: binaryOf(thread),
        span: starts.get(binaryOf(thread))!,
        first: thread.run.span,
      })),
    ...[...scenario.processes.values()].flatMap(({ exec }) => {
      const first = starts.get(exec.value)
      return first ? [{ binary: exec.value, span: exec.span, first }] : []
    }),
  ]
  return again.map(({ binary, span, first }) => ({
    code: 'S009',
    severity: 'error',
    message: `binary \`${binary}\` is started a second time, which is not available in this version`,
    labels: [{ span }, { span: first, text: 'the first time is here' }],
    help: [
      'let the program fork, give the second one a binary of its own, or start both by `exec` from a `_start:`',
    ],
  }))
}

function checkRunnable(thread: NamedThread, { binaries }: Scenario): readonly Diagnostic[] {
  const binary = binaries.get(binaryOf(thread))
  const hosted = binary?.kind === 'c' && usesLibrary(binary)
  if (!binary || binary.kind === 'asm' || (binary.kind === 'c' && !hosted)) return []
  const why = hosted ? 'it is C with a C library' : 'it is an ELF file'
  return [
    {
      code: 'R012',
      severity: 'error',
      message: `thread \`${thread.name.value}\` cannot be started inside binary \`${binaryOf(thread)}\``,
      labels: [
        { span: thread.run.span, text: why },
        { span: binary.name.span, text: 'written here' },
      ],
      help: [
        `run the whole program:   processes: { ${thread.name.value}: { exec: ${binaryOf(thread)} } }`,
        ...(hosted ? ['or build it without a C library:   flags: [-nostdlib, -static]'] : []),
      ],
    },
  ]
}
