// SPDX-License-Identifier: MIT
/** A stream of bytes that follows from a seed (SplitMix64): getrandom, /dev/urandom, AT_RANDOM. */
export class SeededBytes {
  #state: bigint
  readonly #word = new DataView(new ArrayBuffer(8))
  #used = 8

  constructor(seed: bigint) {
    this.#state = BigInt.asUintN(64, seed)
  }

  bytes(count: number): Uint8Array {
    const result = new Uint8Array(count)
    for (let at = 0; at < count; at++) {
      if (this.#used === 8) {
        this.#word.setBigUint64(0, this.#next(), true)
        this.#used = 0
      }
      result[at] = this.#word.getUint8(this.#used++)
    }
    return result
  }

  #next(): bigint {
    this.#state = BigInt.asUintN(64, this.#state + 0x9e3779b97f4a7c15n)
    let word = this.#state
    word = BigInt.asUintN(64, (word ^ (word >> 30n)) * 0xbf58476d1ce4e5b9n)
    word = BigInt.asUintN(64, (word ^ (word >> 27n)) * 0x94d049bb133111ebn)
    return word ^ (word >> 31n)
  }
}
