// SPDX-License-Identifier: MIT
import type { ErrnoName } from '../../kernel/errno.ts'
import type { MessageId } from './messages.ts'

/** A refusal before it is known at which word it stands: `offset` counts from the start of the word that is being read. */
export class Fault {
  readonly errno: ErrnoName
  readonly message: MessageId | undefined
  readonly offset: number

  /** Without a message the kernel refuses silently: errno, but no entry in error_log. */
  constructor(message: MessageId | undefined, offset = 0, errno: ErrnoName = 'EINVAL') {
    this.message = message
    this.offset = offset
    this.errno = errno
  }
}
