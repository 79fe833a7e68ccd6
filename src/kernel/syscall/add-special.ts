// SPDX-License-Identifier: MIT
import { Open, OpenFile } from '../fs/open-file.ts'
import type { SpecialObject } from '../fs/special-object.ts'
import type { Caller } from './path-arguments.ts'

/** A descriptor for a new object, with O_NONBLOCK and O_CLOEXEC of `flags`; -EMFILE. */
export function addSpecial({ kernel, task }: Caller, object: SpecialObject, flags: number): number {
  const inode = kernel.files.anonymous(object.name, 0o600, { kind: 'special', object })
  const file = new OpenFile(inode, object.name, Open.readWrite | (flags & Open.nonblock))
  return task.files.add(file, (flags & Open.closeOnExec) !== 0)
}
