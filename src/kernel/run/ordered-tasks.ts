// SPDX-License-Identifier: MIT
import type { KernelTask } from '../task/kernel-task.ts'

type Entry = { readonly task: KernelTask; readonly place: number }

/** Tasks that may have something to do, in the order of a number that each has when it is added. What has nothing to do falls out when it is met. */
export class OrderedTasks {
  readonly #placeOf: (task: KernelTask) => number
  readonly #wanted: (task: KernelTask) => boolean
  #entries: Entry[] = []

  /** `wanted` says whether a task still belongs here; a task whose place has changed since does not. */
  constructor(placeOf: (task: KernelTask) => number, wanted: (task: KernelTask) => boolean) {
    this.#placeOf = placeOf
    this.#wanted = wanted
  }

  add(task: KernelTask): void {
    const place = this.#placeOf(task)
    const entries = this.#entries
    let low = 0
    let high = entries.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (entries[middle]!.place < place) low = middle + 1
      else high = middle
    }
    if (entries[low]?.place === place && entries[low]!.task === task) return
    if (low === entries.length) entries.push({ task, place })
    else entries.splice(low, 0, { task, place })
  }

  /** The first that is still wanted. It stays until it is not. */
  first(): KernelTask | undefined {
    const entries = this.#entries
    for (;;) {
      const entry = entries[0]
      if (!entry) return undefined
      if (this.#placeOf(entry.task) === entry.place && this.#wanted(entry.task)) return entry.task
      entries.shift()
    }
  }
}
