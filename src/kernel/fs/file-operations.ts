// SPDX-License-Identifier: MIT
import { Errno, Restart } from '../errno.ts'
import type { KernelPath } from '../kernel.ts'
import type { KernelCore } from '../kernel-core.ts'
import type { KernelTask } from '../task/kernel-task.ts'
import { Open, type OpenFile } from './open-file.ts'
import { atomicWrite, type Pipe } from './pipe.ts'
import { readProcessMemory, writeProcessMemory } from './process-memory.ts'
import { Poll, type SpecialObject } from './special-object.ts'

/** Largest single transfer; what is more is for the next call. */
export const mostBytes = 1 << 24

/** Reads up to `length` bytes, at the file's own position or at a given one. Bytes, or -errno. */
export function* readFile(
  kernel: KernelCore,
  task: KernelTask,
  file: OpenFile,
  length: number,
  position?: number,
): KernelPath<Uint8Array | number> {
  if (!file.readable) return -Errno.EBADF
  const { content } = file.inode
  const at = position ?? file.position
  switch (content.kind) {
    case 'regular':
      return advance(file, position, file.inode.read(at, length))
    case 'generated':
      return advance(file, position, generated(file, content.text, at).slice(at, at + length))
    case 'memory': {
      const bytes = readProcessMemory(content.mm, at, length)
      return typeof bytes === 'number' ? bytes : advance(file, position, bytes)
    }
    case 'directory':
      return -Errno.EISDIR
    case 'pipe':
      return position === undefined ? yield* readPipe(file, content.pipe, length) : -Errno.ESPIPE
    case 'special':
      return position === undefined ? yield* readObject(file, content.object, task, length) : -Errno.ESPIPE
    case 'device':
      if (content.device === 'zero' || content.device === 'full') return new Uint8Array(length)
      if (content.device === 'random') return kernel.random.bytes(length)
      return new Uint8Array(0)
    default:
      return -Errno.EINVAL
  }
}

/** Writes bytes at the file's own position or at a given one: how many, or -errno. */
export function* writeFile(
  kernel: KernelCore,
  task: KernelTask,
  file: OpenFile,
  bytes: Uint8Array,
  position?: number,
): KernelPath<number> {
  if (!file.writable) return -Errno.EBADF
  const { content } = file.inode
  if (file.output) {
    kernel.outputs.write(file.output, bytes)
    return bytes.length
  }
  switch (content.kind) {
    case 'regular': {
      const at = (file.flags & Open.append) !== 0 ? file.inode.size : (position ?? file.position)
      if (!kernel.chargeFile(file.inode, at + bytes.length)) return -Errno.ENOSPC
      file.inode.write(at, bytes)
      file.inode.changed = kernel.timeOfDay
      if (position === undefined) file.position = at + bytes.length
      return bytes.length
    }
    case 'memory': {
      const written = writeProcessMemory(content.mm, position ?? file.position, bytes)
      if (position === undefined && written > 0) file.position += written
      return written
    }
    case 'pipe':
      return position === undefined
        ? yield* writePipe(kernel, task, file, content.pipe, bytes)
        : -Errno.ESPIPE
    case 'special':
      return position === undefined ? yield* writeObject(file, content.object, task, bytes) : -Errno.ESPIPE
    case 'device':
      return content.device === 'full' ? -Errno.ENOSPC : bytes.length
    default:
      return -Errno.EINVAL
  }
}

function* readObject(
  file: OpenFile,
  object: SpecialObject,
  task: KernelTask,
  length: number,
): KernelPath<Uint8Array | number> {
  if (!object.read) return -Errno.EINVAL
  for (;;) {
    const bytes = object.read(length, task)
    if (bytes !== undefined) return bytes
    if ((file.flags & Open.nonblock) !== 0) return -Errno.EAGAIN
    const ready = () => (object.events(task) & (Poll.IN | Poll.HUP)) !== 0
    yield { kind: 'sleep', reason: 'read', interruptible: true, ready }
    if (!ready()) return -Restart.SYS
  }
}

function* writeObject(
  file: OpenFile,
  object: SpecialObject,
  task: KernelTask,
  bytes: Uint8Array,
): KernelPath<number> {
  if (!object.write) return -Errno.EINVAL
  for (let done = 0; ; ) {
    const written = object.write(bytes.subarray(done), task)
    if (written !== undefined) {
      if (written < 0) return done > 0 ? done : written
      done += written
      if (done >= bytes.length || object.type === 0) return done
      continue
    }
    if ((file.flags & Open.nonblock) !== 0) return done > 0 ? done : -Errno.EAGAIN
    // An eventfd may have room, but not for a number as large as this one.
    const { activity } = object
    const changed = () => object.activity !== activity
    yield { kind: 'sleep', reason: 'write', interruptible: true, ready: changed }
    if (!changed()) return done > 0 ? done : -Restart.SYS
  }
}

/** The text is made when its beginning is read, and is the same up to its end (seq_file). */
function generated(file: OpenFile, text: () => string | Uint8Array, at: number): Uint8Array {
  if (at > 0 && file.snapshot) return file.snapshot
  const made = text()
  file.snapshot = typeof made === 'string' ? new TextEncoder().encode(made) : made
  return file.snapshot
}

function advance(file: OpenFile, position: number | undefined, bytes: Uint8Array): Uint8Array {
  if (position === undefined) file.position += bytes.length
  return bytes
}

function* readPipe(file: OpenFile, pipe: Pipe, length: number): KernelPath<Uint8Array | number> {
  if (length === 0) return new Uint8Array(0)
  if (pipe.held === 0 && pipe.writers > 0) {
    if ((file.flags & Open.nonblock) !== 0) return -Errno.EAGAIN
    const ready = () => pipe.held > 0 || pipe.writers === 0
    yield { kind: 'sleep', reason: 'pipe read', interruptible: true, ready }
    if (!ready()) return -Restart.SYS
  }
  return pipe.take(length)
}

function* writePipe(
  kernel: KernelCore,
  task: KernelTask,
  file: OpenFile,
  pipe: Pipe,
  bytes: Uint8Array,
): KernelPath<number> {
  let done = 0
  while (done < bytes.length) {
    if (pipe.readers === 0) {
      if (done > 0) return done
      kernel.sendSignal(task, { signal: 13, code: 0, pid: task.processId, uid: 0 })
      return -Errno.EPIPE
    }
    const left = bytes.length - done
    const needed = bytes.length <= atomicWrite ? left : 1
    if (pipe.room < needed) {
      if ((file.flags & Open.nonblock) !== 0) return done > 0 ? done : -Errno.EAGAIN
      const ready = () => pipe.room >= needed || pipe.readers === 0
      yield { kind: 'sleep', reason: 'pipe write', interruptible: true, ready }
      if (!ready()) return done > 0 ? done : -Restart.SYS
      continue
    }
    const part = bytes.subarray(done, done + Math.min(left, pipe.room))
    pipe.put(part)
    done += part.length
  }
  return done
}
