// SPDX-License-Identifier: MIT
type Entry = { readonly deadline: bigint; readonly order: number; readonly sleeper: object }

/** When those who sleep for a time want to go on: tasks, and paths of no task. Kept in the order of time. */
export class Deadlines {
  readonly #entries: Entry[] = []
  readonly #of = new Map<object, Entry>()
  #order = 0

  get earliest(): bigint | undefined {
    return this.#entries[0]?.deadline
  }

  set(sleeper: object, deadline: bigint): void {
    this.delete(sleeper)
    const entry = { deadline, order: this.#order++, sleeper }
    this.#of.set(sleeper, entry)
    this.#entries.splice(this.#placeOf(entry), 0, entry)
  }

  delete(sleeper: object): void {
    const entry = this.#of.get(sleeper)
    if (!entry) return
    this.#of.delete(sleeper)
    this.#entries.splice(this.#placeOf(entry), 1)
  }

  /** Those whose time has come. */
  *due(now: bigint): Generator<object> {
    for (const { deadline, sleeper } of this.#entries) {
      if (deadline > now) return
      yield sleeper
    }
  }

  /** Where an entry stands, or would stand. */
  #placeOf({ deadline, order }: Entry): number {
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >> 1
      const other = this.#entries[middle]!
      if (other.deadline < deadline || (other.deadline === deadline && other.order < order)) low = middle + 1
      else high = middle
    }
    return low
  }
}
