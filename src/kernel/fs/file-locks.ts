// SPDX-License-Identifier: MIT
/** A lock on bytes [start, end) of a file. `pid` is what F_GETLK tells; -1 for locks that belong to an open file. */
export type FileLock = {
  readonly owner: object
  readonly start: number
  readonly end: number
  readonly exclusive: boolean
  readonly pid: number
}

/** Locks on one file: those of fcntl and, apart from them, those of flock. */
export class FileLocks {
  #ranges: FileLock[] = []
  #whole: FileLock[] = []

  /** A lock of somebody else that is in the way. */
  conflict(wanted: FileLock, kind: 'range' | 'whole'): FileLock | undefined {
    return (kind === 'range' ? this.#ranges : this.#whole).find(
      lock =>
        lock.owner !== wanted.owner &&
        (lock.exclusive || wanted.exclusive) &&
        lock.start < wanted.end &&
        wanted.start < lock.end,
    )
  }

  /** Takes over a range from what its owner had there; nothing may be in conflict. */
  set(lock: FileLock, kind: 'range' | 'whole'): void {
    this.clear(lock.owner, lock.start, lock.end, kind)
    if (kind === 'range') this.#ranges.push(lock)
    else this.#whole.push(lock)
  }

  /** Gives up a range: what an owner has beside it stays. */
  clear(owner: object, start: number, end: number, kind: 'range' | 'whole'): void {
    const left = (kind === 'range' ? this.#ranges : this.#whole).flatMap(lock => {
      if (lock.owner !== owner || lock.end <= start || end <= lock.start) return [lock]
      const below = lock.start < start ? [{ ...lock, end: start }] : []
      const above = lock.end > end ? [{ ...lock, start: end }] : []
      return [...below, ...above]
    })
    if (kind === 'range') this.#ranges = left
    else this.#whole = left
  }

  /** An owner is gone, or, of a process, has closed a descriptor of the file. */
  releaseAll(owner: object): void {
    this.clear(owner, 0, Infinity, 'range')
    this.clear(owner, 0, Infinity, 'whole')
  }
}
