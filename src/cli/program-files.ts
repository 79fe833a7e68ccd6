// SPDX-License-Identifier: MIT
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import type { ProgramOptions } from '../engine/exec/start-program.ts'
import { hostFolder } from '../plan/host-folder.ts'

export type ProgramFiles = Pick<ProgramOptions, 'path' | 'folder' | 'bytes' | 'tree'>

/**
 * What a program sees of the host: the folder `root`, or only itself. It finds itself in `folder`, where it was started, if that is below
 * the root, else in the root. What is wrong in words where it cannot be read.
 */
export function programFiles(
  program: string,
  root: string | undefined,
  folder: string,
): ProgramFiles | string {
  return root === undefined ? oneFile(program, folder) : tree(program, root, folder)
}

function oneFile(program: string, folder: string): ProgramFiles | string {
  const path = resolve(folder, program)
  try {
    const bytes = new Uint8Array(readFileSync(path))
    // Of all folders only those above the program are there.
    return { path, bytes, ...(isBelow(folder, dirname(path)) && { folder }) }
  } catch (error) {
    const help = program.includes('/') ? '' : ', and without --root programs are named by their paths'
    return inWords(error, program, `there is no file \`${program}\`${help}`)
  }
}

function tree(program: string, root: string, folder: string): ProgramFiles | string {
  try {
    const host = realpathSync(resolve(folder, root))
    if (!statSync(host).isDirectory()) return `${root} is no folder`
    const here = realpathSync(folder)
    const inside = isBelow(host, here) ? join('/', relative(host, here)) : '/'
    return { path: program, folder: inside, tree: hostFolder(host, { times: true }) }
  } catch (error) {
    return inWords(error, root, `there is no folder \`${root}\``)
  }
}

function isBelow(folder: string, path: string): boolean {
  return !relative(folder, path).split('/').includes('..')
}

function inWords(error: unknown, name: string, missing: string): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') return missing
  if (code === 'EISDIR') return `\`${name}\` is a folder, not a program`
  if (code === 'EACCES') return `\`${name}\` cannot be read: permission denied`
  return message
}
