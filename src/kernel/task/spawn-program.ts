// SPDX-License-Identifier: MIT
import { Descriptors } from '../fs/descriptors.ts'
import type { FileInode } from '../fs/inode.ts'
import { Open } from '../fs/open-file.ts'
import { openInode } from '../fs/open-path.ts'
import { Pipe } from '../fs/pipe.ts'
import type { KernelPath, SpawnOptions, StandardInput } from '../kernel.ts'
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

/** Descriptor 0 is the given input or /dev/null; 1 and 2 are pipes to the outputs of the run. */
function standardFiles(kernel: KernelCore, input: StandardInput | undefined): Descriptors {
  const files = new Descriptors(kernel.limits.openFiles)
  const open = (descriptor: number, flags: number, inode: FileInode) =>
    files.set(descriptor, openInode(inode, inode.path, flags), false)
  open(0, 0, inputInode(kernel, input))
  for (const output of [1, 2] as const)
    open(output, Open.writeOnly, kernel.files.stream({ kind: 'device', device: 'output', output }))
  return files
}

function inputInode({ files }: KernelCore, input: StandardInput | undefined): FileInode {
  if (!input) return files.anonymous('/dev/null', 0o666, { kind: 'device', device: 'null' })
  if (input.kind === 'file') {
    const inode = files.anonymous('/stdin (deleted)', 0o600, { kind: 'regular' })
    inode.links = 0
    inode.assign(input.bytes)
    return inode
  }
  const pipe = new Pipe()
  pipe.put(input.bytes)
  return files.stream({ kind: 'pipe', pipe })
}
