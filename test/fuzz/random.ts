// SPDX-License-Identifier: MIT
import { seededRandom } from '../../src/schedule/seeded-random.ts'

/** Values that are at the edge of something: signs, pages, user addresses, canonical addresses. */
export const edgeValues: readonly bigint[] = [
  0n,
  1n,
  2n,
  0x7fn,
  0xffn,
  0xfffn,
  0x1000n,
  0x1001n,
  0xffffn,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  0x1_0000_0000n,
  0x5555_5555_4000n,
  0x7fff_ffff_efffn,
  0x7fff_ffff_f000n,
  0x7fff_ffff_ffffn,
  0x8000_0000_0000n,
  0x1f_ffff_ffff_ffffn,
  0x20_0000_0000_0000n,
  0x7fff_ffff_ffff_f000n,
  0x7fff_ffff_ffff_ffffn,
  0x8000_0000_0000_0000n,
  0xffff_8000_0000_0000n,
  0xffff_ffff_ff60_0000n,
  0xffff_ffff_ffff_f000n,
  0xffff_ffff_ffff_ff00n,
  0xffff_ffff_ffff_ffffn,
]

/** The choices of one case: they follow from the seed and the number of the case alone. */
export class Random {
  readonly #next: () => number

  constructor(seed: number, number: number) {
    this.#next = seededRandom((BigInt(seed) << 32n) | BigInt(number))
  }

  below(limit: number): number {
    return Math.floor(this.#next() * limit)
  }

  /** True in one of `count` cases. */
  oneIn(count: number): boolean {
    return this.below(count) === 0
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }

  bytes(length: number): Uint8Array {
    const words = Uint32Array.from({ length: Math.ceil(length / 4) }, () => this.below(2 ** 32))
    return new Uint8Array(words.buffer).slice(0, length)
  }

  /** 64 bits: an edge value, something near it, a small number, or anything. */
  word(): bigint {
    const edge = this.pick(edgeValues)
    switch (this.below(4)) {
      case 0:
        return edge
      case 1:
        return BigInt.asUintN(64, edge + BigInt(this.below(33) - 16))
      case 2:
        return BigInt(this.below(0x1_0000))
      default:
        return new DataView(this.bytes(8).buffer).getBigUint64(0, true)
    }
  }
}
