// SPDX-License-Identifier: MIT
import type { Event } from '../events/event.ts'
import type { EventKind } from '../events/event-kinds.ts'
import type { Address } from '../events/value.ts'
import type { Exit, Frame, Machine } from '../machine/machine.ts'
import type { Image } from '../program/image.ts'

/**
 * The kernel as its plug-ins and the engine see it. Kernel paths are generators: a `yield` is a point where another task
 * may run. Nothing else switches tasks, so code between two yields is atomic.
 */
export type KernelPath<T = void> = Generator<KernelPoint, T, void>
export type KernelPoint =
  /** An event has just been recorded. A runner that is not interested resumes at once. */
  | { readonly kind: 'event'; readonly event: Event }
  /** The task sleeps: resume only once `ready()` is true, or, where interruptible, a signal is pending for it. */
  | {
      readonly kind: 'sleep'
      readonly reason: string
      readonly interruptible: boolean
      /** Ended by SIGKILL alone (TASK_KILLABLE); only with `interruptible` false. */
      readonly killable?: boolean
      /**
       * `ready()` becomes true only by the deadline, or in a path that then calls the sleeper's `notice()`: nobody need ask it again and
       * again. Ten thousand threads may sleep like this.
       */
      readonly quiet?: boolean
      /** Who sleeps here cannot come to user mode: it counts as stopped for `stopThreads`. */
      readonly stopped?: boolean
      /** Of a path of no task: what it waits for can happen at once, so others go on before anything else is done. */
      readonly urgent?: boolean
      ready(): boolean
      readonly deadline?: bigint
    }

/** Linux errno values as positive numbers; kernel functions return 0 or a negated one. */
export { Errno } from './errno.ts'

/** A file of the in-memory tree; a probe is bound to an inode, never to a path. */
export interface Inode {
  readonly number: number
  /** For diagnostics and /proc/PID/maps: the path it was created under, and the name in the scenario, where it has one. */
  readonly path: string
  readonly size: number
  readonly regular: boolean
  /** Page `index` of the page cache (a shared frame, made on first use), or undefined past the end of the file. The cache keeps its reference. */
  page(index: number): Frame | undefined
  /** Pages that the page cache holds. */
  readonly cachedPages: number
  /** Every vma that maps this inode, in the order of their creation (the reverse map). */
  readonly mappings: ReadonlySet<Vma>
}

export type VmaFlags = {
  readonly read: boolean
  readonly write: boolean
  readonly execute: boolean
  readonly shared: boolean
  readonly mayExecute: boolean
  readonly mayWrite: boolean
  /** Not copied by fork. */
  readonly dontCopy: boolean
  readonly io: boolean
  /** mremap and mprotect to write are refused. */
  readonly special: boolean
}

export interface Vma {
  readonly mm: AddressSpace
  readonly start: number
  readonly end: number
  readonly flags: VmaFlags
  readonly inode: Inode | undefined
  /** File offset of `start`, a multiple of 4096. */
  readonly fileOffset: number
  /** `[heap]`, `[stack]`, `[uprobes]`, … or the path. */
  readonly name: string
  /** Pages of a special mapping. */
  readonly specialPages?: readonly Frame[]
}

/** An mm. */
export interface AddressSpace {
  readonly id: number
  /** Tasks that use it. */
  readonly users: ReadonlySet<Task>
  /** In address order. */
  readonly vmas: readonly Vma[]
  /** State of plug-ins, each under its own symbol. */
  readonly plugins: Map<symbol, unknown>
  vmaAt(address: number): Vma | undefined
  /** Address of a free range for a mapping: `hint` where it is free, else the highest free range below the mmap base; undefined if none. */
  unmappedArea(hint: number, length: number): number | undefined
  /** A task is in the middle of a call that changes the mappings: it holds mmap_lock for writing. */
  readonly mappingsChange: boolean
  /** A special mapping of given frames (each gets a reference). Runs the mmap hooks and records the event. 0 or -errno. */
  mapSpecial(options: {
    start: number
    frames: readonly Frame[]
    name: string
    flags: Partial<VmaFlags>
  }): KernelPath<number>
  /**
   * The frame behind an address after the faults that an access of this kind would take: demand paging, copy-on-write.
   * `force` ignores the vma's current rights but not `mayWrite` (get_user_pages with FOLL_FORCE). Negative: -EFAULT, -ENOMEM.
   */
  page(address: number, access: 'read' | 'write', force: boolean): Frame | number
  /**
   * Replaces one page's translation by `frame`, an anonymous page that this mm owns, keeping the vma's rights (never user-writable
   * because of this); decoded code and translations of the old page are gone afterwards. Takes over the caller's reference.
   */
  replacePage(address: number, frame: Frame): void
  /** Drops the private page so that the next access maps the file page again. */
  dropPage(address: number): void
  /** Whether the page is present as a private anonymous page (copied), the file's page, or absent. */
  pageState(address: number): 'private' | 'file' | 'absent'
  /** Reads as the user would, faulting pages in: returns the number of bytes read before the first fault. */
  read(address: number, into: Uint8Array): number
  write(address: number, bytes: Uint8Array): number
  /** Reads eight bytes likewise, or undefined at a fault. */
  readWord(address: number): bigint | undefined
  /** Writes eight bytes: returns how many before the first fault. */
  writeWord(address: number, value: bigint): number
  /** As /proc/PID/mem and ptrace read: `force`; not VM_IO. */
  peek(address: number, length: number): Uint8Array | undefined
}

export type SignalInfo = {
  readonly signal: number
  /** si_code: 0 SI_USER, 0x80 SI_KERNEL, 1.. as the signal defines. */
  readonly code: number
  readonly address?: bigint
  /** si_pid and si_uid of a sender. */
  readonly pid?: number
  readonly uid?: number
  readonly status?: number
  /** si_value of rt_sigqueueinfo. */
  readonly value?: bigint
}

export interface Task {
  /** tid, as the guest sees it. */
  readonly id: number
  /** tgid. */
  readonly processId: number
  /** Name in the scenario: `A`, `app.1`, `app/1.2`. */
  readonly name: string
  readonly command: string
  /** undefined once it has exited. */
  readonly mm: AddressSpace | undefined
  readonly state: 'runnable' | 'sleeping' | 'dead'
  /** The task's registers, live or saved: `registers[Register.rip]`. Writable. */
  readonly registers: BigUint64Array
  readonly plugins: Map<symbol, unknown>
  /** thread.trap_nr and thread.error_code as signal frames show them. */
  trapNumber: number
  errorCode: number
  /** TIF_UPROBE: the return-to-user work of the plug-ins runs before anything else of the exit loop (spec 01 §4). */
  resumeWork: boolean
  /** Number of the system call in progress, -1 outside (orig_rax): only such a call is restarted after a signal. */
  systemCall: number
  /** TIF_SIGPENDING. */
  signalPending: boolean
  /** SIGKILL is pending, or a signal that kills like it (fatal_signal_pending). */
  readonly fatalSignalPending: boolean
  /**
   * The instruction of this step is being executed somewhere else: returning to user mode does not end the step. Set by a plug-in
   * before an out-of-line execution and cleared after its fix-ups or abort.
   */
  stepping: boolean
  /**
   * Set by a plug-in that answers a trap by putting rip back onto an instruction that has not been executed: the step goes on with
   * that instruction. Without it and without `stepping`, a claimed trap ends the step (the instruction has been emulated).
   */
  restarting: boolean
  /**
   * The last step has ended in front of an instruction whose trap a plug-in has taken, and which has not been executed: what keeps it
   * from being executed only another thread can change.
   */
  turnedBack: boolean
  /** The task that made this one; undefined for the first of a `spawn`. */
  readonly creator: Task | undefined
  /** First thread of the process (itself, for one). */
  readonly leader: Task
  /** A further piece of work before the first return to user mode (task_work): fork's area duplication. */
  addWork(work: () => KernelPath<void>): void
}

/** Where the notifier chain stands: `stop` claims the exception, so that no signal comes of it. */
export type DieVerdict = 'stop' | 'done'
/**
 * `int3`: rip is behind the breakpoint byte. `debug`: a single-step trap. The notifier runs in exception context: it cannot yield.
 * A 2010-style notifier that does its work there returns a path that is run with `Kernel.atomic` true.
 */
export type DieNotifier = (
  trap: 'int3' | 'debug',
  task: Task,
) => DieVerdict | { readonly verdict: 'stop'; readonly path: KernelPath<void> }

/** Threads that are kept from user mode, from `Kernel.stopThreads` on. */
export type StoppedThreads = {
  /** How many there were when they were asked. */
  readonly count: number
  /** Whether all of them have stopped, those that have been made meanwhile too. */
  readonly complete: boolean
  /** Lets them go on. */
  release(): void
}

/** What plug-ins hang themselves into. Uprobes is one; the kernel knows none of them. Order of registration is order of calling. */
export interface KernelHooks {
  readonly dieNotifiers: DieNotifier[]
  /** Runs when a task with `resumeWork` set returns to user mode; the kernel has cleared the flag before. What cannot sleep needs no path. */
  readonly resume: ((task: Task) => KernelPath<void> | undefined)[]
  /** At the end of a mapping of any kind that a program can make, and for each part after a split, merge or mprotect (spec 04 §8). */
  readonly mmap: ((vma: Vma) => KernelPath<void>)[]
  /**
   * Before madvise drops pages of a range. No kernel code listens to it in Linux, which is why breakpoints get lost there (spec 04 §8);
   * it is for those who tell of that.
   */
  readonly discard: ((vma: Vma, start: number, end: number) => void)[]
  /** Before a range of a vma goes. Not when the whole mm is torn down. */
  readonly munmap: ((vma: Vma, start: number, end: number) => void)[]
  /**
   * The pages of a range of a vma are about to leave their addresses: unmapped, or moved elsewhere by mremap, they still being there. Not
   * when a vma is only cut or merged, nor when the whole mm is torn down. Linux has no such hook; 2010 meant to put one there.
   */
  readonly leave: ((vma: Vma, start: number, end: number, why: 'unmap' | 'move') => void)[]
  /** After fork has copied the vmas and pages of an mm. */
  readonly duplicateMm: ((from: AddressSpace, to: AddressSpace) => void)[]
  /** At the end of clone/fork/vfork, before the child can run. */
  readonly fork: ((
    parent: Task,
    child: Task,
    how: { readonly sharesMm: boolean; readonly vfork: boolean },
  ) => void)[]
  /** The old mm has been left: at exec and at exit, per task. */
  readonly releaseTask: ((task: Task, why: 'exec' | 'exit') => void)[]
  /** The last user of an mm is gone; called before its mappings are torn down. */
  readonly releaseMm: ((mm: AddressSpace) => void)[]
  /** Asked at the top of signal delivery: true means no signal now (spec 05 §6.2). */
  readonly denySignal: ((task: Task) => boolean)[]
  /**
   * Shown the signal that is delivered next, before anything comes of it (utrace's report of signals). Who answers with a path has taken it: the
   * program never sees it, and the path is run in task context.
   */
  readonly reportSignal: ((task: Task, info: SignalInfo) => KernelPath<void> | undefined)[]
  /** The address that si_addr of #UD, #DE and #MF shall name instead of rip. */
  readonly trapAddress: ((task: Task) => bigint | undefined)[]
  /** System calls that a plug-in brings, by number. The path returns rax; `registers` may be changed. */
  readonly systemCalls: Map<
    number,
    { readonly name: string; readonly call: (task: Task) => bigint | KernelPath<bigint> }
  >
}

export interface Kernel {
  readonly machine: Machine
  readonly hooks: KernelHooks
  /** Every task that was ever made, in order of creation. */
  readonly tasks: readonly Task[]
  /** Nanoseconds of the virtual clock: 1 a step. */
  readonly now: bigint
  /** Steps of all tasks so far. */
  readonly totalSteps: number
  /** Exception context: the running path cannot sleep, and user memory that is not there is not brought in (see `DieNotifier`). */
  readonly atomic: boolean
  /** Whether events of a kind are recorded in this run; what is not need not be put together. */
  records(kind: EventKind): boolean
  /**
   * Whether paths have to stop at events, as another task may go on there. Else an event is only recorded: what yields its point all the
   * same goes on at once.
   */
  readonly stopsAtEvents: boolean
  /** Records an event and returns the point to yield: `yield kernel.event(…)`. */
  event(event: Event): KernelPoint
  /** Records without a point, where a path cannot yield. */
  record(event: Event): void
  /** Names the place of an address of a task, for events: the caller of `bootKernel` says how; hex where it does not. */
  locate(task: Task, address: bigint): Address
  /** Name of the task that runs kernel code now; `kernel` where it is none. */
  currentName(): string
  /** A line of the kernel log; recorded as a `log` event. */
  log(text: string): void
  /**
   * The machine would go down here, by the known bug of this number, and the run ends. A path yields what this returns and never goes
   * on from there.
   */
  crash(bug: string, message: string): KernelPoint
  /**
   * Does one instruction for a task in software, as if `bytes` lay at its rip: `limit` says that its registers and memory have changed. Of an
   * exception nothing has come yet: `raise` does what the instruction itself would have brought about.
   */
  interpret(task: Task, bytes: Uint8Array): Exit
  /** `repaired`: a page has been brought in, try again. `done`: a signal is pending. */
  raise(task: Task, exception: Extract<Exit, { kind: 'exception' }>): KernelPath<'repaired' | 'done'>
  /** Forces a signal that a task brings upon itself: unblocked, and its handler reset if it was ignored or blocked (force_sig_info). */
  forceSignal(task: Task, info: SignalInfo): void
  /** An ordinary signal. 0 or -errno. */
  sendSignal(task: Task, info: SignalInfo): number
  /**
   * Asks all threads of an mm to stop. One in user mode has stopped at once; one that sleeps interruptibly is interrupted as if by a signal; any
   * other stops on its way to user mode, once nothing of it is executed elsewhere. A child of vfork goes on, as its parent waits for it. Only one
   * such stop of an mm at a time. `except` goes on: the thread on whose behalf the others stop.
   */
  stopThreads(mm: AddressSpace, reason: string, except?: Task): StoppedThreads
  /** Threads of this mm are stopped, or asked to. */
  isStopping(mm: AddressSpace): boolean
  /** Looks a path up in the in-memory tree, following links; -ENOENT and so on. */
  lookup(path: string): Inode | number
  /** Pages of physical memory that the kernel keeps until the machine is switched off: for itself, and of files of the tree from outside. */
  readonly ownPages: number
  /** Held by registration for writing and by fork for reading (dup_mmap_sem): true while fork copies an mm. */
  readonly forking: boolean
  /** Raised by a plug-in while it registers (dup_mmap_sem held for writing): fork sleeps until it is 0 again. */
  registering: number
}

/** How a program is started. */
/** A pipe whose writer has gone, or a file that can be read again from anywhere. */
export type StandardInput = { readonly kind: 'pipe' | 'file'; readonly bytes: Uint8Array }

export type SpawnOptions = {
  /** Task name of the initial task. */
  readonly name: string
  readonly path: string
  readonly argv: readonly string[]
  readonly env: readonly string[]
  /** What descriptor 0 reads; absent: /dev/null. */
  readonly stdin?: StandardInput
  readonly workingDirectory?: string
  /** Fixed rsp at the first instruction, for recorded runs; absent: as Linux lays out the strings. */
  readonly stackPointer?: bigint
  /** Names for the tasks that this one creates by clone, in order (threads of a `run:` scenario); then `NAME.1` and so on. */
  readonly threadNames?: readonly string[]
  /**
   * The start stub, at user addresses [start, end): no step ends inside. Its way from a thread's `ret` to the exit, this many
   * `instructions` with the system call, belongs to the step of the `ret` and is not counted.
   */
  readonly stub?: { readonly start: bigint; readonly end: bigint; readonly instructions: number }
}

/** Why `run` came back. */
export type Stop =
  /** All steps that were asked for are made. */
  | { readonly kind: 'steps' }
  /** An event was recorded inside a step, which is unfinished: call `run` again to go on from there. */
  | { readonly kind: 'event'; readonly event: Event }
  /** The task sleeps; that ended the step. */
  | { readonly kind: 'sleep'; readonly reason: string }
  | { readonly kind: 'dead' }
  /** A limit of the run was passed, or the machine met an instruction that it does not implement. */
  | {
      readonly kind: 'broken'
      readonly message: string
      readonly address?: bigint
      /** The known bug by which the kernel would have crashed. */
      readonly crash?: string
    }

/** A booted kernel, as the engine drives it. */
export interface BootedKernel extends Kernel {
  /** Makes or replaces a file of the in-memory tree, with the folders above it. `bytes` must not change later. With `image`, exec need not read them. */
  createFile(path: string, bytes: Uint8Array, mode?: number, image?: Image): Inode
  /** Bytes of a regular file of the in-memory tree, or -errno. */
  readFile(path: string): Uint8Array | number
  /** execve of a first program in a new process: the mmap hooks run, so that probes are in place before its first instruction. */
  spawn(options: SpawnOptions): Task | number
  /**
   * Lets a task make up to `steps` steps (conformance README §3). With `stopAtEvents`, returns right after each recorded event, in the
   * middle of the step. `made` counts the steps that ended. Tasks that the steps woke have finished their calls (scenario format §4).
   * With `at`, returns before the instruction at that user address would be executed (`kind: 'steps'`).
   */
  run(
    task: Task,
    options: {
      readonly steps: number
      readonly stopAtEvents: boolean
      /**
       * Instead of that: shown each event where it would return, in the middle of kernel code, to look and to touch nothing. From the first
       * event that it answers with false on, this one included, `run` returns as with `stopAtEvents`.
       */
      readonly watch?: ((event: Event) => boolean) | undefined
      readonly at?: bigint
      /** Tasks that a step wakes are only made runnable: each finishes its call when it is run next (exploration). */
      readonly leaveWoken?: boolean
    },
  ): { readonly made: number; readonly stop: Stop }
  /** Runs a path that belongs to no task (attach, detach) until it is done or sleeps. */
  perform<T>(
    path: KernelPath<T>,
    stopAtEvents: boolean,
  ): { readonly done: true; readonly value: T } | { readonly done: false; readonly point: KernelPoint }
  /** Whether a sleeping task could go on now (its `ready()` or a signal). */
  runnable(task: Task): boolean
  /** All tasks asleep: moves the clock to the earliest deadline. False when there is none. */
  advanceClock(): boolean
  /** Total steps of a task so far. */
  steps(task: Task): number
  /** Everything written to a descriptor that ends at the run's standard output (1) or error (2). */
  output(descriptor: 1 | 2): Uint8Array
  /** /proc/PID/maps of a task's mm. */
  maps(task: Task): string
  /** How a task ended. */
  ending(
    task: Task,
  ): { readonly code?: number; readonly signal?: number; readonly replaced?: boolean } | undefined
  /** The events recorded so far. */
  readonly events: readonly import('../events/event.ts').RecordedEvent[]
}
