// SPDX-License-Identifier: MIT
import { Errno } from '../../src/kernel/errno.ts'
import type { Inode } from '../../src/kernel/kernel.ts'

export const exePath = '/recorded/exe'

const folders =
  '/ /bin /dev /etc /lib /opt /proc /proc/self /recorded /sys /tmp /usr /usr/bin /usr/lib /var'.split(' ')
const devices = '/dev/full /dev/null /dev/random /dev/tty /dev/urandom /dev/zero'.split(' ')
const files =
  `${exePath} /bin/cat /bin/ls /bin/sh /bin/true /etc/group /etc/hosts /etc/passwd /proc/cmdline /proc/cpuinfo
  /proc/meminfo /proc/self/cmdline /proc/self/environ /proc/self/exe /proc/self/maps /proc/self/mem /proc/self/stat /proc/self/status
  /proc/version /usr/bin/env`.split(/\s+/)

const inodes = new Map<string, Inode>()
for (const path of files) inodes.set(path, inode(path, true))
for (const path of [...folders, ...devices]) inodes.set(path, inode(path, false))

/** A path in the tree of the machine that definitions were recorded on, as far as they name it. */
export function corpusTree(path: string): Inode | number {
  // What is looked up relative to a folder that no record depends on is not there.
  if (!path.startsWith('/')) return -Errno.ENOENT
  if (path.length >= 4096) return -Errno.ENAMETOOLONG
  let found = inodes.get('/')!
  for (const [index, part] of path.split('/').entries()) {
    const isFolder = folders.includes(found.path)
    if (!isFolder && index > 0) return -Errno.ENOTDIR
    if (part === '' || part === '.') continue
    if (part.length > 255) return -Errno.ENAMETOOLONG
    const name =
      part === '..' ? found.path.replace(/\/[^/]*$/, '') || '/' : `${found.path.replace(/\/$/, '')}/${part}`
    const next = inodes.get(name)
    if (!next) return -Errno.ENOENT
    found = next
  }
  return found
}

function inode(path: string, regular: boolean): Inode {
  return { number: 0, path, size: 0, regular, page: () => undefined, cachedPages: 0, mappings: new Set() }
}
