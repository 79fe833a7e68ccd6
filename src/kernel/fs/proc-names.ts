// SPDX-License-Identifier: MIT
import type { KernelCore } from '../kernel-core.ts'
import type { KernelTask } from '../task/kernel-task.ts'
import type { DynamicNames } from './file-tree.ts'
import type { FileInode } from './inode.ts'
import { machineFiles } from './proc-machine.ts'
import { processFiles } from './proc-process.ts'

/** Names that are made up when they are looked for or listed: those of processes, and those about the machine in /proc and /sys. */
export function procNames(kernel: KernelCore): DynamicNames {
  return {
    find: (folder, name) =>
      isMadeUp(folder)
        ? (findOfMachine(kernel, folder, name) ?? findOfProcess(kernel, folder, name))
        : undefined,
    list: folder => (isMadeUp(folder) ? [...namesOfMachine(folder), ...namesOfProcess(kernel, folder)] : []),
  }
}

function isMadeUp({ path }: FileInode): boolean {
  return path === '/' || path.startsWith('/proc') || path.startsWith('/sys')
}

function findOfMachine(kernel: KernelCore, folder: FileInode, name: string): FileInode | undefined {
  const path = `${folder.path === '/' ? '' : folder.path}/${name}`
  const text = machineFiles[path]
  if (text) return kernel.files.anonymous(path, 0o444, { kind: 'generated', text: () => text(kernel) })
  const isFolder = Object.keys(machineFiles).some(file => file.startsWith(`${path}/`))
  return isFolder ? madeFolder(kernel, folder, path) : undefined
}

function namesOfMachine({ path }: FileInode): string[] {
  const start = path === '/' ? '/' : `${path}/`
  const files = Object.keys(machineFiles).filter(file => file.startsWith(start))
  return [...new Set(files.map(file => file.slice(start.length).split('/')[0]!))]
}

/** `/proc/100`, `/proc/100/fd`, `/proc/100/task`, `/proc/100/task/101`. */
const processFolder = /^\/proc\/(\d+)(?:\/(fd|task)(?:\/(\d+))?)?$/

function findOfProcess(kernel: KernelCore, folder: FileInode, name: string): FileInode | undefined {
  const taskFolder = (task: KernelTask | undefined, path: string) => task && madeFolder(kernel, folder, path)
  if (folder.path === '/proc') {
    const task =
      name === 'self' || name === 'thread-self' ? kernel.current : kernel.taskById(numberOf(name) ?? -1)
    if (name === 'thread-self' && task) return taskFolder(task, `/proc/${task.processId}/task/${task.id}`)
    return taskFolder(task, `/proc/${task?.processId}`)
  }
  const [, id, kind, thread] = processFolder.exec(folder.path) ?? []
  const task = id === undefined ? undefined : kernel.taskById(Number(thread ?? id))
  if (!task) return undefined
  if (kind === 'fd') return descriptorLink(kernel, task, name)
  if (kind === 'task' && thread === undefined) {
    const other = kernel.taskById(numberOf(name) ?? -1)
    return taskFolder(other?.process === task.process ? other : undefined, `${folder.path}/${name}`)
  }
  return entryOf(kernel, folder, task, name)
}

function namesOfProcess(kernel: KernelCore, folder: FileInode): string[] {
  if (folder.path === '/proc') {
    const ids = new Set(kernel.tasks.filter(({ dead }) => !dead).map(({ processId }) => processId))
    return ['self', 'thread-self', ...[...ids].map(String)]
  }
  const [, id, kind, thread] = processFolder.exec(folder.path) ?? []
  const task = id === undefined ? undefined : kernel.taskById(Number(thread ?? id))
  if (!task) return []
  if (kind === 'fd') return task.files.list().map(String)
  if (kind === 'task' && thread === undefined) return task.process.tasks.map(one => String(one.id))
  const links = Object.keys(processLinks).filter(name => processLinks[name]!(task))
  return [...Object.keys(processFiles), 'mem', ...links, 'fd', ...(thread === undefined ? ['task'] : [])]
}

function numberOf(name: string): number | undefined {
  return /^\d+$/.test(name) ? Number(name) : undefined
}

type ProcessLink = { readonly target: string; readonly inode?: FileInode }

const processLinks: Readonly<Record<string, (task: KernelTask) => ProcessLink | undefined>> = {
  cwd: task => ({ target: task.folder.path }),
  exe: ({ mm }) => mm?.executable && { target: mm.executable.path, inode: mm.executable.inode },
  root: () => ({ target: '/' }),
}

function entryOf(
  kernel: KernelCore,
  folder: FileInode,
  task: KernelTask,
  name: string,
): FileInode | undefined {
  const path = `${folder.path}/${name}`
  const text = processFiles[name]
  if (text) return kernel.files.anonymous(path, 0o444, { kind: 'generated', text: () => text(task) })
  if (name === 'mem' && task.mm) return kernel.files.anonymous(path, 0o600, { kind: 'memory', mm: task.mm })
  const link = processLinks[name]?.(task)
  if (link) return madeLink(kernel, path, link, 0o777)
  const isFolder = name === 'fd' || (name === 'task' && !folder.path.includes('/task/'))
  return isFolder ? madeFolder(kernel, folder, path) : undefined
}

function descriptorLink(kernel: KernelCore, task: KernelTask, name: string): FileInode | undefined {
  const file = task.files.get(numberOf(name) ?? -1)
  if (!file) return undefined
  const link = { target: file.path, inode: file.inode }
  return madeLink(kernel, `/proc/${task.processId}/fd/${name}`, link, 0o700)
}

function madeLink(
  { files }: KernelCore,
  path: string,
  { target, inode }: ProcessLink,
  mode: number,
): FileInode {
  const jump = inode && (() => inode)
  return files.anonymous(path, mode, { kind: 'link', target, ...(jump && { jump }) })
}

function madeFolder({ files }: KernelCore, parent: FileInode, path: string): FileInode {
  const inode = files.anonymous(path, 0o555, { kind: 'directory', entries: new Map(), parent })
  inode.readOnly = true
  return inode
}
