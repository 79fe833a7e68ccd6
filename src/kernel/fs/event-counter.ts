// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import { Poll, type SpecialObject } from './special-object.ts'

/** Largest value of an eventfd. */
const most = 0xffff_ffff_ffff_fffen

/** eventfd(2): a counter that readers take and writers add to. */
export class EventCounter implements SpecialObject {
  readonly name = 'anon_inode:[eventfd]'
  readonly type = 0
  activity = 0
  #value: bigint
  readonly #semaphore: boolean

  constructor(value: number, semaphore: boolean) {
    this.#value = BigInt(value)
    this.#semaphore = semaphore
  }

  events(): number {
    return (this.#value > 0n ? Poll.IN : 0) | (this.#value < most ? Poll.OUT : 0)
  }

  read(length: number): Uint8Array | number | undefined {
    if (length < 8) return -Errno.EINVAL
    if (this.#value === 0n) return undefined
    const taken = this.#semaphore ? 1n : this.#value
    this.#value -= taken
    this.activity++
    return new Uint8Array(BigUint64Array.of(taken).buffer)
  }

  write(bytes: Uint8Array): number | undefined {
    if (bytes.length < 8) return -Errno.EINVAL
    const added = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)
    if (added > most) return -Errno.EINVAL
    if (most - this.#value < added) return undefined
    this.#value += added
    this.activity++
    return 8
  }
}
