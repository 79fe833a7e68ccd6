// SPDX-License-Identifier: MIT
import { pageSize, Register } from '../../machine/machine.ts'
import { readElf } from '../../program/elf/read-elf.ts'
import type { Image } from '../../program/image.ts'
import { Errno } from '../errno.ts'
import type { FileInode } from '../fs/inode.ts'
import { OpenFile } from '../fs/open-file.ts'
import type { KernelPath } from '../kernel.ts'
import type { KernelCore } from '../kernel-core.ts'
import { Area, noFlags } from '../mm/area.ts'
import { Mm } from '../mm/mm.ts'
import { dataFlags } from '../mm/program-break.ts'
import { roundUp } from '../mm/unmapped-area.ts'
import { forceSignal, killOthers } from '../signal/send-signal.ts'
import { Signal } from '../signal/signal-numbers.ts'
import { leaveMm } from './exit-task.ts'
import { isTooLong, stackTop, writeInitialStack } from './initial-stack.ts'
import { type KernelTask, noAlternateStack } from './kernel-task.ts'
import { loadImage, programBase } from './load-image.ts'
import { deleteTimers } from './posix-timer.ts'
import { readProgramHeaders } from './program-headers.ts'

export type Execution = {
  readonly path: string
  readonly argv: readonly Uint8Array[]
  readonly env: readonly Uint8Array[]
  readonly stackPointer?: bigint | undefined
}

/** Room that the stack has before it grows: 128 KiB below the strings (setup_arg_pages). */
const stackReserve = 32 * pageSize
/** Programs are read as a whole. */
const largestProgram = 2 ** 30
/** Number of `#!` lines that may follow each other. */
const mostScripts = 4

/** execve. 0, with the task before the first instruction of the program; or -errno, with nothing changed. */
export function* executeProgram(
  kernel: KernelCore,
  task: KernelTask,
  execution: Execution,
): KernelPath<number> {
  const program = findProgram(kernel, task, execution, mostScripts)
  if (typeof program === 'number') return program
  const { file, image, argv } = program
  if (isTooLong({ ...execution, argv })) return -Errno.E2BIG
  const interpreter =
    image.interpreter === undefined ? undefined : openProgram(kernel, task, image.interpreter)
  if (typeof interpreter === 'number') return interpreter
  const problem = yield* becomeOnlyThread(kernel, task)
  if (problem < 0) return problem
  const mm = new Mm(kernel, kernel.nextMm())
  replaceMm(kernel, task, mm)
  task.command = lastComponent(execution.path)
  mm.executable = file
  mm.commandLine = argv.map(text => new TextDecoder().decode(text))
  mm.environment = execution.env.map(text => new TextDecoder().decode(text))
  const start = yield* fillMm(kernel, mm, program, interpreter, { ...execution, argv })
  if (typeof start === 'number') {
    // The old program is gone already: there is nothing to return to.
    forceSignal(task, { signal: Signal.SIGSEGV, code: 0x80 }, true)
    return start
  }
  deleteTimers(kernel, task.process)
  forgetOldProgram(task)
  kernel.resetContext(task)
  task.registers[Register.rip] = start.entry
  task.registers[Register.rsp] = start.stack
  if (kernel.records('exec'))
    yield kernel.event({ kind: 'exec', thread: task.name, fields: { path: file.path } })
  return 0
}

type Program = { readonly file: OpenFile; readonly image: Image; readonly argv: readonly Uint8Array[] }
type Loadable = { readonly file: OpenFile; readonly image: Image }

/** The program behind a path, through `#!` lines. */
function findProgram(
  kernel: KernelCore,
  task: KernelTask,
  { path, argv }: Execution,
  scripts: number,
): Program | number {
  const found = openFile(kernel, task, path)
  if (typeof found === 'number') return found
  const head = found.inode.read(0, 256)
  if (head[0] !== 0x23 || head[1] !== 0x21) {
    const image = imageOf(found.inode)
    return image ? { file: found, image, argv } : -Errno.ENOEXEC
  }
  if (scripts === 0) return -Errno.ELOOP
  const [line = ''] = new TextDecoder('latin1').decode(head.subarray(2)).split('\n')
  const [, name, rest] = /^[ \t]*([^ \t]+)[ \t]*(.*?)[ \t]*$/.exec(line) ?? []
  if (name === undefined) return -Errno.ENOEXEC
  const encoder = new TextEncoder()
  const words = [name, ...(rest ? [rest] : []), path].map(word => encoder.encode(word))
  return findProgram(kernel, task, { path: name, argv: [...words, ...argv.slice(1)], env: [] }, scripts - 1)
}

function openProgram(kernel: KernelCore, task: KernelTask, path: string): Loadable | number {
  const file = openFile(kernel, task, path)
  if (typeof file === 'number') return file
  const image = imageOf(file.inode)
  return image ? { file, image } : -Errno.ENOEXEC
}

function openFile(kernel: KernelCore, task: KernelTask, path: string): OpenFile | number {
  const found = kernel.files.find(path, task.folder.path, true)
  if (typeof found === 'number') return found
  if (!found.inode) return -Errno.ENOENT
  if (!found.inode.regular || (found.inode.mode & 0o111) === 0) return -Errno.EACCES
  if (!found.inode.readable) return -Errno.EACCES
  return new OpenFile(found.inode, found.path, 0)
}

/** The image that came with the file, or what its bytes say. */
function imageOf(inode: FileInode): Image | undefined {
  if (inode.image) return inode.image
  if (inode.size > largestProgram) return undefined
  const result = readElf(inode.read(0, inode.size), inode.path)
  if (!result.ok) return undefined
  inode.image = result.value
  return result.value
}

/** All other threads go; when the leader is among them, this thread takes its place and its number (de_thread). */
function* becomeOnlyThread(kernel: KernelCore, task: KernelTask): KernelPath<number> {
  const { process } = task
  if (process.groupExit || process.execTask) return -Errno.EAGAIN
  if (process.tasks.length > 1) {
    process.execTask = task
    killOthers(process, task)
    const ready = () => process.tasks.length === 1
    yield { kind: 'sleep', reason: 'the other threads end', interruptible: false, killable: false, ready }
    process.execTask = undefined
  }
  if (process.leader !== task) {
    process.leader = task
    kernel.renumberTask(task, process.id)
  }
  return 0
}

function replaceMm(kernel: KernelCore, task: KernelTask, mm: Mm): void {
  leaveMm(kernel, task, 'exec')
  task.mm = mm
  mm.users.add(task)
}

function* fillMm(
  kernel: KernelCore,
  mm: Mm,
  { file, image }: Loadable,
  interpreter: Loadable | undefined,
  execution: Execution,
): KernelPath<{ readonly entry: bigint; readonly stack: bigint } | number> {
  const headers = readProgramHeaders(image.bytes)
  makeStack(mm, headers.executableStack)
  const base = interpreter ? programBase : undefined
  const placed = yield* loadImage(mm, file, image, base, headers.alignment)
  if (typeof placed === 'number') return placed
  let entry = image.entry + BigInt(placed.bias)
  let interpreterBase = 0n
  if (interpreter) {
    const below = yield* loadImage(mm, interpreter.file, interpreter.image, undefined, pageSize)
    if (typeof below === 'number') return below
    interpreterBase = BigInt(below.bias)
    entry = interpreter.image.entry + interpreterBase
  }
  mapKernelPages(mm)
  // A static position-independent program gets its heap far below, so that it does not run into the mappings (load_elf_binary).
  const movedBreak = image.positionIndependent && !interpreter
  mm.breakStart = mm.breakEnd = movedBreak ? programBase + pageSize : roundUp(placed.end)
  const stack = writeInitialStack(mm, {
    path: execution.path,
    argv: execution.argv,
    env: execution.env,
    random: kernel.random.bytes(16),
    programHeaders: headers.address + BigInt(placed.bias),
    headerCount: headers.count,
    interpreterBase,
    entry: image.entry + BigInt(placed.bias),
    stackPointer: execution.stackPointer,
  })
  if (typeof stack === 'number') return stack
  mm.stackStart = Number(stack)
  growReserve(mm)
  return { entry, stack }
}

function makeStack(mm: Mm, execute: boolean): void {
  const flags = { ...dataFlags, execute, growsDown: true }
  mm.insert(new Area(mm, { start: stackTop - pageSize, end: stackTop, flags, offset: stackTop - pageSize }))
  mm.stackStart = stackTop - pageSize
}

function growReserve(mm: Mm): void {
  const stack = mm.vmaAt(stackTop - 1)!
  const below = mm.areas[mm.indexOf(stack) - 1]
  const reserve = Math.min(stackReserve, stack.start - (below?.end ?? 0))
  stack.start -= reserve
  stack.offset -= reserve
}

/** [vvar], [vvar_vclock] and [vdso]: the ranges are taken, below what has been mapped; nothing lies in them. */
function mapKernelPages(mm: Mm): void {
  const parts = [
    { label: '[vvar]', pages: 4, execute: false },
    { label: '[vvar_vclock]', pages: 2, execute: false },
    { label: '[vdso]', pages: 2, execute: true },
  ]
  let start = mm.unmappedArea(0, 8 * pageSize)!
  for (const { label, pages, execute } of parts) {
    const end = start + pages * pageSize
    const flags = {
      ...noFlags,
      read: true,
      execute,
      mayRead: true,
      mayExecute: execute,
      mayWrite: execute,
      special: true,
      io: !execute,
    }
    mm.insert(new Area(mm, { start, end, flags, offset: 0, label, specialPages: [] }))
    start = end
  }
}

/** What a program does not hand on to the next (begin_new_exec, flush_signal_handlers). */
function forgetOldProgram(task: KernelTask): void {
  const { process } = task
  const actions = process.actions.copy()
  actions.reset()
  process.actions = actions
  task.alternateStack = noAlternateStack
  task.robustList = 0n
  task.parentDeathSignal = 0
  task.faultAddress = 0n
  task.files.users--
  task.files = task.files.users === 0 ? task.files : task.files.copy()
  task.files.users = 1
  task.files.closeForExec()
}

function lastComponent(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).slice(0, 15)
}
