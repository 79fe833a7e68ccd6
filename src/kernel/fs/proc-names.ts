// SPDX-License-Identifier: MIT
import type { KernelCore } from '../kernel-core.ts'
import { mapsText } from '../mm/maps-text.ts'
import type { KernelTask } from '../task/kernel-task.ts'
import type { FileInode } from './inode.ts'
import { statusText } from './status-text.ts'

/** The files of /proc/PID: what is read when one is opened. */
const files: Readonly<Record<string, (task: KernelTask) => string>> = {
  maps: task => (task.mm ? mapsText(task.mm) : ''),
  cmdline: task => (task.mm?.commandLine ?? []).map(word => `${word}\0`).join(''),
  comm: task => `${task.command}\n`,
  status: statusText,
}

/** Names under /proc that exist because a process does: `/proc/self`, `/proc/100`, and what is in them. */
export function procNames(kernel: KernelCore): (folder: FileInode, name: string) => FileInode | undefined {
  return (folder, name) => {
    if (folder.path === '/proc') {
      const caller = kernel.current
      if ((name === 'self' || name === 'thread-self') && caller) return folderOf(kernel, caller)
      const task = /^\d+$/.test(name) ? kernel.taskById(Number(name)) : undefined
      return task && folderOf(kernel, task)
    }
    const id = /^\/proc\/(\d+)(\/fd)?$/.exec(folder.path)
    const task = id ? kernel.taskById(Number(id[1])) : undefined
    if (!task) return undefined
    return id?.[2] ? descriptorLink(kernel, task, name) : entryOf(kernel, task, name)
  }
}

function folderOf(kernel: KernelCore, task: KernelTask): FileInode {
  return emptyFolder(kernel, `/proc/${task.processId}`)
}

function entryOf(kernel: KernelCore, task: KernelTask, name: string): FileInode | undefined {
  const path = `/proc/${task.processId}/${name}`
  const text = files[name]
  if (text) return kernel.files.anonymous(path, 0o444, { kind: 'generated', text: () => text(task) })
  const executable = task.mm?.executable
  if (name === 'exe' && executable) {
    const jump = () => executable.inode
    return kernel.files.anonymous(path, 0o777, { kind: 'link', target: executable.path, jump })
  }
  if (name === 'cwd') return kernel.files.anonymous(path, 0o777, { kind: 'link', target: task.folder.path })
  return name === 'fd' ? emptyFolder(kernel, path) : undefined
}

function descriptorLink(kernel: KernelCore, task: KernelTask, name: string): FileInode | undefined {
  const file = task.files.get(Number(name))
  if (!file) return undefined
  const jump = () => file.inode
  return kernel.files.anonymous(`/proc/${task.processId}/fd/${name}`, 0o700, {
    kind: 'link',
    target: file.path,
    jump,
  })
}

function emptyFolder(kernel: KernelCore, path: string): FileInode {
  return kernel.files.anonymous(path, 0o555, {
    kind: 'directory',
    entries: new Map(),
    parent: kernel.files.root,
  })
}
