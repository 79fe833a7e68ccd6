// SPDX-License-Identifier: MIT
import type { Kernel } from '../../kernel/kernel.ts'

/** Ten lines in five seconds of the virtual clock, as printk_ratelimited. */
export class RateLimit {
  readonly #kernel: Kernel
  #windowEnd = -1n
  #printed = 0

  constructor(kernel: Kernel) {
    this.#kernel = kernel
  }

  log(text: string): void {
    if (this.#kernel.now > this.#windowEnd) {
      this.#windowEnd = this.#kernel.now + 5_000_000_000n
      this.#printed = 0
    }
    if (this.#printed++ < 10) this.#kernel.log(text)
  }
}
