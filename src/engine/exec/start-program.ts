// SPDX-License-Identifier: MIT
import { posix } from 'node:path'
import type { Diagnostic, Result } from '../../diagnostics/diagnostic.ts'
import type { Event } from '../../events/event.ts'
import type { EventKind } from '../../events/event-kinds.ts'
import { bootKernel } from '../../kernel/boot-kernel.ts'
import type { KernelLimits } from '../../kernel/boot-options.ts'
import { Errno, errnoName } from '../../kernel/errno.ts'
import type { OutsideFolder } from '../../kernel/fs/outside-tree.ts'
import type { BootedKernel, StandardInput } from '../../kernel/kernel.ts'
import { createMachine } from '../../machine/create-machine.ts'
import type { MachineMemory } from '../../machine/memory/machine-memory.ts'
import { readElf } from '../../program/elf/read-elf.ts'
import type { Image } from '../../program/image.ts'
import type { Refusal } from '../../tracing/definition.ts'
import { traceLine } from '../../tracing/text/trace-line.ts'
import { TraceEvents } from '../../tracing/trace-events.ts'
import { installUprobes } from '../../uprobes/install-uprobes.ts'
import { profiles } from '../../uprobes/profile.ts'
import { placeNamer } from '../locate.ts'
import { CallTrace } from './calls/call-trace.ts'
import { type ProgramProbe, readProgramProbes, refusalDiagnostic } from './program-probes.ts'
import { ProgramRun } from './program-run.ts'

export type ProgramOptions = {
  /** The program's path in the guest's tree. With `tree`, a name without a slash is looked for in the PATH of `env`. */
  readonly path: string
  /** Absolute; where paths begin, and where the program finds itself; "/". It has to be there. */
  readonly folder?: string
  /** Its bytes, which are then the only file beside /dev and /proc; absent where `tree` has it. */
  readonly bytes?: Uint8Array
  readonly tree?: OutsideFolder
  readonly argv: readonly string[]
  readonly env: readonly string[]
  readonly stdin?: StandardInput
  /** Lines of `uprobe_events`, with names where the kernel wants numbers. */
  readonly probes?: readonly string[]
  /** Takes what the processes write to descriptors 1 and 2. */
  readonly output: (descriptor: 1 | 2, bytes: Uint8Array) => void
  /** Takes lines of the kernel's `trace`, without a newline; characters are bytes. */
  readonly trace?: (line: string) => void
  /** Takes lines about system calls, signals and ends of tasks. */
  readonly systemCall?: (line: string) => void
  /** Takes lines of the kernel's log. */
  readonly log?: (line: string) => void
  /** Physical memory; 1 GiB, which costs what is touched of it. */
  readonly memory?: MachineMemory
  /** Where the run is stopped: 16,384 tasks, and what else the kernel has for scenarios. */
  readonly limits?: Partial<KernelLimits>
}

const usualMemory = 2 ** 30
const pageSize = 4096
/** Threads and processes alive at once: programs of thousands of threads are to run, fork bombs are to end. */
const mostTasks = 16_384

/** Boots a machine, defines and enables the probes, and starts the program in it: it stands before its first instruction. */
export async function startProgram(options: ProgramOptions): Promise<Result<ProgramRun>> {
  const { memory, folder = '/' } = options
  const images = new Map<string, Image>()
  const kills = new Map<string, Event>()
  const calls = options.systemCall && new CallTrace(options.systemCall)
  let place: ReturnType<typeof placeNamer> = placeNamer(images)
  const kernel = bootKernel(
    createMachine({
      memory: memory ? memory.frames * pageSize : usualMemory,
      ...(memory && { reserved: memory }),
    }),
    {
      record: new Set<EventKind>(['log', 'signal', ...(calls ? ['exit' as const] : [])]),
      output: options.output,
      limits: { tasks: mostTasks, ...options.limits },
      listen: listener(options, kills, calls),
      ...(calls && { calls }),
      place: (mm, address) => place(mm, address),
      ...(options.tree && { tree: options.tree }),
    },
  )
  const path = options.tree ? findProgram(kernel, options) : posix.resolve(folder, options.path)
  if (options.bytes) kernel.createFile(path, options.bytes, 0o755)
  const program = readProgram(kernel, path, options.tree !== undefined)
  if (!program.ok) return program
  const realPath = realPathOf(kernel, path)
  if (program.value) images.set(realPath, program.value)
  const probes = await readProgramProbes(options.probes ?? [], {
    name: posix.basename(path),
    path,
    image: program.value,
    readFile(wanted) {
      const bytes = kernel.readFile(wanted)
      return typeof bytes === 'number' ? undefined : { bytes, realPath: realPathOf(kernel, wanted) }
    },
  })
  if (!probes.ok) return probes
  for (const library of probes.value.libraries)
    if (library.realPath !== realPath) images.set(library.realPath, library.image)
  place = placeNamer(images)
  const problems = installProbes(kernel, probes.value.probes, options)
  if (problems.length > 0) return { ok: false, diagnostics: problems }
  const task = kernel.spawn({
    name: posix.basename(path),
    path,
    workingDirectory: folder,
    argv: options.argv,
    env: options.env,
    ...(options.stdin && { stdin: options.stdin }),
  })
  if (typeof task === 'number')
    return { ok: false, diagnostics: [notStarted(path, -task, program.value?.interpreter)] }
  return {
    ok: true,
    value: new ProgramRun(kernel, task, kills, probes.warnings ?? [], () => calls?.finish()),
  }
}

function listener(
  options: ProgramOptions,
  kills: Map<string, Event>,
  calls: CallTrace | undefined,
): (event: Event) => void {
  return event => {
    if (event.kind === 'log') {
      options.log?.(String(event.fields['text']))
      return
    }
    calls?.event(event)
    if (event.fields['action'] === 'kill') kills.set(event.thread, event)
  }
}

/** The image of a program; undefined for a script, which in a tree may find what executes it. */
function readProgram(kernel: BootedKernel, path: string, inTree: boolean): Result<Image | undefined> {
  const bytes = kernel.readFile(path)
  if (typeof bytes === 'number') return { ok: false, diagnostics: [notStarted(path, -bytes, undefined)] }
  if (bytes[0] !== 0x23 || bytes[1] !== 0x21) return readElf(bytes, posix.basename(path))
  return inTree ? { ok: true, value: undefined } : { ok: false, diagnostics: [scriptAlone(path)] }
}

/** As a shell finds a command. */
function findProgram(kernel: BootedKernel, { path, folder = '/', env }: ProgramOptions): string {
  const here = posix.resolve(folder, path)
  if (path.includes('/')) return here
  const folders = env.find(text => text.startsWith('PATH='))?.slice('PATH='.length) ?? '/usr/bin:/bin'
  const paths = folders.split(':').map(name => posix.resolve(folder, name, path))
  return paths.find(found => typeof kernel.readFile(found) !== 'number') ?? here
}

/** Without links. */
function realPathOf(kernel: BootedKernel, path: string): string {
  const inode = kernel.lookup(path)
  return typeof inode === 'number' ? path : inode.path
}

function scriptAlone(path: string): Diagnostic {
  return {
    code: 'B010',
    severity: 'error',
    message: `\`${posix.basename(path)}\` is a script, and what executes it is not there`,
    labels: [],
    help: ['name the folder that has the program of its first line by   --root DIR'],
  }
}

function notStarted(path: string, errno: number, interpreter: string | undefined): Diagnostic {
  const help =
    interpreter !== undefined && errno === Errno.ENOENT
      ? [
          `it is dynamically linked, and ${interpreter} is not there: name the folder that has it and the libraries by   --root DIR`,
          'or link the program with   -static',
        ]
      : undefined
  return {
    code: 'R001',
    severity: 'error',
    message: `${path} cannot be started: ${errnoName(errno)}`,
    labels: [],
    ...(help && { help }),
  }
}

function installProbes(
  kernel: BootedKernel,
  probes: readonly ProgramProbe[],
  { trace }: ProgramOptions,
): Diagnostic[] {
  const tracing = new TraceEvents(kernel, installUprobes(kernel, profiles['linux-6.18']), {
    *sink(record, { command, id, name }) {
      trace?.(traceLine(record, { command, taskId: id, cpu: 0, time: kernel.now }))
      yield kernel.event({ kind: record.kind === 'entry' ? 'hit' : 'ret', thread: name, fields: {} })
    },
  })
  const diagnostics: Diagnostic[] = []
  const refuse = (refusal: Refusal, text: ProgramProbe['text']): void => {
    const whole = { from: 0, to: text.value.length }
    diagnostics.push(refusalDiagnostic(refusal, text, { authorAt: () => whole }))
  }
  for (const { text, line } of probes) {
    const refusal = tracing.define(line)
    if (refusal) refuse(refusal, text)
  }
  // Not one by one: a place that is added to an event that is enabled already has to be enabled by itself.
  for (const { text, definition } of probes) {
    const name = `${definition.group}/${definition.event}`
    if (tracing.readEnable(name)?.startsWith('1')) continue
    const enabled = kernel.perform(tracing.enable(name), false)
    if (!enabled.done) throw new Error('enabling a probe before the first program cannot sleep')
    if (enabled.value < 0) refuse({ errno: errnoName(-enabled.value) as 'EINVAL' }, text)
  }
  return diagnostics
}
