// SPDX-License-Identifier: MIT
import { Descriptors } from '../fs/descriptors.ts'
import type { Content } from '../fs/inode.ts'
import { Open } from '../fs/open-file.ts'
import { openInode } from '../fs/open-path.ts'
import type { KernelPath, SpawnOptions } from '../kernel.ts'
import type { KernelCore } from '../kernel-core.ts'
import { Mm } from '../mm/mm.ts'
import { SignalActions } from '../signal/signal-actions.ts'
import { executeProgram } from './execute-program.ts'
import { leaveMm } from './exit-task.ts'
import { KernelTask } from './kernel-task.ts'
import { Process } from './process.ts'

/** A new process without a parent that executes a program. The task, before its first instruction; or -errno, and there is none. */
export function* spawnProgram(kernel: KernelCore, options: SpawnOptions): KernelPath<KernelTask | number> {
  const id = kernel.nextId()
  const process = new Process(id, undefined, 0, new SignalActions())
  const task = new KernelTask({
    id,
    process,
    name: options.name,
    command: '',
    mm: new Mm(kernel, kernel.nextMm()),
    context: kernel.machine.newContext(),
    creator: undefined,
    noticed: kernel.noticed,
    files: standardFiles(kernel, options.stdin),
    folder: { path: options.workingDirectory ?? '/', umask: 0o022 },
    ...(options.threadNames ? { threadNames: options.threadNames } : {}),
  })
  process.leader = task
  kernel.processes.set(id, process)
  kernel.addTask(task)
  const outer = kernel.current
  kernel.current = task
  const encoder = new TextEncoder()
  const problem = yield* executeProgram(kernel, task, {
    path: options.path,
    argv: options.argv.map(text => encoder.encode(text)),
    env: options.env.map(text => encoder.encode(text)),
    stackPointer: options.stackPointer,
  })
  kernel.current = outer
  if (problem === 0) {
    task.mm!.stub = options.stub
    return task
  }
  leaveMm(kernel, task, 'exit')
  task.files.closeAll()
  kernel.tasks.splice(kernel.tasks.indexOf(task), 1)
  kernel.removeTask(task)
  kernel.processes.delete(id)
  kernel.forget(task)
  return problem
}

/** Descriptor 0 is the given input or /dev/null; 1 and 2 are the outputs of the run. */
function standardFiles(kernel: KernelCore, input: Uint8Array | undefined): Descriptors {
  const files = new Descriptors(kernel.limits.openFiles)
  const add = (descriptor: number, flags: number, content: Extract<Content, { kind: 'device' }>) =>
    files.set(
      descriptor,
      openInode(kernel.files.anonymous('/dev/null', 0o666, content), '/dev/null', flags),
      false,
    )
  add(0, 0, input ? { kind: 'device', device: 'input', bytes: input } : { kind: 'device', device: 'null' })
  for (const output of [1, 2] as const)
    add(output, Open.writeOnly, { kind: 'device', device: 'output', output })
  return files
}
