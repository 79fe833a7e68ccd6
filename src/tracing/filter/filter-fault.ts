// SPDX-License-Identifier: MIT
import type { ErrnoName } from '../../kernel/errno.ts'
import type { FilterMessageId } from './filter-messages.ts'

/** Why a filter is refused; `position` is the kernel's, which may lie behind the text. ERRNO has no place in the text. */
export class FilterFault {
  readonly message: FilterMessageId
  readonly position: number
  readonly errno: ErrnoName

  constructor(message: FilterMessageId, position = 0, errno: ErrnoName = 'EINVAL') {
    this.message = message
    this.position = position
    this.errno = errno
  }
}
