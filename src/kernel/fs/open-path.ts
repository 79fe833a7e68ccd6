// SPDX-License-Identifier: MIT
import { Errno, Restart } from '../errno.ts'
import type { KernelPath } from '../kernel.ts'
import type { KernelCore } from '../kernel-core.ts'
import type { FileInode } from './inode.ts'
import { Open, OpenFile } from './open-file.ts'
import type { Pipe } from './pipe.ts'

/** open(2) without a descriptor: the open file, or -errno. */
export function openPath(
  kernel: KernelCore,
  path: string,
  from: string,
  flags: number,
  mode: number,
): OpenFile | number {
  const creates = (flags & Open.create) !== 0
  const exclusive = creates && (flags & Open.exclusive) !== 0
  if (creates && (flags & Open.directory) !== 0) return -Errno.EINVAL
  if (creates && endsInSlash(kernel, path, from)) return -Errno.EISDIR
  const found = kernel.files.find(path, from, (flags & Open.noFollow) === 0 && !exclusive)
  if (typeof found === 'number') return found
  let { inode } = found
  if (!inode) {
    if (!creates) return -Errno.ENOENT
    if (found.folder.path.startsWith('/proc')) return -Errno.EACCES
    if (found.folder.readOnly) return -Errno.EROFS
    inode = kernel.files.create(found.folder, found.name, found.path, mode, { kind: 'regular' })
    inode.changed = kernel.timeOfDay
    found.folder.changed = kernel.timeOfDay
  } else {
    const refusal = refuses(inode, flags)
    if (refusal) return -refusal
    if ((flags & Open.truncate) !== 0 && inode.regular) inode.truncate(0)
  }
  return openInode(inode, inode.content.kind === 'regular' ? found.path : inode.path, flags)
}

/** A name with a slash behind it cannot be made by opening, whatever is there. */
function endsInSlash(kernel: KernelCore, path: string, from: string): boolean {
  const place = kernel.files.findName(path, from)
  return typeof place !== 'number' && place.slash && place.last === 'name'
}

/** Opens an object that is there. */
export function openInode(inode: FileInode, path: string, flags: number): OpenFile {
  const file = new OpenFile(inode, path, flags)
  if (inode.content.kind === 'device' && inode.content.device === 'output') file.output = inode.content.output
  if (inode.content.kind === 'pipe') {
    if (file.readable) inode.content.pipe.open('reader')
    if (file.writable) inode.content.pipe.open('writer')
  }
  return file
}

/** Who opens one end of a named pipe waits for somebody who opens the other (fifo(7)): 0, -ENXIO, or to be begun again after a signal. */
export function* meetOtherEnd(file: OpenFile, pipe: Pipe): KernelPath<number> {
  const { readable, writable } = file
  if (readable === writable || (readable ? pipe.writers : pipe.readers) > 0) return 0
  const other = readable ? 'writer' : 'reader'
  const before = pipe.opened[other]
  if ((file.flags & Open.nonblock) !== 0) {
    file.writersBefore = before
    return readable ? 0 : -Errno.ENXIO
  }
  const ready = () => pipe.opened[other] !== before
  yield { kind: 'sleep', reason: 'waits for the other end of a pipe', interruptible: true, ready }
  return ready() ? 0 : -Restart.SYS
}

function refuses(inode: FileInode, flags: number): number {
  const { kind } = inode.content
  if ((flags & Open.create) !== 0 && (flags & Open.exclusive) !== 0) return Errno.EEXIST
  if (kind === 'link' && (flags & Open.pathOnly) === 0) return Errno.ELOOP
  if (kind === 'socket' && (flags & Open.pathOnly) === 0) return Errno.ENXIO
  if (kind === 'directory' && ((flags & Open.accessMode) !== 0 || (flags & Open.create) !== 0))
    return Errno.EISDIR
  if (kind !== 'directory' && (flags & Open.directory) !== 0) return Errno.ENOTDIR
  if (kind === 'generated' && (flags & Open.accessMode) !== 0) return Errno.EACCES
  if (inode.readOnly && (flags & (Open.accessMode | Open.truncate)) !== 0) return Errno.EROFS
  if (!inode.readable && (flags & Open.pathOnly) === 0) return Errno.EACCES
  return 0
}
